import { Search } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Page, SubscriptionRow, SubscriptionsQuery } from '../../../shared/contract/broker-lists.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { DataGrid, type DataColumn } from '../../ui/data-grid.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { plural } from '../common/index.ts';
import { nameOf, optionWords, reachWords, shareName } from './client-words.ts';
import { insideStore, useInside } from './inside-store.ts';
import styles from './inside.module.css';
import { usePolledList } from './polled-list.ts';

type Query = Omit<SubscriptionsQuery, 'offset' | 'limit'>;

const base: readonly DataColumn<SubscriptionRow, never>[] = [
  {
    id: 'filter',
    minPx: 150,
    grow: 2,
    title: 'Filter',
    render: ({ filter }) => (
      <span className={styles['mono']} title={filter}>
        {filter}
      </span>
    ),
  },
  {
    id: 'client',
    minPx: 120,
    grow: 1,
    title: 'Client',
    render: ({ clientId, connected }) => (
      <>
        {connected !== null && <StatusDot tone={connected ? 'ok' : 'off'} label={connected ? 'Connected' : 'Not connected'} />}{' '}
        <span title={nameOf(clientId)}>{nameOf(clientId)}</span>
      </>
    ),
  },
  { id: 'qos', minPx: 34, rank: 1, title: 'QoS', align: 'end', render: ({ qos }) => qos },
  { id: 'group', minPx: 70, rank: 5, title: 'Group', render: ({ filter }) => shareName(filter) ?? '' },
  {
    id: 'options',
    minPx: 250,
    grow: 1,
    rank: 4,
    title: 'Options',
    render: (row) =>
      optionWords(row).map((word) => (
        <span key={word}>
          <Badge>{word}</Badge>{' '}
        </span>
      )),
  },
];

const withReach: readonly DataColumn<SubscriptionRow, never>[] = [
  ...base,
  {
    id: 'reach',
    minPx: 190,
    rank: 2,
    title: 'Would get it',
    render: ({ reach }) =>
      reach !== null && (
        <>
          <StatusDot tone={reachWords[reach].tone} /> {reachWords[reach].text}
        </>
      ),
  },
];

/** Who has subscribed to what, and who would get a message of a topic. */
export function SubscriptionList(): ReactElement {
  const search = useInside(({ subscriptionSearch }) => subscriptionSearch);
  const topic = useInside((state) => state.topic);
  const problem = topic === '' ? null : validateTopicName(topic);
  const query: Query = { ...(search.trim() === '' ? {} : { search: search.trim() }), ...(topic === '' || problem ? {} : { topic }) };
  const view = usePolledList<SubscriptionRow, Page<SubscriptionRow>, Query>((engine, wanted) => engine.call('broker.subscriptions', wanted), query);
  const page = view?.page;
  const isAsked = query.topic !== undefined;
  return (
    <section className={styles['listPane']} aria-label="Subscriptions">
      <Toolbar
        label="Subscriptions"
        end={
          page && (
            <span className={styles['count']} role="status">
              {plural(page.total, 'subscription')}
            </span>
          )
        }
      >
        <TextField
          className={styles['search']}
          label="Find subscriptions"
          labelHidden
          type="search"
          size="small"
          clearable
          maxLength={1000}
          icon={<Search size={14} aria-hidden />}
          placeholder="Client id or filter"
          value={search}
          onChange={(subscriptionSearch) => insideStore.setState({ subscriptionSearch })}
        />
        <TextField
          className={styles['search']}
          label="Who would get topic"
          labelHidden
          type="search"
          size="small"
          mono
          clearable
          maxLength={65_535}
          placeholder="Who would get the topic …"
          value={topic}
          onChange={(next) => insideStore.setState({ topic: next })}
        />
      </Toolbar>
      {problem && (
        <Banner kind="warn" title={problem.message}>
          {problem.advice}
        </Banner>
      )}
      {view?.error && <Banner kind="bad" title={view.error.message} />}
      {view && page ? (
        <DataGrid
          label="All subscriptions"
          columns={isAsked ? withReach : base}
          count={page.total}
          getRow={view.row}
          keyOf={({ clientId, filter }) => `${filter} ${clientId}`}
          onRangeChange={view.show}
          empty={
            isAsked ? (
              <EmptyState compact title="Nobody would get it" text={`No subscription matches “${topic}”.`} />
            ) : (
              <EmptyState
                compact
                title={query.search === undefined ? 'No subscriptions yet' : 'No such subscription'}
                text="What clients subscribe to appears here, with all options."
              />
            )
          }
        />
      ) : (
        <Loading label="Loading the subscriptions" />
      )}
    </section>
  );
}
