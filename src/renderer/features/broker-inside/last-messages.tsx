import { ListTree, Search, X } from 'lucide-react';
import { useCallback, useState, type ReactElement } from 'react';
import type { MessageRow } from '../../../shared/contract/messages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { DataGrid, type DataColumn } from '../../ui/data-grid.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { formatBytes, formatDateTime, formatTime, jumpToMessage, plural } from '../common/index.ts';
import { WhoGotMessage } from '../messages/index.ts';
import { insideStore, useInside } from './inside-store.ts';
import styles from './inside.module.css';
import { PayloadHead } from './payload-head.tsx';
import { usePolled } from './polled-list.ts';

const columns: readonly DataColumn<MessageRow, never>[] = [
  { id: 'time', title: 'Time', minPx: 100, render: ({ timeUs }) => formatTime(timeUs) },
  {
    id: 'topic',
    title: 'Topic',
    minPx: 140,
    grow: 2,
    render: ({ topic }) => (
      <span className={styles['strong']} title={topic}>
        {topic}
      </span>
    ),
  },
  { id: 'from', title: 'From', minPx: 100, grow: 1, rank: 2, render: ({ publisher }) => publisher ?? <span className={styles['faint']}>the broker</span> },
  { id: 'payload', title: 'Payload', minPx: 140, grow: 2, rank: 3, render: ({ head, sizeBytes }) => <PayloadHead head={head} sizeBytes={sizeBytes} /> },
  { id: 'qos', title: 'QoS', minPx: 32, align: 'end', rank: 4, render: ({ qos }) => qos },
  { id: 'retain', title: 'Retain', minPx: 60, rank: 5, render: ({ retain }) => retain && <Badge tone="info">retained</Badge> },
  { id: 'size', title: 'Size', minPx: 60, align: 'end', rank: 1, render: ({ sizeBytes }) => formatBytes(sizeBytes) },
];

/** The last messages through the broker, whatever their topics, and who got them. */
export function LastMessages(): ReactElement {
  const search = useInside(({ messageSearch }) => messageSearch);
  const [held, setHeld] = useState<readonly MessageRow[] | null>(null);
  const [chosen, setChosen] = useState<MessageRow | null>(null);
  const wanted = search.trim();
  const { value, error } = usePolled(`messages ${wanted}`, (engine) => engine.call('broker.lastMessages', wanted === '' ? {} : { search: wanted }));
  const rows = held ?? value;
  const getRow = useCallback((index: number) => rows?.[index], [rows]);
  return (
    <Splitter
      id="broker-messages"
      panels={[
        {
          id: 'list',
          minSize: 320,
          content: (
            <section className={styles['listPane']} aria-label="Last messages">
              <Toolbar
                label="Last messages"
                end={
                  <>
                    {rows && (
                      <span className={styles['count']} role="status">
                        {plural(rows.length, 'message')}
                      </span>
                    )}
                    <Switch label="Hold" checked={held !== null} onChange={(on) => setHeld(on ? (value ?? []) : null)} />
                  </>
                }
              >
                <TextField
                  className={styles['search']}
                  label="Find messages"
                  labelHidden
                  type="search"
                  size="small"
                  clearable
                  maxLength={1000}
                  icon={<Search size={14} aria-hidden />}
                  placeholder="Topic or publisher"
                  value={search}
                  onChange={(messageSearch) => insideStore.setState({ messageSearch })}
                />
              </Toolbar>
              {error && <Banner kind="bad" title={error.message} />}
              {rows ? (
                <DataGrid
                  label="Messages, newest first"
                  columns={columns}
                  count={rows.length}
                  getRow={getRow}
                  keyOf={({ id }) => id}
                  isSelected={({ id }) => id === chosen?.id}
                  onSelect={setChosen}
                  empty={
                    wanted === '' ? (
                      <EmptyState compact title="No messages yet" text="What clients publish through this broker appears here." />
                    ) : (
                      <EmptyState compact title="No such message" text={`None of the last 500 messages has “${wanted}” in its topic or publisher.`} />
                    )
                  }
                />
              ) : (
                <Loading label="Loading the messages" />
              )}
            </section>
          ),
        },
        chosen !== null && {
          id: 'message',
          defaultSize: 380,
          minSize: 260,
          fixed: true,
          content: <Message key={chosen.id} row={chosen} onClose={() => setChosen(null)} />,
        },
      ]}
    />
  );
}

function Message({ row, onClose }: { readonly row: MessageRow; readonly onClose: () => void }): ReactElement {
  const { id, topic, publisher, timeUs, qos, sizeBytes, head } = row;
  return (
    <section className={styles['pane']} aria-label="Message">
      <div className={styles['detail']}>
        <header className={styles['detailHead']}>
          <h2 className={`${styles['detailTitle']} ${styles['grow']}`} data-selectable>
            {topic}
          </h2>
          <IconButton size="small" label="Close the details" icon={<X size={14} aria-hidden />} onClick={onClose} />
        </header>
        <div className={styles['buttons']}>
          <Button size="small" icon={<ListTree size={14} aria-hidden />} onClick={() => jumpToMessage('broker', topic, id)}>
            Show in its topic
          </Button>
        </div>
        <KeyValueTable
          compact
          label="Message"
          rows={[
            { key: 'Time', value: formatDateTime(timeUs) },
            { key: 'From', value: publisher ?? 'the broker itself' },
            { key: 'QoS', value: String(qos) },
            { key: 'Size', value: formatBytes(sizeBytes) },
            { key: 'Payload', value: <PayloadHead head={head} sizeBytes={sizeBytes} /> },
          ]}
        />
        <WhoGotMessage id={id} />
      </div>
    </section>
  );
}
