import { useState, type ReactElement } from 'react';
import { newSubscription } from '../../../../shared/connections/new-profile.ts';
import type { Subscription } from '../../../../shared/contract/connections.ts';
import { engineClient } from '../../../data/index.ts';
import { Switch } from '../../../ui/switch.tsx';
import { act, useConnections, type SourceOption } from '../../common/index.ts';
import styles from '../lists.module.css';

/** A `#` does not match it [MQTT-4.7.2-1], so it has to be asked for. */
const filter = '$presence/#';

/** Subscribes a connection to the presence of mqttxx 3.x; the local broker shows it anyway. */
export function PresenceSwitch({ source }: { readonly source: SourceOption }): ReactElement | null {
  const view = useConnections();
  const [busy, setBusy] = useState(false);
  const id = source.id === 'broker' ? null : source.id.slice('connection:'.length);
  const profile = view?.profiles.find((one) => one.id === id);
  if (id === null || !profile) return null;
  const own = profile.subscriptions.find((subscription) => subscription.filter === filter);
  const status = view?.statuses.find((one) => one.id === id)?.subscriptions.find((subscription) => subscription.filter === filter);
  const change = async (enabled: boolean): Promise<void> => {
    const others: Subscription[] = profile.subscriptions.filter((subscription) => subscription !== own);
    const subscriptions = enabled ? [...others, newSubscription(filter, { qos: 1 })] : [...others];
    setBusy(true);
    await act(engineClient().call('connections.setSubscriptions', { id, subscriptions }), 'The subscription could not be changed');
    setBusy(false);
  };
  return (
    <span className={styles['switch']}>
      {status?.state === 'refused' && (
        <span className={styles['bad']} role="alert" title={status.reason ?? ''}>
          The broker refuses {filter}
        </span>
      )}
      <Switch label="Watch presence" checked={own?.enabled ?? false} disabled={busy} onChange={(next) => void change(next)} />
    </span>
  );
}
