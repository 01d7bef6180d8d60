import type { ReactElement } from 'react';
import { Checkbox } from '../../ui/checkbox.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import styles from './run.module.css';

export interface RunOptions {
  readonly iterations: number | null;
  readonly delayMs: number | null;
  readonly stopOnFailure: boolean;
}

export const defaultRunOptions: RunOptions = { iterations: 1, delayMs: 0, stopOnFailure: false };

interface RunOptionsFormProps {
  readonly options: RunOptions;
  readonly disabled: boolean;
  readonly onChange: (options: RunOptions) => void;
}

/** How often, how fast, and whether to go on after a failure. */
export function RunOptionsForm({ options, disabled, onChange }: RunOptionsFormProps): ReactElement {
  return (
    <div className={styles.options} role="group" aria-label="Options of the run">
      <NumberField
        className={styles.number}
        label="Iterations"
        size="small"
        min={1}
        max={10_000}
        disabled={disabled}
        value={options.iterations}
        onChange={(iterations) => onChange({ ...options, iterations })}
      />
      <NumberField
        className={styles.number}
        label="Pause between requests"
        unit="ms"
        size="small"
        min={0}
        max={600_000}
        step={100}
        disabled={disabled}
        value={options.delayMs}
        onChange={(delayMs) => onChange({ ...options, delayMs })}
      />
      <span className={styles.stop}>
        <Checkbox
          label="Stop at the first failure"
          checked={options.stopOnFailure}
          disabled={disabled}
          onChange={(stopOnFailure) => onChange({ ...options, stopOnFailure })}
        />
      </span>
    </div>
  );
}
