import { ArrowLeftRight, Cable, FileDown, FileUp, Plus } from 'lucide-react';
import { useState, type ReactElement, type ReactNode } from 'react';
import type { InterceptStatus, InterceptView as Intercept } from '../../../../shared/contract/broker-intercepts.ts';
import type { TopicBridgeStatus, TopicBridgeView as TopicBridge } from '../../../../shared/contract/topic-bridges.ts';
import { useCommands } from '../../../app/commands.ts';
import { Badge, StatusDot, type DotTone } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { PanelTitle, Toolbar } from '../../../ui/toolbar.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { newId, useConnections, useIntercepts, useInterceptStatuses } from '../../common/index.ts';
import { addIntercept, addTopicBridge, exportConf, removeIntercept, removeTopicBridge } from './bridges-actions.ts';
import { newIntercept, newTopicBridge } from './bridges-draft.ts';
import { isInterceptOn, isTopicBridgeOn, selectBridge, useIsUnsaved, useSelectedBridge, useTopicBridges, useTopicBridgeStatuses } from './bridges-model.ts';
import { interceptPhase, interceptTone, remoteWords, topicPhase, topicTone } from './bridges-words.ts';
import { ImportConfDialog } from './import-conf-dialog.tsx';
import { InterceptView } from './intercept-view.tsx';
import { TopicBridgeView } from './topic-bridge-view.tsx';
import styles from './bridges.module.css';

/** Ways to other brokers: intercepts that forward bytes, bridges that carry messages, and the one that is looked at. */
export function BrokerBridges(): ReactElement {
  const intercepts = useIntercepts();
  const bridges = useTopicBridges();
  const interceptStatuses = new Map(useInterceptStatuses()?.map((status) => [status.id, status]));
  const bridgeStatuses = new Map(useTopicBridgeStatuses()?.map((status) => [status.id, status]));
  const connections = useConnections();
  const chosen = useSelectedBridge();
  const [importing, setImporting] = useState(false);
  const bridge = bridges?.find(({ id }) => id === chosen);
  const intercept = intercepts?.find(({ id }) => id === chosen) ?? (bridge ? undefined : intercepts?.[0]);
  const shownBridge = bridge ?? (intercept ? undefined : bridges?.[0]);
  const addAnIntercept = (): void => void addIntercept(newIntercept(newId(), intercepts ?? []));
  const addABridge = (): void => void addTopicBridge(newTopicBridge(newId(), bridges ?? []));
  const about = { group: 'Broker', place: 'broker', view: 'bridges', when: () => bridges !== undefined && intercepts !== undefined } as const;
  useCommands([
    { ...about, id: 'brokerBridges.addIntercept', title: 'Add an intercept', keywords: 'proxy forward man in the middle', run: addAnIntercept },
    { ...about, id: 'brokerBridges.addBridge', title: 'Add a topic bridge', keywords: 'mosquitto connection', run: addABridge },
    { ...about, id: 'brokerBridges.importConf', title: 'Import bridges of mosquitto …', run: () => setImporting(true) },
  ]);
  if (!intercepts || !bridges) return <Loading label="Loading bridges" />;
  return (
    <>
      <h1 className="visually-hidden">Bridges</h1>
      <Splitter
        id="broker-bridges"
        className={styles.split ?? ''}
        panels={[
          {
            id: 'list',
            defaultSize: 280,
            minSize: 200,
            maxSize: '50%',
            fixed: true,
            content: (
              <div className={styles.side}>
                <List<Intercept>
                  title="Intercepts"
                  rows={intercepts}
                  end={<IconButton size="small" label="Add an intercept" icon={<Plus size={15} aria-hidden />} onClick={addAnIntercept} />}
                  empty="None yet: devices that talk to another broker become visible with one."
                  selected={intercept?.id}
                  onDelete={(row) => void removeIntercept(row, isInterceptOn(interceptStatuses.get(row.id)))}
                  toneOf={({ id }) => interceptTone(interceptStatuses.get(id))}
                  stateOf={({ id }) => interceptPhase(interceptStatuses.get(id))}
                  wayOf={(row) => interceptWay(row, interceptStatuses.get(row.id), remoteWords(row.remote, connections))}
                />
                <List<TopicBridge>
                  title="Topic bridges"
                  rows={bridges}
                  end={
                    <Menu
                      align="end"
                      trigger={<IconButton size="small" label="Add or import topic bridges" icon={<Plus size={15} aria-hidden />} />}
                      items={[
                        { label: 'Add a topic bridge', icon: <Plus size={14} aria-hidden />, onSelect: addABridge },
                        { label: 'Import from a mosquitto.conf', icon: <FileUp size={14} aria-hidden />, onSelect: () => setImporting(true) },
                        {
                          label: 'Export all for mosquitto',
                          icon: <FileDown size={14} aria-hidden />,
                          disabled: bridges.length === 0,
                          onSelect: () => void exportConf(bridges),
                        },
                      ]}
                    />
                  }
                  empty="None yet: messages of the local broker stay here."
                  selected={shownBridge?.id}
                  onDelete={(row) => void removeTopicBridge(row, isTopicBridgeOn(bridgeStatuses.get(row.id)))}
                  toneOf={({ id }) => topicTone(bridgeStatuses.get(id))}
                  stateOf={({ id }) => topicPhase(bridgeStatuses.get(id))}
                  wayOf={(row) => bridgeWay(bridgeStatuses.get(row.id), remoteWords(row.remote, connections))}
                />
              </div>
            ),
          },
          {
            id: 'one',
            minSize: 360,
            content: intercept ? (
              <InterceptView key={intercept.id} view={intercept} status={interceptStatuses.get(intercept.id)} />
            ) : shownBridge ? (
              <TopicBridgeView key={shownBridge.id} view={shownBridge} status={bridgeStatuses.get(shownBridge.id)} />
            ) : (
              <Beginning onIntercept={addAnIntercept} onBridge={addABridge} onImport={() => setImporting(true)} />
            ),
          },
        ]}
      />
      {importing && <ImportConfDialog onClose={() => setImporting(false)} />}
    </>
  );
}

