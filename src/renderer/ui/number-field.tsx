import { NumberField as Base } from '@base-ui/react/number-field';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { cx } from './cx.ts';
import { Field, type FieldFrameProps } from './field.tsx';
import frame from './field.module.css';
import styles from './number-field.module.css';

export interface NumberFieldProps extends FieldFrameProps {
  readonly value: number | null;
  /** While typing; `null` for an empty field. */
  readonly onChange: (value: number | null) => void;
  /** When typing is over: on leaving the field, Enter or a step. */
  readonly onCommit?: (value: number | null) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly unit?: string;
  readonly placeholder?: string;
  readonly size?: 'small' | 'medium';
}

export function NumberField(props: NumberFieldProps) {
  const { label, labelHidden, hint, error, disabled, className, value, onChange, onCommit, min, max, step = 1, unit, placeholder, size = 'medium' } = props;
  return (
    <Field label={label} {...({ labelHidden, hint, error, disabled, className } as Omit<FieldFrameProps, 'label'>)}>
      <Base.Root
        value={value}
        onValueChange={onChange}
        onValueCommitted={(next) => onCommit?.(next)}
        min={min}
        max={max}
        step={step}
        format={{ useGrouping: false }}
      >
        <Base.Group className={cx(frame['box'], styles['group'], size === 'small' && frame['small'])}>
          <Base.Input className={frame['input']} placeholder={placeholder} />
          {unit === undefined ? null : <span className={frame['mark']}>{unit}</span>}
          <span className={styles['steps']}>
            <Base.Increment className={styles['step']} aria-label={`Increase ${label.toLowerCase()}`}>
              <ChevronUp size={11} aria-hidden />
            </Base.Increment>
            <Base.Decrement className={styles['step']} aria-label={`Decrease ${label.toLowerCase()}`}>
              <ChevronDown size={11} aria-hidden />
            </Base.Decrement>
          </span>
        </Base.Group>
      </Base.Root>
    </Field>
  );
}
