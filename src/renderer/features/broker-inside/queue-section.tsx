import { Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { Page, QueuedRow } from '../../../shared/contract/broker-lists.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DataGrid, type DataColumn } from '../../ui/data-grid.tsx';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { formatAge, formatBytes, formatDateTime } from '../common/index.ts';
import { WhoGotHeld } from '../messages/index.ts';
import { nameOf, spanWords } from './client-words.ts';
import styles from './inside.module.css';
import { PayloadHead } from './payload-head.tsx';
import { usePolledList } from './polled-list.ts';
import { clearQueue, discardOne } from './session-actions.ts';

const columns: readonly DataColumn<QueuedRow, never>[] = [
  { id: 'topic', minPx: 90, grow: 1, title: 'Topic', render: ({ topic }) => <span title={topic}>{topic}</span> },
  { id: 'qos', minPx: 30, title: 'QoS', align: 'end', render: ({ qos }) => qos },
  { id: 'size', minPx: 60, title: 'Size', align: 'end', render: ({ sizeBytes }) => formatBytes(sizeBytes) },
  {
    id: 'age',
    minPx: 50,
    title: 'Age',
    align: 'end',
    render: ({ queuedAt, state }) => (state === 'under-way' ? 'sent' : queuedAt === null ? '' : formatAge(Math.max(0, Date.now() - queuedAt))),
  },
];

interface QueueSectionProps {
  readonly clientId: string;
  readonly isConnected: boolean;
  readonly total: number;
}

/** What waits for a client, in the order in which it will be sent. */
export function QueueSection({ clientId, isConnected, total }: QueueSectionProps): ReactElement {
  return (
    <section className={styles['section']} aria-label="Queue">
      <div className={styles['sectionHead']}>
        <h3 className={styles['sectionTitle']}>Queue</h3>
        {total > 0 && (
          <Button size="small" onClick={() => void clearQueue(clientId, total)}>
            Clear …
          </Button>
        )}
      </div>
      {total === 0 ? <p className={styles['note']}>Nothing waits for this client.</p> : <Queue clientId={clientId} isConnected={isConnected} />}
    </section>
  );
}

function Queue({ clientId, isConnected }: Omit<QueueSectionProps, 'total'>): ReactElement {
  const view = usePolledList<QueuedRow, Page<QueuedRow>, { readonly clientId: string }>((engine, query) => engine.call('broker.queue', query), { clientId });
  const [chosen, setChosen] = useState<QueuedRow | null>(null);
  return (
    <>
      <div className={styles['queue']}>
        {view?.page && (
          <DataGrid
            label={`Messages that wait for ${nameOf(clientId)}`}
            columns={columns}
            count={view.page.total}
            getRow={view.row}
            keyOf={({ id }) => id}
            isSelected={({ id }) => id === chosen?.id}
            onSelect={setChosen}
            onRangeChange={view.show}
          />
        )}
      </div>
      {chosen && <QueuedMessage key={chosen.id} clientId={clientId} row={chosen} isConnected={isConnected} onGone={() => setChosen(null)} />}
    </>
  );
}

interface QueuedMessageProps {
  readonly clientId: string;
  readonly row: QueuedRow;
  readonly isConnected: boolean;
  readonly onGone: () => void;
}

function QueuedMessage({ clientId, row, isConnected, onGone }: QueuedMessageProps): ReactElement {
  const isFixed = row.state === 'under-way' && isConnected;
  return (
    <section className={styles['section']} aria-label="Queued message">
      <div className={styles['filter']}>
        <code data-selectable>{row.topic}</code>
        <Badge>QoS {row.qos}</Badge>
        {row.retain && <Badge tone="info">retained</Badge>}
        {row.state === 'under-way' && <Badge title="It was sent and is not acknowledged.">under way</Badge>}
      </div>
      <KeyValueTable
        compact
        label="Queued message"
        rows={[
          { key: 'From', value: row.publisher ?? 'the broker itself' },
          { key: 'Payload', value: <PayloadHead head={row.head} sizeBytes={row.sizeBytes} /> },
          ...(row.queuedAt === null ? [] : [{ key: 'Queued', value: formatDateTime(row.queuedAt * 1000) }]),
          ...(row.expiresInSeconds === null ? [] : [{ key: 'Expires', value: `in ${spanWords(row.expiresInSeconds)}` }]),
        ]}
      />
      <div className={styles['buttons']}>
        <Button
          size="small"
          disabled={isFixed}
          title={isFixed ? 'The client is receiving it: it cannot be taken back.' : undefined}
          icon={<Trash2 size={14} aria-hidden />}
          onClick={() => void discardOne(clientId, row.id, row.topic).then(onGone)}
        >
          Discard …
        </Button>
      </div>
      <WhoGotHeld number={row.number} />
    </section>
  );
}
