import type { ReactElement } from 'react';
import type { BrokerListener } from '../../../../shared/contract/broker.ts';
import { Switch } from '../../../ui/switch.tsx';
import { Card, CopyLine } from '../../common/index.ts';
import { setCurlMode } from './fault-actions.ts';
import styles from './faults.module.css';

interface CurlCardProps {
  readonly listeners: readonly BrokerListener[];
  readonly on: readonly string[];
}

/** A switch for each listener: DISCONNECT after the first message. */
export function CurlCard({ listeners, on }: CurlCardProps): ReactElement {
  // One that is not open stays to be switched off.
  const others = on.filter((id) => !listeners.some((listener) => listener.id === id));
  const tcp = listeners.find(({ kind, id }) => kind === 'tcp' && on.includes(id));
  return (
    <Card title="curl mode">
      <div className={styles.form}>
        <p className={styles.muted}>
          curl waits for more messages until the broker says goodbye. On a listener in curl mode each client gets DISCONNECT after the first message to it and
          is closed, so that <code>curl mqtt://…</code> returns. No broker of MQTT 3.1.1 may do that: devices should use another listener.
        </p>
        {listeners.length + others.length === 0 && <p className={styles.muted}>The listeners are shown here while the broker runs.</p>}
        {listeners.map(({ id, name, url }) => (
          <Switch
            key={id}
            label={`curl mode on ${name ?? url}`}
            hint={name === undefined ? undefined : url}
            checked={on.includes(id)}
            onChange={(next) => setCurlMode(id, next)}
          />
        ))}
        {others.map((id) => (
          <Switch key={id} label={`curl mode on listener ${id}`} hint="It is not open now." checked onChange={() => setCurlMode(id, false)} />
        ))}
        {tcp && <CopyLine text={`curl -s mqtt://${tcp.host}:${tcp.port}/demo/thermostat/state --output -`} label="Copy the command" />}
      </div>
    </Card>
  );
}
