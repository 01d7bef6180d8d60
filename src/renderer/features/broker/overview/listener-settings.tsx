import { useMemo, useState, type ReactElement } from 'react';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { Settings } from '../../../../shared/contract/workspace.ts';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { engineWords } from '../broker-words.ts';
import { act } from '../../common/index.ts';
import { restartBroker } from '../broker-actions.ts';
import styles from '../broker.module.css';
import { PersistenceSelect } from './persistence-select.tsx';
import { checkForm, formOf, optionsOf, type ListenerForm } from '../listeners/listener-form.ts';

const engineOptions = (['workbench', 'aedes'] as const).map((value) => ({ value, label: engineWords[value].name, detail: engineWords[value].speaks }));

/** The engine of the broker and the ports it listens on, kept in the settings; a running broker takes them at its next start. */
export function ListenerSettings({ settings, status }: { readonly settings: Settings['broker']; readonly status: BrokerStatus }): ReactElement {
  const saved = useMemo(() => formOf(settings), [settings]);
  const [edited, setEdited] = useState<ListenerForm | null>(null);
  const [busy, setBusy] = useState(false);
  const form = edited ?? saved;
  const problems = checkForm(form, settings.listeners);
  const valid = Object.keys(problems).length === 0;
  const running = status.phase === 'running';
  const change = (part: Partial<ListenerForm>): void => setEdited({ ...form, ...part });

  const save = async (): Promise<boolean> => {
    if (!valid) return false;
    setBusy(true);
    const done = await act(engineClient().call('workspace.updateSettings', { broker: optionsOf(form) }), 'The ports could not be saved');
    setBusy(false);
    if (done) setEdited(null);
    return done;
  };
  const saveAndRestart = async (): Promise<void> => {
    if (!(await save())) return;
    setBusy(true);
    await restartBroker();
    setBusy(false);
  };

  return (
    <form
      className={styles.ports}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Select className={styles.engine} label="Engine" value={form.engine} onChange={(engine) => change({ engine })} options={engineOptions} />
      <PersistenceSelect engine={form.engine} value={form.persistence} onChange={(persistence) => change({ persistence })} />
      <div className={styles.port}>
        <Checkbox label="MQTT over TCP" checked={form.tcpEnabled} onChange={(tcpEnabled) => change({ tcpEnabled })} />
        <TextField
          label="TCP port"
          value={form.tcpPort}
          onChange={(tcpPort) => change({ tcpPort })}
          error={problems.tcpPort}
          disabled={!form.tcpEnabled}
          mono
          maxLength={5}
        />
      </div>
      <div className={styles.port}>
        <Checkbox label="MQTT over WebSocket" checked={form.webSocketEnabled} onChange={(webSocketEnabled) => change({ webSocketEnabled })} />
        <TextField
          label="WebSocket port"
          value={form.webSocketPort}
          onChange={(webSocketPort) => change({ webSocketPort })}
          error={problems.webSocketPort}
          disabled={!form.webSocketEnabled}
          mono
          maxLength={5}
        />
      </div>
      {edited !== null && (
        <div className={styles.portActions}>
          <Button type="submit" variant={running ? 'secondary' : 'primary'} disabled={!valid} busy={busy}>
            Save ports
          </Button>
          {running && (
            <Button variant="primary" disabled={!valid} busy={busy} onClick={() => void saveAndRestart()}>
              Save and restart the broker
            </Button>
          )}
          <Button variant="ghost" onClick={() => setEdited(null)}>
            Discard
          </Button>
          {running && <p className={styles.muted}>Clients are disconnected when it restarts; most come back by themselves.</p>}
        </div>
      )}
    </form>
  );
}
