import { useState, type ReactElement } from 'react';
import type { CoapBridge, ToCoapBridge, ToMqttBridge } from '../../../../shared/contract/coap-bridges.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { listSources, useBrokerStatus, useConnections } from '../../common/index.ts';
import { saveDraft } from './bridge-actions.ts';
import { draftProblems, type BridgeProblems } from './bridge-draft.ts';
import { setBridge, useBridgeState } from './bridge-model.ts';
import styles from './bridges.module.css';

interface PartProps<T extends CoapBridge> {
  readonly draft: T;
  readonly problems: BridgeProblems;
  readonly change: (part: Partial<T>) => void;
}

/** Where a bridge takes requests, where it carries them, and its limits. Saved explicitly. */
export function BridgeSettings({ bridge }: { readonly bridge: CoapBridge }): ReactElement {
  const { draft: unsaved } = useBridgeState(bridge.id);
  const [saving, setSaving] = useState(false);
  const draft = unsaved ?? bridge;
  const change = (part: Partial<CoapBridge>): void => setBridge(bridge.id, { draft: { ...draft, ...part } as CoapBridge });
  const problems = draftProblems(draft);
  const isRight = Object.values(problems).every((problem) => problem === undefined);
  const save = async (): Promise<void> => {
    if (!isRight || unsaved === null) return;
    setSaving(true);
    await saveDraft(draft);
    setSaving(false);
  };
  const coap =
    draft.direction === 'to-coap' ? (
      <TargetPart draft={draft} problems={problems} change={change} />
    ) : (
      <PortPart draft={draft} problems={problems} change={change} />
    );
  return (
    <form
      className={styles['settings']}
      aria-label="Bridge settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles['settingsForm']}>
        <fieldset className={styles['group']}>
          <legend className={styles['legend']}>Bridge</legend>
          <div className={styles['fields']}>
            <TextField label="Name" value={draft.name} onChange={(name) => change({ name })} error={problems.name} maxLength={200} />
            <NumberField
              label="Time-out"
              unit="s"
              min={0.001}
              max={600}
              step={0.5}
              value={draft.timeoutMs / 1000}
              onChange={(seconds) => change({ timeoutMs: Math.max(1, Math.round((seconds ?? 5) * 1000)) })}
              hint={draft.direction === 'to-coap' ? 'Then 504. Callers wait 5 s unless told otherwise.' : 'Then 5.04.'}
            />
            <NumberField
              label="Largest body"
              unit="bytes"
              min={1}
              max={1_048_576}
              value={draft.maxBodyBytes}
              onChange={(maxBodyBytes) => change({ maxBodyBytes: maxBodyBytes ?? 65_536 })}
              hint={draft.direction === 'to-coap' ? 'What is larger is answered with 413.' : 'What is larger is answered with 4.13.'}
            />
            <NumberField
              label="Requests at once"
              min={1}
              max={100}
              value={draft.maxInFlight}
              onChange={(maxInFlight) => change({ maxInFlight: maxInFlight ?? 32 })}
              hint={draft.direction === 'to-coap' ? 'Further ones are answered with 503.' : 'Further ones are answered with 5.03.'}
            />
          </div>
          <Checkbox
            label="Start by itself"
            hint="With the workbench, and whenever its source comes up."
            checked={draft.autoStart}
            onChange={(autoStart) => change({ autoStart })}
          />
        </fieldset>
        {coap}
        <MqttPart draft={draft} problems={problems} change={change} />
      </div>
      {unsaved !== null && (
        <div className={styles['saveBar']}>
          <span className={styles['note']}>Another source, tag, address or port opens what it concerns anew.</span>
          <Button variant="ghost" onClick={() => setBridge(bridge.id, { draft: null })}>
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

function MqttPart({ draft, problems, change }: PartProps<CoapBridge>): ReactElement {
  const sources = listSources(useBrokerStatus(), useConnections());
  return (
    <fieldset className={styles['group']}>
      <legend className={styles['legend']}>{draft.direction === 'to-coap' ? 'Device over MQTT' : 'Devices over MQTT'}</legend>
      <div className={styles['fields']}>
        <Select<SourceId>
          label="Source"
          value={draft.source}
          onChange={(source) => change({ source })}
          options={sources.map(({ id: value, name, state }) => ({ value, label: name, detail: state }))}
        />
        <TextField label="Namespace" mono value={draft.namespace} onChange={(namespace) => change({ namespace })} error={problems.namespace} maxLength={1000} />
        {draft.direction === 'to-coap' ? (
          <>
            <TextField
              label="Tag"
              mono
              value={draft.tag}
              onChange={(tag) => change({ tag })}
              error={problems.tag}
              hint="Names the device in the topics."
              maxLength={1000}
            />
            <TextField
              label="Subsystems"
              mono
              value={draft.subsystems.join(', ')}
              onChange={(text) => change({ subsystems: text.trim() === '' ? [] : text.split(',').map((one) => one.trim()) })}
              error={problems.subsystem}
              placeholder="any"
              hint="Empty: any. Several with commas."
            />
            <TextField
              label="Client id"
              mono
              value={draft.clientId}
              onChange={(clientId) => change({ clientId })}
              placeholder={draft.source === 'broker' ? draft.tag : 'shares the session of the connection'}
            />
          </>
        ) : (
          <>
            <Select<ToMqttBridge['methodAs']>
              label="Methods"
              value={draft.methodAs}
              onChange={(methodAs) => change({ methodAs })}
              options={[
                { value: 'word', label: 'Words' },
                { value: 'integer', label: 'Integers', detail: 'up to 0.1.2' },
              ]}
            />
            <Select<'0' | '1' | '2'>
              label="QoS"
              value={`${draft.qos}`}
              onChange={(qos) => change({ qos: Number(qos) as ToMqttBridge['qos'] })}
              options={[
                { value: '0', label: '0', detail: 'as gf_mqtt_client' },
                { value: '1', label: '1' },
                { value: '2', label: '2' },
              ]}
            />
          </>
        )}
      </div>
    </fieldset>
  );
}

function TargetPart({ draft, problems, change }: PartProps<ToCoapBridge>): ReactElement {
  return (
    <fieldset className={styles['group']}>
      <legend className={styles['legend']}>CoAP server</legend>
      <TextField
        label="Address"
        mono
        value={draft.target}
        onChange={(target) => change({ target })}
        error={problems.target}
        placeholder="coap://192.0.2.7:5683/base"
        hint="The path of a request goes below that of the address."
        maxLength={8192}
      />
      <div className={styles['fields']}>
        <div className={styles['choice']}>
          <span className={styles['label']}>Messages</span>
          <SegmentedControl
            label="Type of messages"
            value={draft.type}
            onChange={(type) => change({ type })}
            segments={[
              { value: 'CON', label: 'Confirmable' },
              { value: 'NON', label: 'Non-confirmable' },
            ]}
          />
        </div>
        <NumberField
          label="Unacknowledged at once"
          min={1}
          max={100}
          value={draft.nstart}
          onChange={(nstart) => change({ nstart: nstart ?? 1 })}
          hint="NSTART: 1 unless the server can take more (RFC 7252 §4.7)."
        />
      </div>
    </fieldset>
  );
}

function PortPart({ draft, problems, change }: PartProps<ToMqttBridge>): ReactElement {
  const { device } = draft;
  return (
    <fieldset className={styles['group']}>
      <legend className={styles['legend']}>CoAP port</legend>
      <div className={styles['fields']}>
        <TextField
          label="Address"
          mono
          value={draft.host}
          onChange={(host) => change({ host })}
          error={problems.host}
          hint="127.0.0.1 can be reached from this machine alone. Nobody is asked for a password."
          maxLength={255}
        />
        <NumberField
          label="Port"
          min={0}
          max={65_535}
          value={draft.port}
          onChange={(port) => change({ port: port ?? 5683 })}
          hint="5683 is the usual one; 0 is any that is free."
        />
      </div>
      <div className={styles['choice']}>
        <span className={styles['label']}>Paths</span>
        <SegmentedControl
          label="Paths"
          value={device ? 'one' : 'all'}
          onChange={(which) => change({ device: which === 'one' ? { subsystem: 'demo', tag: 'DEMO_THERMOSTAT' } : null })}
          segments={[
            { value: 'all', label: '/SUBSYSTEM/DEVICE/PATH' },
            { value: 'one', label: 'of one device' },
          ]}
        />
      </div>
      {device && (
        <div className={styles['fields']}>
          <TextField
            label="Subsystem"
            mono
            value={device.subsystem}
            onChange={(subsystem) => change({ device: { ...device, subsystem } })}
            error={problems.subsystem}
            maxLength={1000}
          />
          <TextField label="Tag" mono value={device.tag} onChange={(tag) => change({ device: { ...device, tag } })} error={problems.tag} maxLength={1000} />
        </div>
      )}
    </fieldset>
  );
}
