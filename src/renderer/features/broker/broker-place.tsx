import { Play, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import type { BrokerStatus } from '../../../shared/contract/broker.ts';
import { listenerKindWords, plainListener } from '../../../shared/mqtt/listener-kinds.ts';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Switch } from '../../ui/switch.tsx';
import {
  Card,
  CopyButton,
  formatCount,
  formatDateTime,
  formatDuration,
  Page,
  plural,
  useBrokerClients,
  useBrokerStatus,
  useNow,
  useWorkspace,
} from '../common/index.ts';
import { setDemoDevice, startBroker, stopBroker } from './broker-actions.ts';
import { engineWords, phaseWords } from './broker-words.ts';
import styles from './broker.module.css';
import { ClientTable } from './client-table.tsx';
import { ExampleCommands } from './example-commands.tsx';
import { FailureCard } from './failure-card.tsx';
import { LimitsCard } from './limits-card.tsx';
import { ListenerSettings } from './listener-settings.tsx';
import { ListenersCard } from './listeners-card.tsx';
import { RefusalCard } from './refusal-card.tsx';
import { TlsLabCard } from './tls-lab/tls-lab-card.tsx';

export function BrokerPlace(): ReactElement {
  const status = useBrokerStatus();
  const workspace = useWorkspace();
  const clients = useBrokerClients();
  if (!status) return <Waiting />;
  const running = status.phase === 'running';
  return (
    <Page title="Local broker" wide>
      <StateHeader status={status} />
      {status.failure && <FailureCard failure={status.failure} />}
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
      {running && (
        <Card title="Connected clients" titleAside={<Badge>{formatCount(Math.max(clients?.length ?? 0, status.clientCount))}</Badge>} flush>
          {clients ? <ClientTable clients={clients} total={status.clientCount} /> : <Waiting />}
        </Card>
      )}
      <RefusalCard />
    </Page>
  );
}

function demoWords({ demoDevice, listeners, phase }: BrokerStatus): string {
  if (demoDevice.running) return 'Connected and publishing';
  if (!demoDevice.enabled) return 'Switched off';
  if (phase !== 'running') return 'Starts with the broker';
  return plainListener(listeners) ? 'Connecting' : 'Needs a listener on TCP or WebSocket that is not behind a proxy';
}

function StateHeader({ status }: { readonly status: BrokerStatus }): ReactElement {
  const now = useNow(status.phase === 'running' ? 1000 : null);
  const { tone, title } = phaseWords[status.phase];
  const busy = status.phase === 'starting' || status.phase === 'stopping';
  return (
    <header className={styles.state} data-phase={status.phase}>
      <span className={styles.bigDot} data-tone={tone} aria-hidden />
      <div className={styles.stateText}>
        <p className={styles.stateTitle} role="status">
          {title}
        </p>
        <p className={styles.muted}>
          {status.phase === 'running' && status.startedAt !== null ? (
            <>
              {plural(status.clientCount, 'client')} · up for{' '}
              <span title={`Since ${formatDateTime(status.startedAt * 1000)}`}>{formatDuration(now - status.startedAt)}</span> ·{' '}
              {engineWords[status.engine].speaks}
            </>
          ) : (
            'An MQTT broker inside the workbench, for devices and tools on this machine.'
          )}
        </p>
      </div>
      {status.phase === 'running' || status.phase === 'stopping' ? (
        <Button size="large" icon={<Square size={15} aria-hidden />} busy={busy} onClick={stopBroker}>
          Stop broker
        </Button>
      ) : (
        <Button size="large" variant="primary" icon={<Play size={15} aria-hidden />} busy={busy} onClick={() => void startBroker()}>
          Start local broker
        </Button>
      )}
      {status.persistenceProblem !== null && (
        <div className={styles.tap}>
          <Banner inset kind="warn" title="The file of the broker">
            {status.persistenceProblem}
          </Banner>
        </div>
      )}
      {status.tapDropped > 0 && (
        <div className={styles.tap}>
          <Banner inset kind="warn" title={`${plural(status.tapDropped, 'message')} not captured`}>
            The broker delivered them to its clients, but they came faster than the workbench could record them.
          </Banner>
        </div>
      )}
    </header>
  );
}

function Waiting(): ReactElement {
  return (
    <div className={styles.waiting}>
      <Spinner label="Loading" />
    </div>
  );
}
