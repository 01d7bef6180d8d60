import { useState, type ReactElement } from 'react';
import { namespaceProblem, topicPartProblem } from '../../../../shared/coap/gf/topics.ts';
import type { MockDevice } from '../../../../shared/contract/mock-devices.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { listSources, useBrokerStatus, useConnections } from '../../common/index.ts';
import { saveSettings } from './mock-actions.ts';
import { setDevice, useDeviceState, type DeviceSettings } from './mock-model.ts';
import styles from './mock-devices.module.css';

/** Where a device takes requests, and its limits. Saved explicitly. */
export function DeviceSettingsForm({ device }: { readonly device: MockDevice }): ReactElement {
  const { settings } = useDeviceState(device.id);
  const [saving, setSaving] = useState(false);
  const sources = listSources(useBrokerStatus(), useConnections());
  const { id, resources, ...saved } = device;
  const draft = settings ?? saved;
  const change = (part: Partial<DeviceSettings>): void => setDevice(id, { settings: { ...draft, ...part } });
  const problems = {
    name: draft.name.trim() === '' ? 'Give the device a name.' : undefined,
    tag: topicPartProblem('The tag', draft.tag) ?? undefined,
    namespace: namespaceProblem(draft.namespace) ?? undefined,
    subsystems: draft.subsystems.map((one) => topicPartProblem('A subsystem', one)).find((problem) => problem !== null) ?? undefined,
    host: draft.udp && draft.udp.host.trim() === '' ? 'Enter an address of this machine.' : undefined,
  };
  const isRight = Object.values(problems).every((problem) => problem === undefined);
  const save = async (): Promise<void> => {
    if (!isRight || settings === null) return;
    setSaving(true);
    await saveSettings({ ...draft, id, resources });
    setSaving(false);
  };
  const sourceValue: SourceId | 'none' = draft.source ?? 'none';
  return (
    <form
      className={styles['settings']}
      aria-label="Device settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles['settingsForm']}>
        <fieldset className={styles['group']}>
          <legend className={styles['legend']}>Device</legend>
          <div className={styles['three']}>
            <TextField label="Name" value={draft.name} onChange={(name) => change({ name })} error={problems.name} maxLength={200} />
            <TextField
              label="Tag"
              mono
              value={draft.tag}
              onChange={(tag) => change({ tag })}
              error={problems.tag}
              hint="Names it in the topics."
              maxLength={1000}
            />
            <NumberField
              label="Largest body"
              unit="bytes"
              min={1}
              max={1_048_576}
              value={draft.maxBodyBytes}
              onChange={(maxBodyBytes) => change({ maxBodyBytes: maxBodyBytes ?? 65_536 })}
              hint="What is larger is answered with 413."
            />
          </div>
          <Checkbox
            label="Start by itself"
            hint="With the workbench, and whenever its source comes up."
            checked={draft.autoStart}
            onChange={(autoStart) => change({ autoStart })}
          />
        </fieldset>
        <fieldset className={styles['group']}>
          <legend className={styles['legend']}>Over MQTT</legend>
          <div className={styles['three']}>
            <Select<SourceId | 'none'>
              label="Takes requests on"
              value={sourceValue}
              onChange={(source) => change({ source: source === 'none' ? null : source })}
              options={[
                ...sources.map(({ id: value, name, state }) => ({ value, label: name, detail: state })),
                { value: 'none', label: 'Nothing', detail: 'not over MQTT' },
              ]}
            />
            <TextField
              label="Subsystems"
              mono
              value={draft.subsystems.join(', ')}
              onChange={(text) => change({ subsystems: text.trim() === '' ? [] : text.split(',').map((one) => one.trim()) })}
              error={problems.subsystems}
              placeholder="any"
              hint="Empty: any. Several with commas."
            />
            <TextField
              label="Namespace"
              mono
              value={draft.namespace}
              onChange={(namespace) => change({ namespace })}
              error={problems.namespace}
              maxLength={1000}
            />
            <TextField
              label="Client id"
              mono
              value={draft.clientId}
              onChange={(clientId) => change({ clientId })}
              placeholder={draft.source === 'broker' ? draft.tag : 'shares the session of the connection'}
            />
          </div>
        </fieldset>
        <fieldset className={styles['group']}>
          <legend className={styles['legend']}>Over UDP</legend>
          <Checkbox
            label="Take CoAP requests on a UDP port"
            checked={draft.udp !== null}
            onChange={(on) => change({ udp: on ? (saved.udp ?? { host: '127.0.0.1', port: 5683 }) : null })}
          />
          {draft.udp && (
            <div className={styles['three']}>
              <TextField
                label="Address"
                mono
                value={draft.udp.host}
                onChange={(host) => change({ udp: { host, port: draft.udp?.port ?? 5683 } })}
                error={problems.host}
                hint="127.0.0.1 can be reached from this machine alone. Nobody is asked for a password."
                maxLength={255}
              />
              <NumberField
                label="Port"
                min={0}
                max={65_535}
                value={draft.udp.port}
                onChange={(port) => change({ udp: { host: draft.udp?.host ?? '127.0.0.1', port: port ?? 5683 } })}
                hint="5683 is the usual one; 0 is any that is free."
              />
            </div>
          )}
        </fieldset>
      </div>
      {settings !== null && (
        <div className={styles['saveBar']}>
          <span className={styles['note']}>Another source, tag, client id or port opens its session anew.</span>
          <Button variant="ghost" onClick={() => setDevice(id, { settings: null })}>
            Discard
          </Button>
          <Button type="submit" variant="primary" busy={saving} disabled={!isRight}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}
