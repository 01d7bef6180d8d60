import type { ReactElement } from 'react';
import type { Qos } from '../../../../shared/contract/common.ts';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { BytesField } from './bytes-field.tsx';
import { PairList } from './pair-list.tsx';
import { QosField } from './qos-field.tsx';
import { changeIn, type SectionProps } from './section-props.ts';
import styles from './editor.module.css';

/** What the broker publishes when this client vanishes (§3.1.2.5). */
export function WillSection({ draft, problems, onChange }: SectionProps): ReactElement {
  const { will } = draft;
  const set = changeIn(onChange, 'will');
  const old = draft.version !== '5';
  return (
    <div className={styles.fields}>
      <Checkbox
        label="Leave a will"
        hint="The broker publishes it when the connection ends without a DISCONNECT."
        checked={will.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      {will.enabled && (
        <>
          <TextField
            label="Topic of the will"
            mono
            required
            value={will.topic}
            onChange={(topic) => set({ topic })}
            error={problems['will.topic']}
            placeholder="devices/bench/state"
          />
          <div className={styles.split}>
            <TextArea
              label="Payload of the will"
              mono
              rows={3}
              value={will.payload}
              onChange={(payload) => set({ payload })}
              error={problems['will.payload']}
            />
            <Select
              label="Payload is written as"
              value={will.payloadAs}
              onChange={(payloadAs) => set({ payloadAs })}
              options={[
                { value: 'text', label: 'Text' },
                { value: 'base64', label: 'Base64' },
              ]}
            />
          </div>
          <div className={styles.line}>
            <QosField label="QoS of the will" value={will.qos} onChange={(qos: Qos) => set({ qos })} />
            <Checkbox label="Retain" checked={will.retain} onChange={(retain) => set({ retain })} />
          </div>
          <h4 className={styles.subheading}>
            MQTT 5 {old && <span className={styles.needs}>– not sent with MQTT {draft.version}; choose MQTT 5 to change these</span>}
          </h4>
          <div className={styles.row}>
            <TextField
              label="Will delay"
              disabled={old}
              value={will.delaySeconds}
              onChange={(delaySeconds) => set({ delaySeconds })}
              error={problems['will.delaySeconds']}
              hint="Not published when the client is back by then; at most until the session expires"
              suffix="seconds"
              maxLength={10}
            />
            <TextField
              label="Message expiry"
              disabled={old}
              value={will.messageExpirySeconds}
              onChange={(messageExpirySeconds) => set({ messageExpirySeconds })}
              error={problems['will.messageExpirySeconds']}
              placeholder="never"
              suffix="seconds"
              maxLength={10}
            />
          </div>
          <div className={styles.row}>
            <TextField
              label="Content type"
              disabled={old}
              value={will.contentType}
              onChange={(contentType) => set({ contentType })}
              error={problems['will.contentType']}
              placeholder="application/json"
            />
            <TextField
              label="Response topic"
              disabled={old}
              mono
              value={will.responseTopic}
              onChange={(responseTopic) => set({ responseTopic })}
              error={problems['will.responseTopic']}
            />
          </div>
          <BytesField
            label="Correlation data"
            disabled={old}
            value={will.correlationData}
            onChange={(correlationData) => set({ correlationData })}
            error={problems['will.correlationData']}
          />
          <Checkbox
            label="Say that the payload is UTF-8 text"
            hint="Payload format indicator 1"
            disabled={old}
            checked={will.payloadIsUtf8}
            onChange={(payloadIsUtf8) => set({ payloadIsUtf8 })}
          />
          <PairList
            label="User properties of the will"
            one="will property"
            pairs={will.userProperties}
            onChange={(userProperties) => set({ userProperties })}
            problems={problems}
            path="will.userProperties"
            max={1000}
            disabled={old}
          />
        </>
      )}
    </div>
  );
}
