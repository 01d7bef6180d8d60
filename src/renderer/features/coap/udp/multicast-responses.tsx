import { Radio } from 'lucide-react';
import type { ReactElement } from 'react';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { plural } from '../../common/index.ts';
import { formatMs } from '../../rpc/index.ts';
import { codeTone, codeWords } from './coap-udp-words.ts';
import { selectResponse, type GroupExchange } from './multicast-model.ts';
import { ResponseView } from './response-view.tsx';
import styles from './multicast.module.css';

/** What the servers of a group have responded, each with its address. */
export function MulticastResponses({ exchange: { label, progress, running, error, selected } }: { readonly exchange: GroupExchange }): ReactElement {
  const responses = progress?.responses ?? [];
  const shown = responses.find(({ from }) => from === selected) ?? responses[0];
  const failure = progress?.failure ?? null;
  return (
    <section className={styles['panel']} aria-label="Responses of the group">
      <div className={styles['head']} role="status">
        {running && <Spinner size={14} />}
        <span className={styles['strong']}>{plural(responses.length, 'response')}</span>
        <span className={styles['label']} title={label}>
          {label}
        </span>
        {progress && progress.leftOut > 0 && <span className={styles['note']}>{plural(progress.leftOut, 'further response')} found no room</span>}
      </div>
      {error && (
        <Banner kind="bad" title={error.message}>
          {error.advice}
        </Banner>
      )}
      {failure && (
        <Banner kind="bad" title={failure.message}>
          {failure.advice}
        </Banner>
      )}
      {shown ? (
        <div className={styles['split']}>
          <VirtualList
            className={styles['list'] ?? ''}
            label="Responses"
            count={responses.length}
            getRow={(index) => responses[index]}
            keyOf={({ from }) => from}
            rowHeightPx={28}
            isSelected={({ from }) => from === shown.from}
            onSelect={({ from }) => selectResponse(from)}
            renderRow={({ from, code, elapsedMs }) => (
              <span className={styles['row']}>
                <span className={styles['from']} title={from}>
                  {from}
                </span>
                <Badge tone={codeTone(code)}>{codeWords(code)}</Badge>
                <span className={styles['note']}>{formatMs(elapsedMs)}</span>
              </span>
            )}
          />
          <div className={styles['one']}>
            <ResponseView key={shown.from} response={shown} label={label} traffic="one message to the group" />
          </div>
        </div>
      ) : (
        !failure &&
        !error && (
          <EmptyState
            compact
            icon={<Radio size={24} aria-hidden />}
            title={running ? 'No response yet' : 'No server responded'}
            text={
              running
                ? 'Servers spread their responses over some seconds, so that they do not all speak at once.'
                : 'Servers may pass over what they have no answer to. Another network interface reaches another network.'
            }
          />
        )
      )}
    </section>
  );
}
