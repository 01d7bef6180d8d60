import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './checkbox.module.css';

export interface CheckboxProps {
  readonly label: ReactNode;
  readonly checked: boolean;
  /** Some of what it stands for is on. */
  readonly mixed?: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}

export function Checkbox({ label, checked, mixed = false, onChange, hint, disabled = false }: CheckboxProps) {
  return (
    <label className={styles['row']} data-disabled={disabled || undefined}>
      <Base.Root className={styles['box']} checked={checked} indeterminate={mixed} onCheckedChange={(next) => onChange(next)} disabled={disabled}>
        <Base.Indicator className={styles['mark']}>
          {mixed ? <Minus size={12} strokeWidth={3} aria-hidden /> : <Check size={12} strokeWidth={3} aria-hidden />}
        </Base.Indicator>
      </Base.Root>
      <span className={styles['text']}>
        {label}
        {hint === undefined ? null : <span className={styles['hint']}>{hint}</span>}
      </span>
    </label>
  );
}
