import { ListTree, PencilLine, Trash2, X } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { RetainedMessage } from '../../../../shared/contract/broker-lists.ts';
import { engineClient, toCodedError } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { formatAge, formatBytes, formatDateTime, useNow } from '../../common/index.ts';
import { propertyFacts, WhoGotHeld } from '../../messages/index.ts';
import { spanWords } from '../client-words.ts';
import { insideStore } from '../inside-store.ts';
import styles from '../inside.module.css';
import { usePolled } from '../polled-list.ts';
import { EditDialog } from './edit-dialog.tsx';
import { deleteOne } from './retained-actions.ts';
import { RetainedPayload } from './retained-payload.tsx';

/** What is read to be shown; an edit has all of it. */
const shownBytes = 1_048_576;
/** What can be changed by hand. */
const editableBytes = 1_048_576;

const close = (): void => insideStore.setState({ retainedTopic: null });

/** A retained message with its payload, and what can be done with it. */
export function RetainedDetail({ topic }: { readonly topic: string }): ReactElement {
  // Only whether it is the same is asked every second; the payload is read when it is not.
  const { value, error } = usePolled(`retained ${topic}`, (engine) => engine.call('broker.retainedMessage', { topic, maxBytes: 0 }));
  return (
    <section className={styles['pane']} aria-label="Retained message">
      {error ? (
        <Banner kind="bad" title={error.message} />
      ) : value === undefined ? (
        <Loading label="Loading the message" />
      ) : value === null ? (
        <EmptyState
          compact
          title="No longer retained"
          text={`The broker keeps no message for “${topic}”: new subscribers get nothing.`}
          actions={<Button onClick={close}>Close</Button>}
        />
      ) : (
        <Shown message={value} />
      )}
    </section>
  );
}

function Shown({ message }: { readonly message: RetainedMessage }): ReactElement {
  const now = useNow(1000);
  const [editing, setEditing] = useState<RetainedMessage | null>(null);
  const { topic, sizeBytes, qos, publisher, storedAt, expiresInSeconds, number } = message;
  const whole = useWhole(message);
  const properties = propertyFacts(message);
  const isLarge = sizeBytes > editableBytes;
  return (
    <div className={styles['detail']}>
      <header className={styles['detailHead']}>
        <h2 className={`${styles['detailTitle']} ${styles['grow']}`} data-selectable>
          {topic}
        </h2>
        <IconButton size="small" label="Close the details" icon={<X size={14} aria-hidden />} onClick={close} />
      </header>
      <div className={styles['buttons']}>
        <Button
          size="small"
          icon={<PencilLine size={14} aria-hidden />}
          disabled={whole === null || isLarge}
          title={isLarge ? `Payloads above ${formatBytes(editableBytes)} cannot be edited by hand.` : undefined}
          onClick={() => setEditing(whole)}
        >
          Edit …
        </Button>
        <Button size="small" icon={<Trash2 size={14} aria-hidden />} onClick={() => void deleteOne(topic, sizeBytes)}>
          Delete
        </Button>
        <Button
          size="small"
          variant="ghost"
          icon={<ListTree size={14} aria-hidden />}
          onClick={() => insideStore.setState({ part: 'subscriptions', topic, subscriptionSearch: '' })}
        >
          Who would get it
        </Button>
      </div>
      <KeyValueTable
        compact
        label="Retained message"
        rows={[
          {
            key: 'Age',
            value: storedAt === null ? 'not known' : <span title={formatDateTime(storedAt * 1000)}>{formatAge(Math.max(0, now - storedAt))}</span>,
          },
          { key: 'From', value: publisher ?? 'the broker itself' },
          { key: 'QoS', value: <Badge>QoS {qos}</Badge> },
          { key: 'Size', value: formatBytes(sizeBytes) },
          ...(expiresInSeconds === null ? [] : [{ key: 'Expires', value: `in ${spanWords(expiresInSeconds)}` }]),
          ...properties,
        ]}
      />
      {whole === null ? <Loading label="Loading the payload" /> : <RetainedPayload message={whole} />}
      <WhoGotHeld number={number} />
      {editing && <EditDialog message={editing} onClose={() => setEditing(null)} />}
    </div>
  );
}

/** With its payload; `null` until it is read. Read anew when the message is replaced. */
function useWhole(message: RetainedMessage): RetainedMessage | null {
  const { topic, number, sizeBytes, storedAt } = message;
  const head = useMemo(() => message.head.join(), [message]);
  const key = JSON.stringify([topic, number, sizeBytes, number === 0 ? storedAt === null : null, head]);
  const [read, setRead] = useState<{ readonly key: string; readonly message: RetainedMessage } | null>(null);
  useEffect(() => {
    let stale = false;
    engineClient()
      .call('broker.retainedMessage', { topic, maxBytes: shownBytes })
      .then(
        (found) => stale || (found !== null && setRead({ key, message: found })),
        (error: unknown) => void toCodedError(error),
      );
    return () => {
      stale = true;
    };
  }, [topic, key]);
  return read?.key === key ? read.message : null;
}
