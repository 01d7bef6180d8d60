import { useState, type ReactElement } from 'react';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { FaultView } from '../../../../shared/contract/broker-faults.ts';
import { cutsConnections, type FaultProfile, type FaultScope } from '../../../../shared/broker/faults/fault-rules.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { plural } from '../../common/index.ts';
import { turnOn } from './fault-actions.ts';
import styles from './faults.module.css';

interface TurnOnDialogProps {
  /** `null`: closed. */
  readonly profile: FaultProfile | null;
  readonly view: FaultView;
  readonly status: BrokerStatus;
  readonly onClose: () => void;
}

const scopes = [
  { value: 'all', label: 'All clients' },
  { value: 'listener', label: 'The clients of a listener' },
  { value: 'client', label: 'One client, or some by their id' },
] as const;

/** For whom a profile is turned on. What it would do to the workbench's own clients is said before. */
export function TurnOnDialog({ profile, view, status, onClose }: TurnOnDialogProps): ReactElement {
  const [kind, setKind] = useState<FaultScope['kind']>('all');
  const [listener, setListener] = useState<string | null>(null);
  const [clientId, setClientId] = useState('');
  const [includeOwn, setIncludeOwn] = useState(false);
  const [keep, setKeep] = useState(false);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  // While the dialog fades, its form stays.
  const [shown, setShown] = useState(profile);
  if (profile !== null && profile !== shown) {
    setShown(profile);
    setTried(false);
    setIncludeOwn(false);
  }
  const chosen = listener ?? status.listeners[0]?.id ?? 'tcp';
  const scope: FaultScope = kind === 'all' ? { kind } : kind === 'listener' ? { kind, listener: chosen } : { kind, clientId };
  const error = kind === 'client' && clientId === '' ? 'Say which client.' : undefined;
  const cuts = shown !== null && cutsConnections(shown);
  const { ownClients } = view;
  const cutsOwn = cuts && includeOwn;

  const submit = async (): Promise<void> => {
    setTried(true);
    if (profile === null || error !== undefined) return;
    setBusy(true);
    const done = await turnOn({ profile, scope, includeOwn, keep });
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog
      open={profile !== null}
      onOpenChange={(open) => !open && onClose()}
      title={`Turn on “${shown?.name ?? ''}”`}
      description={shown?.description}
      persistent
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant={cutsOwn ? 'danger' : 'primary'} busy={busy} onClick={() => void submit()}>
            {cutsOwn ? 'Turn on and cut own clients' : 'Turn on'}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Select label="For" value={kind} onChange={setKind} options={scopes} />
        {kind === 'listener' && (
          <Select
            label="Listener"
            value={chosen}
            onChange={setListener}
            options={
              status.listeners.length === 0
                ? [{ value: chosen, label: chosen }]
                : status.listeners.map(({ id, name, url }) => ({ value: id, label: name ?? url, ...(name === undefined ? {} : { detail: url }) }))
            }
          />
        )}
        {kind === 'client' && (
          <TextField
            label="Client id"
            value={clientId}
            onChange={setClientId}
            mono
            maxLength={1000}
            placeholder="sensor-*"
            error={tried ? error : undefined}
            hint="* stands for any characters, ? for one."
          />
        )}
        <Checkbox
          label="Also the workbench’s own clients"
          hint={
            ownClients.length === 0
              ? 'The demo device, calls and nodes; none of them is connected now.'
              : `Connected now: ${ownClients.slice(0, 4).join(', ')}${ownClients.length > 4 ? ` and ${ownClients.length - 4} more` : ''}.`
          }
          checked={includeOwn}
          onChange={setIncludeOwn}
        />
        <Checkbox
          label="Keep it on"
          hint="Also after the broker was stopped, or the workbench closed. Otherwise it ends with the broker."
          checked={keep}
          onChange={setKeep}
        />
        {cutsOwn && (
          <Banner inset kind="bad" title="This cuts the workbench’s own connections.">
            {ownClients.length === 0 ? 'Its clients' : `${plural(ownClients.length, 'client')} of it`} would be disconnected, refused or left without an answer:
            calls fail, and the demo device and nodes go away until the fault ends. The page itself stays.
          </Banner>
        )}
        {status.phase !== 'running' && <p className={styles.muted}>The broker does not run: the fault begins when it starts.</p>}
        {status.phase === 'running' && status.engine === 'aedes' && (
          <p className={styles.muted}>The engine aedes takes faults for connections that come from now on only.</p>
        )}
      </div>
    </Dialog>
  );
}
