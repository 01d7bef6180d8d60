import type { ReactElement } from 'react';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import { listenerKindWords, plainListener } from '../../../../shared/mqtt/listener-kinds.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { Card, CopyButton, Page, useBrokerStatus, useWorkspace } from '../../common/index.ts';
import { setDemoDevice } from '../broker-actions.ts';
import styles from '../broker.module.css';
import { ExampleCommands } from './example-commands.tsx';
import { FailureCard } from './failure-card.tsx';
import { LimitsCard } from '../limits/limits-card.tsx';
import { ListenerSettings } from './listener-settings.tsx';
import { ListenersCard } from '../listeners/listeners-card.tsx';
import { ProfilesCard } from '../profiles/profiles-card.tsx';
import { StateHeader } from './state-header.tsx';
import { TlsLabCard } from '../tls-lab/tls-lab-card.tsx';

/** Whether the broker runs, where it is reached and how it is set. */
export function Overview(): ReactElement {
  const status = useBrokerStatus();
  const workspace = useWorkspace();
  if (!status) return <Waiting />;
  const running = status.phase === 'running';
  return (
    <Page title="Local broker" wide>
      <StateHeader status={status} />
      {status.failure && <FailureCard failure={status.failure} />}
      <ProfilesCard status={status} />
      <div className={styles.columns}>
        <Card title="Addresses">
          {status.listeners.length > 0 ? (
            <ul className={styles.listeners} aria-label="Listeners">
              {status.listeners.map((listener) => (
                <li key={listener.id} className={styles.listener}>
                  <Badge>{listenerKindWords[listener.kind]}</Badge>
                  <code data-selectable>{listener.url}</code>
                  <CopyButton text={listener.url} label={`Copy ${listener.url}`} />
                  <span className={styles.muted}>
                    {[...(listener.name === undefined ? [] : [listener.name]), ...(listener.proxyProtocol ? ['behind a proxy'] : [])].join(', ')}
                  </span>
                </li>
              ))}
            </ul>
          ) : (
            <p className={styles.muted}>{running ? 'No listener is open.' : 'The broker listens on these ports when it starts.'}</p>
          )}
          {workspace && <ListenerSettings settings={workspace.settings.broker} status={status} />}
        </Card>
        <Card title="Demo device">
          <Switch
            label="Simulated thermostat"
            hint="An ordinary client of this broker: publishes telemetry and a binary topic, keeps a retained state, answers RPC and CoAP-style requests."
            checked={status.demoDevice.enabled}
            onChange={setDemoDevice}
          />
          <p className={styles.demoState}>
            <StatusDot tone={status.demoDevice.running ? 'ok' : 'off'} /> {demoWords(status)}
          </p>
        </Card>
      </div>
      {workspace && <ListenersCard settings={workspace.settings.broker} status={status} />}
      {workspace && <TlsLabCard settings={workspace.settings.broker} open={status.listeners} />}
      {workspace && <LimitsCard settings={workspace.settings.broker} status={status} />}
      {running && (
        <Card title="Try it from a terminal">
          <ExampleCommands listeners={status.listeners} />
        </Card>
      )}
    </Page>
  );
}

function demoWords({ demoDevice, listeners, phase }: BrokerStatus): string {
  if (demoDevice.running) return 'Connected and publishing';
  if (!demoDevice.enabled) return 'Switched off';
  if (phase !== 'running') return 'Starts with the broker';
  return plainListener(listeners) ? 'Connecting' : 'Needs a listener on TCP or WebSocket that is not behind a proxy';
}

function Waiting(): ReactElement {
  return (
    <div className={styles.waiting}>
      <Spinner label="Loading" />
    </div>
  );
}
