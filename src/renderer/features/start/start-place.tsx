import { ListTree, Plug, Plus, RadioTower } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { StatusDot } from '../../ui/badge.tsx';
import { ExampleCommands, FailureCard, StartBrokerButton } from '../broker/index.ts';
import { Card, connectionSource, goTo, listSources, Page, plural, useBrokerStatus, useConnections } from '../common/index.ts';
import { ConnectButton, connectionsStore } from '../connections/index.ts';
import { showSource } from '../topics/index.ts';
import styles from './start.module.css';

/** Connections listed here; the rest is a click away. */
const maxListed = 6;

/** Where a newcomer begins: one click to a running broker, or a connection to one elsewhere. */
export function StartPlace(): ReactElement {
  return (
    <Page title="Start">
      <header className={styles.hero}>
        <p className={styles.title}>MQTT Workbench</p>
        <p className={styles.lead}>Run a broker on this machine or connect to any other, watch topics live, and talk to your devices.</p>
      </header>
      <div className={styles.ways}>
        <BrokerWay />
        <ConnectionsWay />
      </div>
    </Page>
  );
}

function BrokerWay(): ReactElement {
  const status = useBrokerStatus();
  const running = status?.phase === 'running';
  const showTopics = (): void => showSource('broker');
  return (
    <Card title="Local broker" className={styles.way}>
      <span className={styles.icon} data-on={running || undefined} aria-hidden>
        <RadioTower size={26} />
      </span>
      {running ? (
        <>
          <p className={styles.state} role="status">
            <StatusDot tone="ok" /> Running · {plural(status.clientCount, 'client')}
          </p>
          <div className={styles.buttons}>
            <Button variant="primary" size="large" icon={<ListTree size={16} aria-hidden />} onClick={showTopics}>
              Show topics
            </Button>
            <Button size="large" onClick={() => goTo('broker')}>
              Broker details
            </Button>
          </div>
          <ExampleCommands listeners={status.listeners} />
        </>
      ) : (
        <>
          <p className={styles.text}>One click starts an MQTT broker on this machine, with a demo device whose topics move at once. Nothing else is needed.</p>
          <div className={styles.buttons}>
            <StartBrokerButton size="large" onStarted={showTopics} />
          </div>
          {status?.failure && <FailureCard failure={status.failure} onStarted={showTopics} />}
        </>
      )}
    </Card>
  );
}

function ConnectionsWay(): ReactElement {
  const connections = useConnections();
  const broker = useBrokerStatus();
  const sources = new Map(listSources(broker, connections).map((source) => [source.id, source]));
  const profiles = connections?.profiles ?? [];
  const add = (): void => {
    connectionsStore().add();
    goTo('connections');
  };
  return (
    <Card title="Other brokers" className={styles.way}>
      <span className={styles.icon} aria-hidden>
        <Plug size={26} />
      </span>
      {profiles.length === 0 ? (
        <p className={styles.text}>Connect to a broker on your network, in the cloud or on a device: over TCP, TLS or WebSocket, with MQTT 3.1, 3.1.1 or 5.</p>
      ) : (
        <ul className={styles.list} aria-label="Connections">
          {profiles.slice(0, maxListed).map(({ id, name, uri }) => {
            const source = sources.get(connectionSource(id));
            return (
              <li key={id} className={styles.entry}>
                <StatusDot tone={source?.tone ?? 'off'} label={source?.state ?? 'disconnected'} />
                <span className={styles.entryText}>
                  <span className={styles.entryName}>{name}</span>
                  <span className={styles.entryUri}>{uri}</span>
                </span>
                {source?.live ? <Button onClick={() => showSource(connectionSource(id))}>Show topics</Button> : <ConnectButton id={id} />}
              </li>
            );
          })}
        </ul>
      )}
      <div className={styles.buttons}>
        <Button size="large" icon={<Plus size={16} aria-hidden />} onClick={add}>
          New connection
        </Button>
        {profiles.length > maxListed && (
          <Button size="large" variant="ghost" onClick={() => goTo('connections')}>
            All {profiles.length} connections
          </Button>
        )}
      </div>
    </Card>
  );
}
