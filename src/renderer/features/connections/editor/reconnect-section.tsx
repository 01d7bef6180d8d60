import type { ReactElement } from 'react';
import { reconnectPreview } from '../../../../shared/connections/reconnect.ts';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { plural } from '../../common/index.ts';
import { spokenSeconds } from '../draft/numbers.ts';
import { reconnectOf } from '../draft/save-input.ts';
import { changeIn, type SectionProps } from './section-props.ts';
import styles from './editor.module.css';

/** When a lost connection is tried again. */
export function ReconnectSection({ draft, problems, onChange }: SectionProps): ReactElement {
  const { reconnect } = draft;
  const set = changeIn(onChange, 'reconnect');
  const off = !reconnect.enabled;
  return (
    <div className={styles.fields}>
      <Checkbox
        label="Reconnect by itself"
        hint="When a connection that was up is lost."
        checked={reconnect.enabled}
        onChange={(enabled) => set({ enabled })}
      />
      <Checkbox
        label="Also when the first attempt fails"
        hint="For a broker that starts later than the workbench."
        disabled={off}
        checked={reconnect.retryFirst}
        onChange={(retryFirst) => set({ retryFirst })}
      />
      <div className={styles.row}>
        <TextField
          label="Interval"
          disabled={off}
          value={reconnect.intervalSeconds}
          onChange={(intervalSeconds) => set({ intervalSeconds })}
          error={problems['reconnect.intervalSeconds']}
          suffix="seconds"
          maxLength={10}
        />
        <TextField
          label="Multiplier"
          disabled={off}
          value={reconnect.multiplier}
          onChange={(multiplier) => set({ multiplier })}
          error={problems['reconnect.multiplier']}
          hint="Counts before the first wait already, as in mqttxx"
          maxLength={10}
        />
        <TextField
          label="Longest wait"
          disabled={off}
          value={reconnect.maxIntervalSeconds}
          onChange={(maxIntervalSeconds) => set({ maxIntervalSeconds })}
          error={problems['reconnect.maxIntervalSeconds']}
          suffix="seconds"
          maxLength={10}
        />
      </div>
      <div className={styles.row}>
        <TextField
          label="Attempts"
          disabled={off}
          value={reconnect.maxAttempts}
          onChange={(maxAttempts) => set({ maxAttempts })}
          error={problems['reconnect.maxAttempts']}
          hint={reconnect.maxAttempts.trim() === '0' ? '0: without end' : 'Waits before it gives up; 0: without end'}
          maxLength={7}
        />
        <TextField
          label="Jitter"
          disabled={off}
          value={reconnect.jitter}
          onChange={(jitter) => set({ jitter })}
          error={problems['reconnect.jitter']}
          hint="Each wait is up to that much shorter or longer"
          suffix="± %"
          maxLength={20}
        />
      </div>
      {!off && <Preview policy={reconnectOf(draft)} />}
    </div>
  );
}

/** The waits one after the other, before jitter. */
function Preview({ policy }: { readonly policy: ReturnType<typeof reconnectOf> }): ReactElement | null {
  if (Object.values(policy).some((value) => Number.isNaN(value))) return null;
  const most = 12;
  const { waitsMs, goesOn } = reconnectPreview(policy, most);
  const rest = policy.maxAttempts - waitsMs.length;
  const jitter = policy.jitter === 0 ? '' : `, each ± ${Number((policy.jitter * 100).toFixed(2))} %`;
  return (
    <div className={styles.material} role="group" aria-label="Waits">
      <span className={styles.label}>Waits before each attempt{jitter}</span>
      <ol className={styles.waits}>
        {waitsMs.map((wait, at) => (
          // The same wait may come again.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={at} className={styles.wait}>
            {spokenSeconds(wait / 1000)}
          </li>
        ))}
        <li className={styles.hint}>{goesOn ? '… for ever' : rest > 0 ? `… and ${plural(rest, 'more attempt')}, then it gives up` : 'then it gives up'}</li>
      </ol>
    </div>
  );
}