const interceptWay = ({ listener }: Intercept, status: InterceptStatus | undefined, remote: string): string =>
  `${status?.url ?? (listener.kind === 'unix' ? listener.path : `port ${listener.port === 0 ? 'any' : listener.port}`)} → ${status?.remote ?? remote}`;
const bridgeWay = (status: TopicBridgeStatus | undefined, remote: string): string => `⇄ ${status?.remote ?? remote}`;

interface ListProps<T extends Intercept | TopicBridge> {
  readonly title: string;
  readonly rows: readonly T[];
  readonly end: ReactNode;
  readonly empty: string;
  readonly selected: string | undefined;
  readonly onDelete: (row: T) => void;
  readonly toneOf: (row: T) => DotTone;
  readonly stateOf: (row: T) => string;
  readonly wayOf: (row: T) => string;
}

function List<T extends Intercept | TopicBridge>({ title, rows, end, empty, selected, onDelete, toneOf, stateOf, wayOf }: ListProps<T>): ReactElement {
  return (
    <section className={styles.list} aria-label={title}>
      <Toolbar label={title} end={end}>
        <PanelTitle>{title}</PanelTitle>
      </Toolbar>
      <VirtualList
        label={title}
        count={rows.length}
        getRow={(index) => rows[index]}
        keyOf={({ id }) => id}
        rowHeightPx={48}
        isSelected={({ id }) => id === selected}
        onSelect={({ id }) => selectBridge(id)}
        onRowKeyDown={(event, row) => {
          if (event.key === 'Delete') onDelete(row);
        }}
        renderRow={(row) => <Row id={row.id} name={row.name} tone={toneOf(row)} state={stateOf(row)} way={wayOf(row)} />}
        empty={<p className={styles.emptyList}>{empty}</p>}
      />
    </section>
  );
}

interface RowProps {
  readonly id: string;
  readonly name: string;
  readonly tone: DotTone;
  readonly state: string;
  readonly way: string;
}

function Row({ id, name, tone, state, way }: RowProps): ReactElement {
  const unsaved = useIsUnsaved(id);
  return (
    <span className={styles.row}>
      <StatusDot tone={tone} label={state} />
      <span className={styles.rowText}>
        <span className={styles.rowLine}>
          <span className={styles.rowName}>{name}</span>
          {unsaved && <Badge tone="warn">Unsaved</Badge>}
        </span>
        <span className={styles.rowWay} title={way}>
          {way}
        </span>
      </span>
    </span>
  );
}

interface BeginningProps {
  readonly onIntercept: () => void;
  readonly onBridge: () => void;
  readonly onImport: () => void;
}

/** What each kind is for, as long as there is none. */
function Beginning({ onIntercept, onBridge, onImport }: BeginningProps): ReactElement {
  return (
    <div className={styles.beginning}>
      <h2 className={styles.beginTitle}>Reach other brokers from here</h2>
      <div className={styles.cards}>
        <section className={styles.card} aria-label="Intercept">
          <Cable size={20} aria-hidden />
          <h3 className={styles.cardTitle}>Intercept</h3>
          <p className={styles.cardText}>
            Devices connect here instead of to their own broker. Every byte passes unchanged, and their messages and packets can be seen, even where the broker
            belongs to somebody else.
          </p>
          <Button variant="primary" onClick={onIntercept}>
            Add an intercept
          </Button>
        </section>
        <section className={styles.card} aria-label="Topic bridge">
          <ArrowLeftRight size={20} aria-hidden />
          <h3 className={styles.cardTitle}>Topic bridge</h3>
          <p className={styles.cardText}>
            Chosen topics are carried between the local broker and another one, either way, under prefixes of their own. What is sent while the other broker is
            away waits.
          </p>
          <span className={styles.headerButtons}>
            <Button variant="primary" onClick={onBridge}>
              Add a topic bridge
            </Button>
            <Button onClick={onImport}>Import from mosquitto</Button>
          </span>
        </section>
      </div>
    </div>
  );
}
