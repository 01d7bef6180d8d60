import type { ReactElement } from 'react';
import type { BridgeRemote } from '../../../../shared/contract/broker-intercepts.ts';
import { parseTemplateUri } from '../../../../shared/connections/fill-profile.ts';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { useConnections } from '../../common/index.ts';
import styles from './bridges.module.css';

interface RemoteFieldsProps {
  readonly remote: BridgeRemote;
  readonly problem: string | undefined;
  readonly onChange: (remote: BridgeRemote) => void;
}

/** The broker at the other end: a connection of the workspace, or an address. */
export function RemoteFields({ remote, problem, onChange }: RemoteFieldsProps): ReactElement {
  const profiles = useConnections()?.profiles ?? [];
  const parsed = remote.kind === 'address' ? parseTemplateUri(remote.uri) : null;
  const isTls = parsed?.ok === true && (parsed.value.scheme === 'mqtts' || parsed.value.scheme === 'wss');
  const asConnection = (): void => onChange({ kind: 'connection', id: profiles[0]?.id ?? '' });
  return (
    <>
      <div className={styles.choice}>
        <SegmentedControl
          label="The remote broker"
          value={remote.kind}
          onChange={(kind) => (kind === 'connection' ? asConnection() : onChange({ kind: 'address', uri: 'mqtt://', verify: 'required', ca: '' }))}
          segments={[
            { value: 'address', label: 'By its address' },
            { value: 'connection', label: 'As a connection' },
          ]}
        />
      </div>
      {remote.kind === 'connection' ? (
        <Select
          label="Connection"
          value={remote.id === '' ? null : remote.id}
          onChange={(id) => onChange({ kind: 'connection', id })}
          options={profiles.map(({ id, name, uri }) => ({ value: id, label: name, detail: uri }))}
          placeholder={profiles.length === 0 ? 'There is none yet' : 'Choose …'}
          error={problem}
          hint="With its address, TLS, pins, keys, proxy and login. It need not be connected."
        />
      ) : (
        <TextField
          label="Broker address"
          mono
          value={remote.uri}
          onChange={(uri) => onChange({ ...remote, uri })}
          error={problem}
          placeholder="mqtts://broker.example"
          hint="mqtt://, mqtts://, ws:// or wss://. For pins, client certificates or a proxy, choose a connection."
          maxLength={2048}
        />
      )}
      {remote.kind === 'address' && isTls && (
        <>
          <Select
            label="Its certificate"
            value={remote.verify}
            onChange={(verify) => onChange({ ...remote, verify })}
            options={[
              { value: 'required', label: 'Has to be trusted' },
              { value: 'none', label: 'Any is taken', detail: 'somebody between could read and change everything' },
            ]}
          />
          {remote.verify === 'required' && (
            <TextArea
              label="Trusted authorities"
              mono
              rows={3}
              value={remote.ca}
              onChange={(ca) => onChange({ ...remote, ca })}
              placeholder="-----BEGIN CERTIFICATE-----"
              hint="PEM. Empty: those of the system."
            />
          )}
        </>
      )}
    </>
  );
}
