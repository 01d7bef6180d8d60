import { CircleAlert, Search, Users } from 'lucide-react';
import { memo, useEffect, useState, type ReactElement } from 'react';
import type { PeersPage, PeerState, RpcPeer } from '../../../../shared/contract/rpc-peers.ts';
import { engineClient } from '../../../data/index.ts';
import { StatusDot } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { browserPacing, formatCount, plural, useModel, type SourceOption } from '../../common/index.ts';
import { PagedView } from '../paged-view.ts';
import styles from '../lists.module.css';
import { PeerDetail } from './peer-detail.tsx';
import { peerTone, peerWords } from './peer-words.ts';
import { PresenceSwitch } from './presence-switch.tsx';

interface PeersFilter {
  readonly state: PeerState;
  readonly text: string;
}

type PeersView = PagedView<RpcPeer, PeersPage, PeersFilter>;

const openPeers = (source: SourceOption['id'], filter: PeersFilter): PeersView =>
  new PagedView<RpcPeer, PeersPage, PeersFilter>(
    ({ state, text }, place, reader) => engineClient().stream('rpcPeers.watch', { source, state, text: text.slice(0, 1000), ...place }, reader),
    browserPacing,
    filter,
  );

/** Who takes part: by presence, by the local broker, and by traffic. Give it the source's id as key. */
export function PeersPanel({ source }: { readonly source: SourceOption }): ReactElement {
  const [filter, setFilter] = useState<PeersFilter>({ state: 'all', text: '' });
  const [view, setView] = useState<PeersView | null>(null);
  const [selected, setSelected] = useState<RpcPeer | null>(null);
  useEffect(() => {
    const opened = openPeers(source.id, { state: 'all', text: '' });
    setView(opened);
    return () => opened.close();
  }, [source.id]);
  useEffect(() => view?.setFilter(filter), [view, filter]);
  return (
    <Splitter
      id="rpc-peers"
      orientation="vertical"
      panels={[
        {
          id: 'list',
          minSize: 140,
          content: view ? (
            <PeersList view={view} source={source} filter={filter} onFilter={setFilter} selected={selected?.clientId ?? null} onSelect={setSelected} />
          ) : (
            <div className={styles['panel']} />
          ),
        },
        {
          id: 'peer',
          defaultSize: '36%',
          minSize: 110,
          content: <PeerDetail source={source} view={view} selected={selected} onGone={() => setSelected(null)} />,
        },
      ]}
    />
  );
}

interface PeersListProps {
  readonly view: PeersView;
  readonly source: SourceOption;
  readonly filter: PeersFilter;
  readonly onFilter: (filter: PeersFilter) => void;
  readonly selected: string | null;
  readonly onSelect: (peer: RpcPeer) => void;
}

function PeersList({ view, source, filter, onFilter, selected, onSelect }: PeersListProps): ReactElement {
  useModel(view.notifier);
  const { page, error } = view;
  const known = page ? page.online + page.offline + page.unknown : 0;
  const filtered = filter.state !== 'all' || filter.text !== '';
  return (
    <section className={styles['panel']} aria-label="Peers">
      <div className={styles['toolbar']} role="group" aria-label="Peers">
        <TextField
          className={styles['search']}
          label="Filter peers"
          labelHidden
          type="search"
          size="small"
          icon={<Search size={14} aria-hidden />}
          placeholder="Part of a client id"
          clearable
          maxLength={1000}
          value={filter.text}
          onChange={(text) => onFilter({ ...filter, text })}
        />
        <SegmentedControl
          size="small"
          label="Which peers"
          value={filter.state}
          onChange={(state) => onFilter({ ...filter, state })}
          segments={[
            { value: 'all', label: 'All' },
            { value: 'online', label: `Online ${page ? formatCount(page.online) : ''}`.trim() },
            { value: 'offline', label: `Offline ${page ? formatCount(page.offline) : ''}`.trim() },
          ]}
        />
        <span className={styles['total']} role="status">
          {page ? (filtered ? `${formatCount(page.total)} of ${plural(known, 'peer')}` : plural(known, 'peer')) : ''}
        </span>
        <PresenceSwitch source={source} />
      </div>
      {error && (
        <Banner kind="bad" title={error.message}>
          {error.advice}
        </Banner>
      )}
      <div className={styles['frame']}>
        {page ? (
          <VirtualList
            label="Peers"
            count={page.total}
            getRow={view.row}
            keyOf={(peer) => peer.clientId}
            rowHeightPx={26}
            renderRow={(peer) => <PeerRow peer={peer} />}
            isSelected={(peer) => peer.clientId === selected}
            onSelect={onSelect}
            onRangeChange={view.show}
            empty={<NoPeers filtered={filtered} source={source} onClear={() => onFilter({ state: 'all', text: '' })} />}
          />
        ) : (
          !error && <Loading label="Loading peers" />
        )}
      </div>
      {page !== undefined && page.leftOut > 0 && (
        <p className={styles['foot']}>
          <CircleAlert size={12} aria-hidden /> There is no room for more than 20,000 clients: something was seen of others {plural(page.leftOut, 'time')}.
        </p>
      )}
    </section>
  );
}

function NoPeers({ filtered, source, onClear }: { readonly filtered: boolean; readonly source: SourceOption; readonly onClear: () => void }): ReactElement {
  if (filtered) {
    return (
      <EmptyState
        compact
        title="No peer fits the filter"
        actions={
          <Button size="small" onClick={onClear}>
            Clear the filter
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      compact
      icon={<Users size={24} aria-hidden />}
      title="Nobody seen yet"
      text={
        source.id === 'broker'
          ? 'Clients of the local broker are listed here, and who says on $presence/… that it is online.'
          : 'Who says on $presence/… that it is online is listed here once that is watched, and so are callers of calls that were seen.'
      }
    />
  );
}

const PeerRow = memo(function PeerRow({ peer }: { readonly peer: RpcPeer }): ReactElement {
  const { clientId, presence, presenceAt, connected, connectedAt, lastSeenAt, node4 } = peer;
  const since = connected === true ? connectedAt : presence === null ? null : presenceAt;
  return (
    <span className={styles['peer']}>
      <StatusDot tone={peerTone(peer)} />
      <span className={styles['strong']} title={clientId}>
        {clientId}
      </span>
      <span className={styles['quiet']}>
        {peerWords(peer)}
        {since !== null && (
          <>
            , <RelativeTime timeMs={since} />
          </>
        )}
      </span>
      <span className={styles['quiet']}>{node4 ? 'mqttxx 4 node' : ''}</span>
      <span className={styles['quiet']}>
        {lastSeenAt !== null && (
          <>
            seen <RelativeTime timeMs={lastSeenAt} />
          </>
        )}
      </span>
    </span>
  );
});
