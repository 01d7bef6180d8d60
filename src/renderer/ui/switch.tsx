import { Switch as Base } from '@base-ui/react/switch';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './switch.module.css';

export interface SwitchProps {
  readonly label: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
  /** The label stands before the switch, which sits at the end of the line: for settings lists. */
  readonly spread?: boolean;
}

/** Takes effect at once; what needs a Save button is a checkbox. */
export function Switch({ label, checked, onChange, hint, disabled = false, spread = false }: SwitchProps) {
  return (
    <label className={cx(styles['row'], spread && styles['spread'])} data-disabled={disabled || undefined}>
      <Base.Root className={styles['track']} checked={checked} onCheckedChange={(next) => onChange(next)} disabled={disabled}>
        <Base.Thumb className={styles['thumb']} />
      </Base.Root>
      <span className={styles['text']}>
        {label}
        {hint === undefined ? null : <span className={styles['hint']}>{hint}</span>}
      </span>
    </label>
  );
}
