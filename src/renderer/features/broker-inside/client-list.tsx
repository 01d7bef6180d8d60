import { Search } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { ClientColumn, ClientRow, ClientsQuery, Page } from '../../../shared/contract/broker-lists.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { DataGrid, type DataColumn, type DataOrder } from '../../ui/data-grid.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { formatBytes, formatCompact, formatDateTime, formatDuration, plural, useBrokerStatus } from '../common/index.ts';
import { ClientDetailPane } from './client-detail.tsx';
import { keepAliveWords, nameOf, packetWords, versionWords } from './client-words.ts';
import { chooseClient, useInside } from './inside-store.ts';
import styles from './inside.module.css';
import { usePolledList } from './polled-list.ts';

type Query = Omit<ClientsQuery, 'offset' | 'limit'>;

/** What aedes cannot tell has no column. */
const columnsOf = (hasTraffic: boolean): readonly DataColumn<ClientRow, ClientColumn>[] => {
  const traffic: readonly DataColumn<ClientRow, ClientColumn>[] = [
    { id: 'inflight', minPx: 58, rank: 8, title: 'In flight', align: 'end', sort: 'inflight', render: ({ traffic: t }) => formatCompact(t?.inflight ?? 0) },
    { id: 'queue', minPx: 48, rank: 4, title: 'Queue', align: 'end', sort: 'queued', render: ({ traffic: t }) => formatCompact(t?.queuedMessages ?? 0) },
    {
      id: 'in',
      minPx: 62,
      rank: 3,
      title: 'Msgs in',
      align: 'end',
      sort: 'messagesReceived',
      render: ({ traffic: t }) => formatCompact(t?.messagesReceived ?? 0),
    },
    { id: 'out', minPx: 66, rank: 3, title: 'Msgs out', align: 'end', sort: 'messagesSent', render: ({ traffic: t }) => formatCompact(t?.messagesSent ?? 0) },
    {
      id: 'bytesIn',
      minPx: 66,
      rank: 6,
      title: 'Bytes in',
      align: 'end',
      sort: 'bytesReceived',
      render: ({ traffic: t }) => formatBytes(t?.bytesReceived ?? 0),
    },
    { id: 'bytesOut', minPx: 70, rank: 6, title: 'Bytes out', align: 'end', sort: 'bytesSent', render: ({ traffic: t }) => formatBytes(t?.bytesSent ?? 0) },
    {
      id: 'last',
      minPx: 150,
      rank: 5,
      title: 'Last packet',
      sort: 'lastReceived',
      render: ({ traffic: t }) => packetWords(t?.lastReceived ?? null, Date.now()),
    },
  ];
  return [
    {
      id: 'client',
      minPx: 130,
      grow: 2,
      title: 'Client id',
      sort: 'clientId',
      render: ({ clientId }) => (
        <span className={styles['strong']} title={nameOf(clientId)}>
          {nameOf(clientId)}
        </span>
      ),
    },
    {
      id: 'user',
      minPx: 80,
      grow: 1,
      rank: 9,
      title: 'User',
      sort: 'username',
      render: ({ username, certificateSubject }) => (
        <span title={certificateSubject === null ? undefined : `Certificate of ${certificateSubject}`}>
          {username ?? certificateSubject ?? <span className={styles['faint']}>none</span>}
        </span>
      ),
    },
    { id: 'version', minPx: 90, rank: 2, title: 'Version', sort: 'version', render: (row) => versionWords(row) },
    {
      id: 'address',
      minPx: 130,
      grow: 1,
      rank: 7,
      title: 'Address',
      sort: 'address',
      render: ({ address }) => <span className={styles['mono']}>{address}</span>,
    },
    {
      id: 'keepAlive',
      minPx: 68,
      rank: 10,
      title: 'Keep-alive',
      align: 'end',
      sort: 'keepAlive',
      render: ({ keepAliveSeconds }) => keepAliveWords(keepAliveSeconds),
    },
    {
      id: 'subscriptions',
      minPx: 46,
      rank: 4,
      title: 'Filters',
      align: 'end',
      sort: 'subscriptions',
      render: ({ subscriptions }) => formatCompact(subscriptions),
    },
    ...(hasTraffic ? traffic : []),
    {
      id: 'connected',
      minPx: 72,
      rank: 2,
      title: 'Connected',
      align: 'end',
      sort: 'connectedAt',
      render: ({ connectedAt }) => <span title={formatDateTime(connectedAt * 1000)}>{formatDuration(Date.now() - connectedAt)}</span>,
    },
  ];
};
const [withTraffic, withoutTraffic] = [columnsOf(true), columnsOf(false)];

/** Everybody who is connected, however many they are. */
export function ClientList(): ReactElement {
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<DataOrder<ClientColumn> | null>(null);
  const chosen = useInside(({ clientId }) => clientId);
  const isAedes = useBrokerStatus()?.engine === 'aedes';
  const query: Query = { ...(search.trim() === '' ? {} : { search: search.trim() }), ...(order === null ? {} : { order }) };
  const view = usePolledList<ClientRow, Page<ClientRow>, Query>((engine, wanted) => engine.call('broker.clientList', wanted), query);
  const page = view?.page;
  return (
    <Splitter
      id="broker-clients"
      panels={[
        {
          id: 'list',
          minSize: 320,
          content: (
            <section className={styles['listPane']} aria-label="Clients">
              <Toolbar
                label="Clients"
                end={
                  page && (
                    <span className={styles['count']} role="status">
                      {plural(page.total, 'client')}
                    </span>
                  )
                }
              >
                <TextField
                  className={styles['search']}
                  label="Find clients"
                  labelHidden
                  type="search"
                  size="small"
                  clearable
                  maxLength={1000}
                  icon={<Search size={14} aria-hidden />}
                  placeholder="Client id, address, user or filter"
                  value={search}
                  onChange={setSearch}
                />
                {isAedes && <Badge title="Traffic, queues, sessions and wills: only the workbench’s own engine tells of them.">aedes tells less</Badge>}
              </Toolbar>
              {view?.error && <Banner kind="bad" title={view.error.message} />}
              {view && page ? (
                <DataGrid
                  label="Connected clients"
                  columns={isAedes ? withoutTraffic : withTraffic}
                  order={order}
                  onOrder={setOrder}
                  count={page.total}
                  getRow={view.row}
                  keyOf={({ clientId }) => clientId}
                  isSelected={({ clientId }) => clientId === chosen}
                  onSelect={({ clientId }) => chooseClient(clientId)}
                  onRangeChange={view.show}
                  empty={
                    query.search === undefined ? (
                      <EmptyState compact title="No clients yet" text="Devices and tools that connect to this broker appear here." />
                    ) : (
                      <EmptyState compact title="No such client" text="Nobody who is connected fits what is looked for." />
                    )
                  }
                />
              ) : (
                <Loading label="Loading the clients" />
              )}
            </section>
          ),
        },
        chosen !== null && { id: 'client', defaultSize: 380, minSize: 260, fixed: true, content: <ClientDetailPane key={chosen} clientId={chosen} /> },
      ]}
    />
  );
}
