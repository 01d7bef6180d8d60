import { SlidersHorizontal } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import type { PublishPropertyTexts } from '../../../shared/contract/publish-message.ts';
import { messageTexts } from '../../../shared/publishing/message-texts.ts';
import { Button } from '../../ui/button.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { Popover } from '../../ui/popover.tsx';
import { Select } from '../../ui/select.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { EnvironmentPicker, UnknownVariables } from '../environments/index.ts';
import { PairRows } from './pair-rows.tsx';
import { countProperties } from './publish-draft.ts';
import { publishStore } from './publish-model.ts';
import styles from './publish.module.css';

const written = [
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
  { value: 'base64', label: 'Base64' },
] as const;
const indicators = [
  { value: 'unsaid', label: 'Not said' },
  { value: 'text', label: 'UTF-8 text' },
  { value: 'bytes', label: 'Any bytes' },
] as const;
/** Names that every message may use, beside variables. */
const known = ['now', 'uuid', 'counter', 'random', 'line', 'lineNumber'];

interface PublishOptionsProps {
  /** Why properties of MQTT 5 cannot be sent there; `null`: they can. */
  readonly propertiesOff: string | null;
  /** The highest topic alias the broker takes; 0: none. `null`: not known. */
  readonly aliasMaximum: number | null;
}

/** Variables and the properties of MQTT 5, behind a button that counts what is set. */
export function PublishOptions({ propertiesOff, aliasMaximum }: PublishOptionsProps): ReactElement {
  const store = publishStore();
  const { draft } = useStore(store.state);
  const { properties, fillIn } = draft;
  const count = countProperties(properties) + (fillIn ? 1 : 0);
  const set = (change: Partial<PublishPropertyTexts>): void => store.setDraft({ properties: { ...properties, ...change } });
  const off = propertiesOff !== null;
  return (
    <Popover
      side="top"
      align="end"
      title="Options of the message"
      trigger={
        <Button size="small" variant="ghost" icon={<SlidersHorizontal size={14} aria-hidden />}>
          {count === 0 ? 'Options' : `Options (${count})`}
        </Button>
      }
    >
      <div className={styles.options}>
        <Switch
          label="Fill in {{variables}}"
          hint="Also {{now}}, {{uuid}}, {{counter}}, {{random}} and {{$ask name number}}. Off, braces are sent as they stand."
          checked={fillIn}
          onChange={(next) => store.setDraft({ fillIn: next })}
        />
        {fillIn && (
          <>
            <EnvironmentPicker />
            <UnknownVariables texts={messageTexts(draft)} known={known} elsewhere="">
              The message cannot be published until they have one.
            </UnknownVariables>
          </>
        )}
        <fieldset className={styles.properties} disabled={off}>
          <legend className={styles.legend}>Properties of MQTT 5</legend>
          {off && <p className={styles.note}>{propertiesOff}</p>}
          <div className={styles.two}>
            <TextField
              label="Content type"
              mono
              size="small"
              disabled={off}
              placeholder="application/json"
              value={properties.contentType}
              onChange={(contentType) => set({ contentType })}
            />
            <TextField
              label="Response topic"
              mono
              size="small"
              disabled={off}
              value={properties.responseTopic}
              onChange={(responseTopic) => set({ responseTopic })}
            />
          </div>
          <div className={styles.bytes}>
            <TextField
              label="Correlation data"
              mono
              size="small"
              disabled={off}
              value={properties.correlationData}
              onChange={(correlationData) => set({ correlationData })}
            />
            <Select
              label="Correlation data is written as"
              labelHidden
              size="small"
              disabled={off}
              value={properties.correlationAs}
              onChange={(correlationAs) => set({ correlationAs })}
              options={written}
            />
          </div>
          <div className={styles.three}>
            <NumberField
              label="Message expiry"
              unit="s"
              size="small"
              disabled={off}
              min={0}
              max={4_294_967_295}
              placeholder="never"
              value={properties.messageExpirySeconds}
              onChange={(messageExpirySeconds) => set({ messageExpirySeconds })}
            />
            <Select
              label="Payload format"
              size="small"
              disabled={off}
              value={properties.payloadIsUtf8 === null ? 'unsaid' : properties.payloadIsUtf8 ? 'text' : 'bytes'}
              onChange={(next) => set({ payloadIsUtf8: next === 'unsaid' ? null : next === 'text' })}
              options={indicators}
            />
            <NumberField
              label="Topic alias"
              size="small"
              disabled={off || aliasMaximum === 0}
              min={1}
              max={aliasMaximum ?? 65_535}
              placeholder={aliasMaximum === 0 ? 'not taken' : 'none'}
              hint={aliasMaximum === null || aliasMaximum === 0 ? undefined : `1 to ${aliasMaximum}`}
              value={properties.topicAlias}
              onChange={(topicAlias) => set({ topicAlias })}
            />
          </div>
          <PairRows pairs={properties.userProperties} onChange={(userProperties) => set({ userProperties })} />
        </fieldset>
      </div>
    </Popover>
  );
}
