import { Send } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { RpcEventDetail, RpcEventRow } from '../../../../shared/contract/rpc-peers.ts';
import { engineClient } from '../../../data/index.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { Button } from '../../../ui/button.tsx';
import { formatBytes, formatDateTime } from '../../common/index.ts';
import styles from '../lists.module.css';
import { useDialectWords } from '../own-dialects.ts';

interface EventDetailProps {
  readonly id: number | null;
  readonly onSendLike: (event: RpcEventRow) => void;
}

/** One event: who says what where, and its data. */
export function EventDetail({ id, onSendLike }: EventDetailProps): ReactElement {
  const [event, setEvent] = useState<RpcEventDetail | null | undefined>(undefined);
  const { name } = useDialectWords();
  useEffect(() => {
    if (id === null) return undefined;
    let wanted = true;
    engineClient()
      .call('rpcEvents.detail', { id })
      .then(
        (found) => wanted && setEvent(found),
        () => wanted && setEvent(null),
      );
    return () => {
      wanted = false;
    };
  }, [id]);
  if (id === null) return <p className={styles['nothing']}>Choose an event to see its data.</p>;
  if (event === null) return <p className={styles['nothing']}>This event is forgotten.</p>;
  if (event?.id !== id) return <div className={styles['nothing']} />;
  const { eventType, topic, from, publisher, timeUs, timestamp, dialect, tooLong, sizeBytes, data } = event;
  const facts = [
    topic,
    ...(from === '' ? [] : [`source ${from}`]),
    ...(publisher === null ? [] : [`published by ${publisher}`]),
    name(dialect),
    formatDateTime(timeUs),
    ...(timestamp === null ? [] : [`says ${formatDateTime(timestamp * 1_000_000)}`]),
  ];
  return (
    <section className={styles['detail']} aria-label="Event">
      <h2 className={styles['detailTitle']}>
        <span data-selectable>{eventType === '' ? 'An event without a type' : eventType}</span>
      </h2>
      <p className={styles['quiet']} title={facts.join(' · ')} data-selectable>
        {facts.join(' · ')}
      </p>
      <div className={styles['actions']}>
        <Button size="small" icon={<Send size={14} aria-hidden />} onClick={() => onSendLike(event)}>
          Send one like this …
        </Button>
      </div>
      {tooLong ? (
        <p className={styles['warnLine']}>Its data is too long to be kept here ({formatBytes(sizeBytes)}). The message history has it, under its topic.</p>
      ) : (
        <div className={styles['json']}>
          <CodeView label="Data of the event" language="json" value={JSON.stringify(data, null, 2)} />
        </div>
      )}
    </section>
  );
}
