import type { ReactElement } from 'react';
import { mqttdKeyTable, type MqttdDialect, type MqttdKeys } from '../../../../shared/broker/faults/mqttd-keys.ts';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import styles from './faults.module.css';

interface KeysFormProps {
  readonly keys: MqttdKeys;
  readonly onChange: (keys: MqttdKeys) => void;
}

const dialects: readonly { readonly value: MqttdDialect; readonly label: string; readonly detail: string }[] = [
  { value: 'c', label: 'The server in C', detail: 'curl’s test suite' },
  { value: 'python', label: 'The server in Python', detail: 'mqttd' },
];

const hints: Readonly<Partial<Record<(typeof mqttdKeyTable)[number]['key'], string>>> = {
  'PUBLISH-before-SUBACK': 'The message comes before the answer to SUBSCRIBE.',
  'short-PUBLISH': 'The last two bytes of the message are missing; the server in C then closes.',
  'excessive-remaining': 'The length of the message is written with four bytes that all announce one more.',
  'PINGRESP-as-CONNACK': 'CONNECT is answered with PINGRESP.',
  'DISCONNECT-malformed': 'DISCONNECT says that two bytes follow.',
};

/** The keys of the mqttd servers, by the names of their config file. */
export function KeysForm({ keys, onChange }: KeysFormProps): ReactElement {
  const { dialect } = keys;
  const set = (field: keyof MqttdKeys, value: MqttdKeys[keyof MqttdKeys]): void => {
    const { [field]: _old, ...others } = keys;
    onChange((value === undefined || value === false || value === '' ? others : { ...others, [field]: value }) as MqttdKeys);
  };
  return (
    <div className={styles.form}>
      <Select
        label="Server"
        value={dialect}
        onChange={(next) => onChange({ ...keys, dialect: next })}
        options={dialects}
        hint={
          dialect === 'c'
            ? 'It says goodbye with DISCONNECT after the first message, so that curl returns.'
            : 'It stays connected. Keys that it does not know have no effect.'
        }
      />
      <div className={styles.flags}>
        {mqttdKeyTable
          .filter(({ takes }) => takes === 'flag')
          .map(({ key, field, python }) => (
            <Checkbox
              key={key}
              label={key}
              hint={dialect === 'python' && python !== 'works' ? 'No effect in Python.' : hints[key]}
              checked={keys[field] === true}
              onChange={(on) => set(field, on)}
            />
          ))}
      </div>
      <div className={styles.three}>
        {mqttdKeyTable
          .filter(({ takes }) => takes === 'number')
          .map(({ key, field, python }) => (
            <NumberField
              key={key}
              label={key}
              value={(keys[field] as number | undefined) ?? null}
              onChange={(value) => set(field, value ?? undefined)}
              min={0}
              max={key === 'Testnum' || key === 'error-CONNACK' ? 2_147_483_647 : 255}
              placeholder="not set"
              hint={key === 'version' || (dialect === 'python' && python !== 'works') ? 'No effect.' : undefined}
            />
          ))}
      </div>
      <div className={styles.pair}>
        <TextField
          label="Folder of test files"
          value={keys.testFolder ?? ''}
          onChange={(value) => set('testFolder', value)}
          mono
          maxLength={4096}
          placeholder="/home/me/curl/tests/data"
          hint="Testnum 1190 sends the reply that is in test1190."
        />
        <TextField
          label="Message to answer SUBSCRIBE"
          value={keys.answer ?? ''}
          onChange={(value) => set('answer', value)}
          maxLength={65_535}
          placeholder="what the broker has"
          hint="Where there is no test file. In no config file."
        />
      </div>
    </div>
  );
}
