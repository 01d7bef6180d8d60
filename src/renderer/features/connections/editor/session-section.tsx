import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { formatBytes } from '../../common/index.ts';
import { expiryWords, forEverSeconds, keepAliveOnTheWire } from '../draft/draft-sections.ts';
import { numberOf } from '../draft/numbers.ts';
import type { Choice } from '../draft/profile-draft.ts';
import { PairList } from './pair-list.tsx';
import { changeIn, type SectionProps } from './section-props.ts';
import styles from './editor.module.css';

const choices: readonly { readonly value: Choice; readonly label: string }[] = [
  { value: 'unset', label: 'Not sent' },
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
];

/** What CONNECT says besides who this is (§3.1.2). */
export function SessionSection({ draft, problems, onChange }: SectionProps): ReactElement {
  const { connectProperties: properties } = draft;
  const set = changeIn(onChange, 'connectProperties');
  const old = draft.version !== '5';
  const onWire = keepAliveOnTheWire(draft);
  const packet = numberOf(properties.maximumPacketSize);
  return (
    <div className={styles.fields}>
      <div>
        <Checkbox
          label={old ? 'Clean session' : 'Clean start'}
          hint="The broker forgets what it kept for this client id. Without it, subscriptions and queued messages survive a disconnect."
          checked={draft.cleanStart}
          onChange={(cleanStart) => onChange({ cleanStart })}
        />
        {problems['cleanStart'] !== undefined && <p className={styles.error}>{problems['cleanStart']}</p>}
        {!draft.cleanStart && draft.clientIdMode === 'fixed' && draft.clientIdSuffix && (
          <p className={styles.hint}>
            The random end of the client id stays the same for as long as the workbench runs; after that, the broker does not recognise it.
          </p>
        )}
      </div>
      <div className={styles.row}>
        <TextField
          label="Keep-alive"
          value={draft.keepAliveSeconds}
          onChange={(keepAliveSeconds) => onChange({ keepAliveSeconds })}
          error={problems['keepAliveSeconds']}
          hint={
            Number.isNaN(onWire)
              ? undefined
              : onWire === 0
                ? 'On the wire: 0, off'
                : `On the wire: ${onWire} s. PINGREQ goes out after as long without a packet`
          }
          suffix="seconds"
          maxLength={5}
        />
        <TextField
          label="Ping delay"
          value={draft.pingDelaySeconds}
          onChange={(pingDelaySeconds) => onChange({ pingDelaySeconds })}
          error={problems['pingDelaySeconds']}
          hint="Taken off the keep-alive, as distmqtt does (1 there)"
          suffix="seconds"
          maxLength={5}
        />
        <TextField
          label="Connect time-out"
          value={draft.connectTimeoutSeconds}
          onChange={(connectTimeoutSeconds) => onChange({ connectTimeoutSeconds })}
          error={problems['connectTimeoutSeconds']}
          hint="From the look-up of the name to CONNACK"
          suffix="seconds"
          maxLength={6}
        />
      </div>
      <h4 className={styles.subheading}>
        MQTT 5 {old && <span className={styles.needs}>– not sent with MQTT {draft.version}; choose MQTT 5 to change these</span>}
      </h4>
      <div className={styles.row}>
        <TextField
          label="Session expiry"
          disabled={old}
          value={properties.sessionExpirySeconds}
          onChange={(sessionExpirySeconds) => set({ sessionExpirySeconds })}
          error={problems['connectProperties.sessionExpirySeconds']}
          placeholder="not sent"
          hint={
            properties.sessionExpirySeconds.trim() === ''
              ? 'Not sent: the session ends with the connection'
              : `The session ends ${expiryWords(properties.sessionExpirySeconds)}`
          }
          suffix={
            <>
              seconds
              <Button size="small" variant="ghost" disabled={old} onClick={() => set({ sessionExpirySeconds: forEverSeconds })}>
                For ever
              </Button>
            </>
          }
          maxLength={10}
        />
        <TextField
          label="Receive maximum"
          disabled={old}
          value={properties.receiveMaximum}
          onChange={(receiveMaximum) => set({ receiveMaximum })}
          error={problems['connectProperties.receiveMaximum']}
          placeholder="not sent"
          hint="Messages with QoS 1 and 2 at once; not sent: 65,535"
          maxLength={5}
        />
      </div>
      <div className={styles.row}>
        <TextField
          label="Maximum packet size"
          disabled={old}
          value={properties.maximumPacketSize}
          onChange={(maximumPacketSize) => set({ maximumPacketSize })}
          error={problems['connectProperties.maximumPacketSize']}
          placeholder="not sent"
          hint={packet >= 1024 ? `${formatBytes(packet)}. The broker drops what is larger` : 'The broker drops what is larger; not sent: no limit'}
          suffix="bytes"
          maxLength={10}
        />
        <TextField
          label="Topic alias maximum"
          disabled={old}
          value={properties.topicAliasMaximum}
          onChange={(topicAliasMaximum) => set({ topicAliasMaximum })}
          error={problems['connectProperties.topicAliasMaximum']}
          placeholder="not sent"
          hint="Aliases the broker may use; not sent: none"
          maxLength={5}
        />
      </div>
      <div className={styles.row}>
        <Select
          label="Request response information"
          disabled={old}
          value={properties.requestResponseInformation}
          onChange={(requestResponseInformation) => set({ requestResponseInformation })}
          options={choices}
          hint="A topic prefix for answers, from the broker"
        />
        <Select
          label="Request problem information"
          disabled={old}
          value={properties.requestProblemInformation}
          onChange={(requestProblemInformation) => set({ requestProblemInformation })}
          options={choices}
          hint="Reason strings with failures; not sent: yes"
        />
      </div>
      <PairList
        label="User properties of CONNECT"
        one="user property"
        pairs={properties.userProperties}
        onChange={(userProperties) => set({ userProperties })}
        problems={problems}
        path="connectProperties.userProperties"
        max={1000}
        disabled={old}
      />
    </div>
  );
}
