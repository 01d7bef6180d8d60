import type { ReactElement } from 'react';
import { TextField } from '../../../ui/text-field.tsx';
import { formatBytes } from '../../common/index.ts';
import { numberOf } from '../draft/numbers.ts';
import { changeIn, type SectionProps } from './section-props.ts';
import styles from './editor.module.css';

export function LimitsSection({ draft, problems, onChange }: SectionProps): ReactElement {
  const { limits } = draft;
  const set = changeIn(onChange, 'limits');
  const bytes = numberOf(limits.maxPayloadBytes);
  return (
    <div className={styles.fields}>
      <div className={styles.row}>
        <TextField
          label="Waiting messages while offline"
          value={limits.maxQueuedMessages}
          onChange={(maxQueuedMessages) => set({ maxQueuedMessages })}
          error={problems['limits.maxQueuedMessages']}
          hint="0: publishing without a connection is refused"
          maxLength={6}
        />
        <TextField
          label="Largest payload"
          value={limits.maxPayloadBytes}
          onChange={(maxPayloadBytes) => set({ maxPayloadBytes })}
          error={problems['limits.maxPayloadBytes']}
          placeholder="no limit"
          hint={
            bytes >= 1024
              ? `${formatBytes(bytes)}. Larger ones are counted and dropped, but for their first bytes`
              : 'Larger ones are counted and dropped, but for their first bytes'
          }
          suffix="bytes"
          maxLength={9}
        />
      </div>
    </div>
  );
}
