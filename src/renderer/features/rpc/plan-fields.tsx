import type { ReactElement, ReactNode } from 'react';
import { batchLimits } from '../../../shared/rpc/batch-limits.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import type { BatchPlan, CallMode, PlanProblems } from './batch-plan.ts';
import styles from './plan-fields.module.css';

interface PlanFieldsProps {
  readonly mode: Exclude<CallMode, 'once'>;
  readonly plan: BatchPlan;
  readonly problems: PlanProblems;
  readonly onChange: (change: Partial<BatchPlan>) => void;
  /** Further switches. */
  readonly children?: ReactNode;
}

/** How many calls, and how fast. */
export function PlanFields({ mode, plan, problems, onChange, children }: PlanFieldsProps): ReactElement {
  return (
    <div className={styles.plan} role="group" aria-label="How many, and how fast">
      {mode === 'repeat' && (
        <NumberField
          className={styles.field}
          label="Times"
          min={1}
          max={batchLimits.times}
          size="small"
          value={plan.times}
          onChange={(times) => onChange({ times })}
          error={problems.times}
        />
      )}
      <NumberField
        className={styles.field}
        label="In flight"
        min={1}
        max={batchLimits.inFlight}
        size="small"
        value={plan.inFlight}
        onChange={(inFlight) => onChange({ inFlight })}
        error={problems.inFlight}
      />
      <NumberField
        className={styles.field}
        label="Delay"
        unit="s"
        min={0}
        max={batchLimits.delayMs / 1000}
        step={0.1}
        size="small"
        value={plan.delayMs === null ? null : plan.delayMs / 1000}
        onChange={(seconds) => onChange({ delayMs: seconds === null ? null : Math.round(seconds * 1000) })}
        error={problems.delay}
      />
      <div className={children === undefined ? styles.check : styles.checks}>
        <Checkbox label="Stop at the first failure" checked={plan.stopOnFailure} onChange={(stopOnFailure) => onChange({ stopOnFailure })} />
        {children}
      </div>
    </div>
  );
}
