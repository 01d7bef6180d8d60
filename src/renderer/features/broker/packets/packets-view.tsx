import { ArrowDown, Circle } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import type { PacketsStatus } from '../../../../shared/contract/packets.ts';
import { engineClient, useStreamValue } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { VirtualList, type VirtualListHandle } from '../../../ui/virtual-list.tsx';
import { browserPacing, useBrokerStatus, useModel, useNow } from '../../common/index.ts';
import { StartBrokerButton } from '../overview/start-broker-button.tsx';
import { PacketDetails } from './packet-details.tsx';
import { PacketRowContent } from './packet-row.tsx';
import { recordPackets } from './packet-actions.ts';
import { PacketsList } from './packets-list.ts';
import { changeFilter, isFiltered, noPacketsFilter, selectPacket, toPacketFilter, usePackets } from './packets-store.ts';
import { PacketsStatusLine } from './packets-status-line.tsx';
import { PacketsToolbar } from './packets-toolbar.tsx';
import { SequencePanel } from './sequence-panel.tsx';
import styles from './packets.module.css';

/** Every control packet in both directions, as it crossed the network; below the list the selected one, field by field. */
export function PacketsView(): ReactElement {
  const status = useStreamValue('packets.status', undefined);
  const source = usePackets((state) => state.source);
  const filter = usePackets((state) => state.filter);
  const selected = usePackets((state) => state.selected);
  const sequence = usePackets((state) => state.sequence);
  const [list, setList] = useState<PacketsList | null>(null);
  const latest = useRef(toPacketFilter(source, filter));
  latest.current = toPacketFilter(source, filter);
  const reopen = useCallback(() => setList(new PacketsList(engineClient(), browserPacing, latest.current)), []);
  useEffect(reopen, [reopen]);
  useEffect(() => () => list?.close(), [list]);
  useEffect(() => list?.setFilter(toPacketFilter(source, filter)), [list, source, filter]);
  return (
    <section className={styles.view} aria-label="Packets">
      <h1 className="visually-hidden">Packets</h1>
      {status && list ? (
        <>
          <PacketsToolbar status={status} list={list} />
          <Splitter
            id="broker-packets"
            orientation="vertical"
            panels={[
              { id: 'list', minSize: 120, content: <List list={list} status={status} selected={selected} onRetry={reopen} /> },
              (sequence !== null || selected !== null) && {
                id: 'packet',
                defaultSize: '50%',
                minSize: 120,
                content: sequence !== null ? <SequencePanel wanted={sequence} /> : <PacketDetails key={selected} seq={selected as number} />,
              },
            ]}
          />
          <PacketsStatusLine status={status} />
        </>
      ) : (
        <Loading label="Loading packets" />
      )}
    </section>
  );
}

interface ListProps {
  readonly list: PacketsList;
  readonly status: PacketsStatus;
  readonly selected: number | null;
  readonly onRetry: () => void;
}

function List({ list, status, selected, onRetry }: ListProps): ReactElement {
  useModel(list.notifier);
  const todayMs = new Date(useNow(60_000)).setHours(0, 0, 0, 0);
  const handle = useRef<VirtualListHandle>(null);
  const { count, following, error, looked } = list;
  const version = list.notifier.getVersion();
  const isAlone = selected === null;
  // The newest stays in sight, also when a part of the window is taken away from the list.
  useLayoutEffect(() => {
    if (following && count !== undefined && count > 0) handle.current?.scrollTo(count - 1);
  }, [following, count, version, isAlone]);
  return (
    <div className={styles.frame}>
      {error && (
        <Banner
          kind="bad"
          title={error.message}
          actions={
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          }
        >
          {error.advice}
        </Banner>
      )}
      {count === undefined || (count === 0 && looked !== null) ? (
        !error && <Loading label={count === undefined ? 'Loading packets' : 'Looking through the packets'} />
      ) : (
        <>
          {count > 0 && <Head />}
          <VirtualList
            ref={handle}
            label="Packets"
            count={count}
            getRow={list.row}
            keyOf={(row) => row.seq ?? `forgotten ${row.place}`}
            rowHeightPx={24}
            renderRow={(row) => <PacketRowContent row={row} todayMs={todayMs} />}
            isSelected={(row) => row.seq !== null && row.seq === selected}
            onSelect={(row) => row.seq !== null && selectPacket(row.seq)}
            onRangeChange={list.show}
            onAtEnd={list.setFollowing}
            empty={<NoPackets status={status} />}
          />
        </>
      )}
      {!following && (
        <span className={styles.pill}>
          <Button size="small" variant="primary" icon={<ArrowDown size={13} aria-hidden />} onClick={() => list.setFollowing(true)}>
            Newest
          </Button>
        </span>
      )}
    </div>
  );
}

/** Names of the columns, for those who see them: each row says in its own words what stands in it. */
function Head(): ReactElement {
  return (
    <div className={styles.head} aria-hidden>
      <span className={styles.row}>
        <span className={styles.time}>Time</span>
        <span className={styles.delta}>Δ above</span>
        <span className={styles.delta} data-own>
          Δ connection
        </span>
        <span>Client</span>
        <span />
        <span>Packet</span>
        <span className={styles.packetId}>Id</span>
        <span>Topic and summary</span>
        <span className={styles.size}>Size</span>
      </span>
    </div>
  );
}

function NoPackets({ status }: { readonly status: PacketsStatus }): ReactElement {
  const source = usePackets((state) => state.source);
  const filtered = isFiltered(usePackets((state) => state.filter));
  const broker = useBrokerStatus();
  const current = status.sources.find(({ id }) => id === source);
  if (filtered && (current?.packets ?? 0) > 0) {
    return (
      <EmptyState
        compact
        title="No packet fits the filter"
        actions={
          <Button size="small" onClick={() => changeFilter(noPacketsFilter)}>
            Clear the filter
          </Button>
        }
      />
    );
  }
  if (source === 'broker' && broker?.engine === 'aedes' && broker.phase === 'running')
    return <EmptyState title="The engine aedes does not show its packets" text="The workbench’s own engine does; choose it in the tab Overview." />;
  if (!current?.recording) {
    return (
      <EmptyState
        icon={<Circle size={28} aria-hidden />}
        title="Nothing is being recorded"
        text="Record every control packet between the clients and the broker, in both directions, byte by byte. It goes on while you look at other places, until you stop it."
        actions={
          <Button variant="primary" icon={<Circle size={13} aria-hidden />} onClick={() => void recordPackets(source, true)}>
            Record packets
          </Button>
        }
      />
    );
  }
  if (source === 'broker' && broker?.phase !== 'running')
    return <EmptyState title="The broker does not run" text="Its packets are recorded as soon as it does." actions={<StartBrokerButton />} />;
  return <EmptyState compact title="Waiting for packets" text="The next one is listed here as it crosses the network." />;
}
