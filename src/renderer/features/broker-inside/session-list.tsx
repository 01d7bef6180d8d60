import { Search } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { Page, SessionColumn, SessionRow, SessionsQuery } from '../../../shared/contract/broker-lists.ts';
import { StatusDot } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { DataGrid, type DataColumn, type DataOrder } from '../../ui/data-grid.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { formatBytes, formatCompact, formatDuration, plural, useBrokerStatus } from '../common/index.ts';
import { ClientDetailPane } from './client-detail.tsx';
import { nameOf } from './client-words.ts';
import { chooseClient, useInside } from './inside-store.ts';
import styles from './inside.module.css';
import { usePolledList } from './polled-list.ts';

type Query = Omit<SessionsQuery, 'offset' | 'limit'>;
type State = 'offline' | 'connected' | 'all';

const states = [
  { value: 'offline', label: 'Offline' },
  { value: 'connected', label: 'Connected' },
  { value: 'all', label: 'All' },
] as const;

const columns: readonly DataColumn<SessionRow, SessionColumn>[] = [
  {
    id: 'client',
    minPx: 130,
    grow: 1,
    title: 'Client id',
    sort: 'clientId',
    render: ({ clientId, connected }) => (
      <>
        <StatusDot tone={connected ? 'ok' : 'off'} label={connected ? 'Connected' : 'Not connected'} />{' '}
        <span className={styles['strong']} title={nameOf(clientId)}>
          {nameOf(clientId)}
        </span>
      </>
    ),
  },
  { id: 'version', minPx: 90, rank: 4, title: 'Version', sort: 'version', render: ({ version }) => `MQTT ${version}` },
  { id: 'filters', minPx: 48, rank: 3, title: 'Filters', align: 'end', sort: 'subscriptions', render: ({ subscriptions }) => formatCompact(subscriptions) },
  { id: 'queue', minPx: 52, rank: 1, title: 'Queue', align: 'end', sort: 'queuedMessages', render: ({ queuedMessages }) => formatCompact(queuedMessages) },
  { id: 'bytes', minPx: 70, rank: 5, title: 'Memory', align: 'end', sort: 'queuedBytes', render: ({ queuedBytes }) => formatBytes(queuedBytes) },
  { id: 'inflight', minPx: 70, rank: 6, title: 'Under way', align: 'end', render: ({ inflight }) => formatCompact(inflight) },
  {
    id: 'ends',
    minPx: 96,
    rank: 2,
    title: 'Ends',
    sort: 'endsAt',
    render: ({ connected, endsAt }) => (connected ? '' : endsAt === null ? 'never' : `in ${formatDuration(endsAt - Date.now())}`),
  },
];

/** What the broker keeps for clients, those that are away above all. */
export function SessionList(): ReactElement {
  const [search, setSearch] = useState('');
  const [state, setState] = useState<State>('offline');
  const [order, setOrder] = useState<DataOrder<SessionColumn> | null>(null);
  const chosen = useInside(({ clientId }) => clientId);
  const isAedes = useBrokerStatus()?.engine === 'aedes';
  const query: Query = {
    ...(search.trim() === '' ? {} : { search: search.trim() }),
    ...(state === 'all' ? {} : { state }),
    ...(order === null ? {} : { order }),
  };
  const view = usePolledList<SessionRow, Page<SessionRow>, Query>((engine, wanted) => engine.call('broker.sessions', wanted), query);
  const page = view?.page;
  if (isAedes)
    return (
      <EmptyState
        title="aedes does not tell of sessions"
        text="The workbench’s own engine shows what it keeps for clients that are away. Choose it on the Overview."
      />
    );
  return (
    <Splitter
      id="broker-sessions"
      panels={[
        {
          id: 'list',
          minSize: 320,
          content: (
            <section className={styles['listPane']} aria-label="Sessions">
              <Toolbar
                label="Sessions"
                end={
                  page && (
                    <span className={styles['count']} role="status">
                      {plural(page.total, 'session')}
                    </span>
                  )
                }
              >
                <SegmentedControl label="Sessions of clients that are" size="small" value={state} onChange={setState} segments={states} />
                <TextField
                  className={styles['search']}
                  label="Find sessions"
                  labelHidden
                  type="search"
                  size="small"
                  clearable
                  maxLength={1000}
                  icon={<Search size={14} aria-hidden />}
                  placeholder="Client id"
                  value={search}
                  onChange={setSearch}
                />
              </Toolbar>
              {view?.error && <Banner kind="bad" title={view.error.message} />}
              {view && page ? (
                <DataGrid
                  label="Sessions"
                  columns={columns}
                  order={order}
                  onOrder={setOrder}
                  count={page.total}
                  getRow={view.row}
                  keyOf={({ clientId }) => clientId}
                  isSelected={({ clientId }) => clientId === chosen}
                  onSelect={({ clientId }) => chooseClient(clientId)}
                  onRangeChange={view.show}
                  empty={
                    <EmptyState
                      compact
                      title={query.search === undefined && state === 'offline' ? 'Nobody is away' : 'No such session'}
                      text="A client that asks for a session which outlives its connection is listed here while it is away, with what waits for it."
                    />
                  }
                />
              ) : (
                <Loading label="Loading the sessions" />
              )}
            </section>
          ),
        },
        chosen !== null && { id: 'session', defaultSize: 400, minSize: 260, fixed: true, content: <ClientDetailPane key={chosen} clientId={chosen} /> },
      ]}
    />
  );
}
