import type { ReactElement } from 'react';
import { NumberField } from '../../../ui/number-field.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { editMulticast, isGroupAddress, useMulticast } from './multicast-model.ts';
import styles from './multicast.module.css';

/** Whether a multicast address may be asked; off in each new page. */
export function MulticastSettings({ uri }: { readonly uri: string }): ReactElement {
  const { on, networkInterface, collectS } = useMulticast((state) => state);
  const isGroup = isGroupAddress(uri);
  return (
    <div className={styles['settings']} role="group" aria-label="Multicast">
      <Switch label="Multicast" checked={on} onChange={(next) => editMulticast({ on: next })} />
      {on ? (
        <>
          <NumberField
            className={styles['seconds'] ?? ''}
            size="small"
            label="Collect responses for"
            labelHidden
            unit="s"
            min={0.1}
            max={600}
            value={collectS}
            onChange={(next) => editMulticast({ collectS: next })}
          />
          <TextField
            className={styles['interface'] ?? ''}
            label="Network interface"
            labelHidden
            mono
            placeholder="any interface"
            maxLength={255}
            value={networkInterface}
            onChange={(next) => editMulticast({ networkInterface: next })}
          />
          <span className={styles['note']}>
            {isGroup ? 'Sent once, Non-confirmable, to all servers of the group.' : 'All CoAP servers listen on coap://224.0.1.187.'}
          </span>
        </>
      ) : (
        isGroup && <span className={styles['note']}>This address is one of a group: turn multicast on to ask all its servers.</span>
      )}
    </div>
  );
}
