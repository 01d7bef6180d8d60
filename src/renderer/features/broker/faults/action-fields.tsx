import type { ReactElement } from 'react';
import type { FaultAction, FaultEnding } from '../../../../shared/broker/faults/fault-rules.ts';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { endingOptions, refusalOptions } from './rule-drafts.ts';
import styles from './faults.module.css';

interface ActionFieldsProps {
  readonly action: FaultAction;
  readonly onChange: (action: FaultAction) => void;
}

const whenOptions = [
  { value: 'now', label: 'Now, once' },
  { value: 'packets', label: 'After some packets' },
  { value: 'seconds', label: 'Some time after each connect' },
] as const;
const units = [
  { value: 'bits', label: 'bits' },
  { value: 'bytes', label: 'bytes' },
] as const;
const parts = [
  { value: 'header', label: 'Fixed header' },
  { value: 'body', label: 'Behind the fixed header' },
  { value: 'payload', label: 'Payload of PUBLISH' },
] as const;
const hour = 3_600_000;

/** What belongs to the chosen kind of fault. */
export function ActionFields({ action, onChange }: ActionFieldsProps): ReactElement | null {
  switch (action.kind) {
    case 'delay':
      return (
        <div className={styles.pair}>
          <NumberField label="Delay" value={action.ms} onChange={(ms) => onChange({ ...action, ms: ms ?? 0 })} min={0} max={hour} unit="ms" />
          <NumberField
            label="Jitter"
            value={action.jitterMs}
            onChange={(jitterMs) => onChange({ ...action, jitterMs: jitterMs ?? 0 })}
            min={0}
            max={hour}
            unit="ms"
            hint="Up to so much more; the order stays."
          />
        </div>
      );
    case 'duplicate':
      return (
        <div className={styles.pair}>
          <NumberField
            label="Copies"
            value={action.copies}
            onChange={(copies) => onChange({ ...action, copies: copies ?? 1 })}
            min={1}
            max={100}
            hint="Of PUBLISH with QoS 1 and 2 they have DUP."
          />
        </div>
      );
    case 'reorder':
      return (
        <div className={styles.pair}>
          <NumberField label="Packets that overtake" value={action.after} onChange={(after) => onChange({ ...action, after: after ?? 1 })} min={1} max={1000} />
          <NumberField
            label="Waits at most"
            value={action.maxMs}
            onChange={(maxMs) => onChange({ ...action, maxMs: maxMs ?? 1000 })}
            min={1}
            max={hour}
            unit="ms"
          />
        </div>
      );
    case 'corrupt':
      return (
        <div className={styles.three}>
          <NumberField label="How many" value={action.count} onChange={(count) => onChange({ ...action, count: count ?? 1 })} min={1} max={1000} />
          <Select label="Unit" value={action.unit} onChange={(unit) => onChange({ ...action, unit })} options={units} />
          <Select label="Where" value={action.part} onChange={(part) => onChange({ ...action, part })} options={parts} />
        </div>
      );
    case 'throttle':
      return (
        <div className={styles.pair}>
          <NumberField
            label="Speed"
            value={action.bytesPerSecond}
            onChange={(bytesPerSecond) => onChange({ ...action, bytesPerSecond: bytesPerSecond ?? 1000 })}
            min={1}
            max={1_000_000_000}
            unit="bytes/s"
            hint="Each way, for each connection."
          />
        </div>
      );
    case 'disconnect':
      return <DisconnectFields action={action} onChange={onChange} />;
    case 'refuse':
      return <RefuseFields action={action} onChange={onChange} />;
    case 'no-connack':
      return (
        <Checkbox
          label="With RST"
          hint="Where it is plain TCP; otherwise the connection is closed."
          checked={action.reset}
          onChange={(reset) => onChange({ ...action, reset })}
        />
      );
    case 'drop':
    case 'freeze':
    case 'silent':
    case 'stop-reading':
      return null;
  }
}

interface Fields<K extends FaultAction['kind']> {
  readonly action: Extract<FaultAction, { readonly kind: K }>;
  readonly onChange: (action: FaultAction) => void;
}

function DisconnectFields({ action, onChange }: Fields<'disconnect'>): ReactElement {
  const { when, n, ending } = action;
  const chosen = ending.how === 'reason' ? String(ending.code) : ending.how;
  const known = endingOptions.some(({ value }) => value === chosen);
  const options = known ? endingOptions : [...endingOptions, { value: chosen, label: `DISCONNECT with code ${chosen}` }];
  const choose = (value: string): void => {
    const next: FaultEnding = value === 'close' || value === 'reset' ? { how: value } : { how: 'reason', code: Number(value) };
    onChange({ ...action, ending: next });
  };
  return (
    <>
      <div className={styles.pair}>
        <Select
          label="When"
          value={when}
          onChange={(next) => onChange({ ...action, when: next, n: next === 'now' ? 0 : Math.max(1, n) })}
          options={whenOptions}
        />
        {when !== 'now' && (
          <NumberField
            label={when === 'packets' ? 'Packets' : 'Seconds'}
            value={n}
            onChange={(next) => onChange({ ...action, n: next ?? 1 })}
            min={1}
            max={1_000_000}
            {...(when === 'seconds' ? { unit: 's' } : {})}
          />
        )}
      </div>
      <Select label="How" value={chosen} onChange={choose} options={options} hint="Before MQTT 5 a server has no DISCONNECT: the connection is closed." />
    </>
  );
}

function RefuseFields({ action, onChange }: Fields<'refuse'>): ReactElement {
  const { code3, code5 } = action;
  const known = refusalOptions.find((one) => one.code3 === code3 && one.code5 === code5);
  const options = [
    ...refusalOptions.map(({ value, label, detail }) => ({ value, label, detail })),
    { value: 'other', label: 'Other codes', detail: 'from 0 to 255' },
  ];
  const choose = (value: string): void => {
    const found = refusalOptions.find((one) => one.value === value);
    onChange(found === undefined ? { ...action, code3: 255, code5: 255 } : { ...action, code3: found.code3, code5: found.code5 });
  };
  return (
    <>
      <Select label="Why" value={known?.value ?? 'other'} onChange={choose} options={options} />
      {known === undefined && (
        <div className={styles.pair}>
          <NumberField label="Return code in MQTT 3.x" value={code3} onChange={(code) => onChange({ ...action, code3: code ?? 0 })} min={0} max={255} />
          <NumberField label="Reason code in MQTT 5" value={code5} onChange={(code) => onChange({ ...action, code5: code ?? 0 })} min={0} max={255} />
        </div>
      )}
    </>
  );
}
