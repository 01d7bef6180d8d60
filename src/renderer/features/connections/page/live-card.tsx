import { Activity, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { ConnectionProfileView, ConnectionStatus } from '../../../../shared/contract/connections.ts';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { act, Card, CopyButton, useFirst } from '../../common/index.ts';
import { isLoopback } from '../draft/tls-words.ts';
import { brokerRows, sessionRows, tlsRows } from './capability-rows.ts';
import styles from './page.module.css';

interface LiveCardProps {
  readonly profile: ConnectionProfileView;
  readonly status: ConnectionStatus;
  /** The settings now in force may be others than the profile says. */
  readonly insecure: readonly string[];
}

/** What this connection is and what its broker can do, while it is up. */
export function LiveCard({ profile, status, insecure }: LiveCardProps): ReactElement {
  const { broker, tls, version } = status;
  // Anyone may write that broker: its list has no end but that of a packet.
  const { shown, more } = useFirst(broker?.userProperties ?? [], 50);
  const offers = broker ? brokerRows(broker, version) : [];
  return (
    <Card title="This connection" actions={<PingButton id={profile.id} roundTripMs={status.roundTripMs} />}>
      <div className={styles.columns}>
        <div className={styles.column}>
          <h3 className={styles.subtitle}>Session</h3>
          <KeyValueTable compact label="This connection" rows={sessionRows(status)} />
          <h3 className={styles.subtitle}>
            {tls?.verified ? (
              <ShieldCheck size={14} aria-hidden className={styles.secure} />
            ) : (
              <ShieldAlert size={14} aria-hidden className={styles.insecure} />
            )}
            TLS
            {tls?.fingerprint != null && <CopyButton text={tls.fingerprint} label="Copy the fingerprint" />}
          </h3>
          {tls ? (
            <KeyValueTable compact label="TLS" rows={tlsRows(tls)} />
          ) : (
            <p className={styles.quiet}>
              {isLoopback(profile.uri) ? 'None: what is sent stays on this machine.' : 'None: what is sent can be read on the way.'}
            </p>
          )}
          {insecure.map((sentence) => (
            <p key={sentence} className={styles.warning}>
              {sentence}
            </p>
          ))}
        </div>
        <div className={styles.column}>
          <h3 className={styles.subtitle}>What the broker offers</h3>
          {offers.length > 0 ? (
            <KeyValueTable compact label="What the broker offers" rows={offers} />
          ) : (
            <p className={styles.quiet}>A broker tells this only with MQTT 5; this connection uses MQTT {version}.</p>
          )}
          {broker && broker.userProperties.length > 0 && (
            <>
              <h3 className={styles.subtitle}>User properties</h3>
              <KeyValueTable compact label="User properties" rows={shown.map(([key, value]) => ({ key, value, mono: true }))} />
              {more}
            </>
          )}
        </div>
      </div>
    </Card>
  );
}

function PingButton({ id, roundTripMs }: { readonly id: string; readonly roundTripMs: number | null }): ReactElement {
  const [busy, setBusy] = useState(false);
  const ping = async (): Promise<void> => {
    setBusy(true);
    await act(engineClient().call('connections.ping', { id }), 'The broker did not answer the ping');
    setBusy(false);
  };
  return (
    <>
      <span role="status" className={styles.quiet}>
        {roundTripMs === null ? '' : `There and back in ${roundTripMs < 10 ? roundTripMs.toFixed(1) : Math.round(roundTripMs)} ms`}
      </span>
      <Button size="small" icon={<Activity size={13} aria-hidden />} busy={busy} onClick={() => void ping()}>
        Ping
      </Button>
    </>
  );
}
