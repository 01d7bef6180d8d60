import { Plus, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import type { Qos } from '../../../../shared/contract/common.ts';
import { useFirst } from '../../common/index.ts';
import type { ProfileDraft } from '../draft/profile-draft.ts';
import { QosField } from './qos-field.tsx';
import { changeIn, type SectionProps } from './section-props.ts';
import styles from './editor.module.css';

type Entry = ProfileDraft['publishDefaults']['topics'][number];

const levels = [
  { value: 'default', label: 'QoS as above' },
  { value: '0', label: 'QoS 0' },
  { value: '1', label: 'QoS 1' },
  { value: '2', label: 'QoS 2' },
] as const;
const retains = [
  { value: 'default', label: 'Retain as above' },
  { value: 'yes', label: 'Retained' },
  { value: 'no', label: 'Not retained' },
] as const;

/** QoS and Retain of what does not say so itself: the entry of its topic, field by field, then the default, as in distmqtt. */
export function PublishDefaultsSection({ draft, problems, onChange }: SectionProps): ReactElement {
  const { publishDefaults } = draft;
  const set = changeIn(onChange, 'publishDefaults');
  const { topics } = publishDefaults;
  const { shown, more } = useFirst(topics, 50);
  const put = (at: number, entry: Entry): void => set({ topics: topics.map((old, index) => (index === at ? entry : old)) });
  return (
    <div className={styles.fields}>
      <div className={styles.line}>
        <QosField label="QoS of what is published" value={publishDefaults.qos} onChange={(qos) => set({ qos })} />
        <Checkbox label="Retain" checked={publishDefaults.retain} onChange={(retain) => set({ retain })} />
      </div>
      <fieldset className={styles.group}>
        <legend className={styles.label}>Topics with defaults of their own</legend>
        {shown.map((entry, at) => (
          // A topic may stand there twice while it is written.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={at} className={styles.topicLine}>
            <TextField
              label={`Topic ${at + 1}`}
              labelHidden
              mono
              placeholder="exact topic, no wildcards"
              value={entry.topic}
              onChange={(topic) => put(at, { ...entry, topic })}
              error={problems[`publishDefaults.topics.${at}`]}
            />
            <Select
              label={`QoS of topic ${at + 1}`}
              labelHidden
              value={entry.qos === null ? 'default' : `${entry.qos}`}
              onChange={(next) => put(at, { ...entry, qos: next === 'default' ? null : (Number(next) as Qos) })}
              options={levels}
            />
            <Select
              label={`Retain of topic ${at + 1}`}
              labelHidden
              value={entry.retain === null ? 'default' : entry.retain ? 'yes' : 'no'}
              onChange={(next) => put(at, { ...entry, retain: next === 'default' ? null : next === 'yes' })}
              options={retains}
            />
            <IconButton
              label={`Remove topic ${at + 1}`}
              icon={<Trash2 size={14} aria-hidden />}
              onClick={() => set({ topics: topics.filter((_entry, index) => index !== at) })}
            />
          </div>
        ))}
        {more}
        {problems['publishDefaults.topics'] !== undefined && <p className={styles.error}>{problems['publishDefaults.topics']}</p>}
        <div className={styles.line}>
          <Button
            size="small"
            icon={<Plus size={13} aria-hidden />}
            disabled={topics.length >= 10_000}
            onClick={() => set({ topics: [...topics, { topic: '', qos: null, retain: null }] })}
          >
            Add topic
          </Button>
          <span className={styles.hint}>The topic exactly as written; what is said while publishing goes first.</span>
        </div>
      </fieldset>
    </div>
  );
}
