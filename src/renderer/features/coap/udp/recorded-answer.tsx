import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import type { CoapHistoryEntry } from '../../../../shared/contract/coap-history.ts';
import { engineClient } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { act, formatBytes, plural } from '../../common/index.ts';
import { ResponseView } from './response-view.tsx';
import styles from './coap-udp.module.css';

/** `undefined`: it is being read; `null`: it is not kept any more. */
export function useCoapEntry(id: number | null): CoapHistoryEntry | null | undefined {
  const [found, setFound] = useState<{ readonly id: number; readonly entry: CoapHistoryEntry | null } | null>(null);
  useEffect(() => {
    if (id === null) return undefined;
    let wanted = true;
    void act(
      engineClient()
        .call('coapHistory.entry', { id })
        .then((entry) => wanted && setFound({ id, entry })),
      'The request could not be read',
    );
    return () => {
      wanted = false;
    };
  }, [id]);
  return id === null ? null : found?.id === id ? found.entry : undefined;
}

interface RecordedAnswerProps {
  readonly entry: CoapHistoryEntry;
  readonly actions?: ReactNode;
}

/** What came back for a request of the history. */
export function RecordedAnswer({ entry, actions }: RecordedAnswerProps): ReactElement {
  const { row, response, failure } = entry;
  const label = `${row.method} ${row.uri}`;
  const sent = `${formatBytes(row.requestBytes)} of payload sent`;
  const again = row.retransmissions === 0 ? '' : `, ${plural(row.retransmissions, 'retransmission')}`;
  if (response) {
    return (
      <>
        {response.payload.length < row.responseBytes && (
          <Banner kind="info" title={`Only the first ${formatBytes(response.payload.length)} of ${formatBytes(row.responseBytes)} were kept.`} />
        )}
        <ResponseView response={response} label={label} traffic={`${sent}${again}`} actions={actions} />
      </>
    );
  }
  return (
    <>
      <div className={styles['head']}>
        <span className={styles['ellipsis']} title={label}>
          {label}
        </span>
        {actions}
      </div>
      {failure && (
        <Banner kind={failure.kind === 'cancelled' ? 'warn' : 'bad'} title={failure.message}>
          {failure.advice}
        </Banner>
      )}
      <p className={styles['facts']}>{`${sent}${again}`}</p>
    </>
  );
}

/** What came back for a request of a run. */
export function CoapAnswer({ id }: { readonly id: number }): ReactElement {
  const entry = useCoapEntry(id);
  if (entry === undefined) return <div className={styles['panel']} />;
  if (entry === null) return <EmptyState compact title="This request is not kept any more" />;
  return (
    <div className={styles['panel']}>
      <RecordedAnswer entry={entry} />
    </div>
  );
}
