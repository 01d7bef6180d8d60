import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Field, type FieldFrameProps } from './field.tsx';
import frame from './field.module.css';
import popup from './popup.module.css';
import styles from './select.module.css';

interface SelectOption<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly icon?: ReactNode;
  /** A second, quieter line. */
  readonly detail?: string;
  readonly disabled?: boolean;
}

export interface SelectProps<T extends string> extends FieldFrameProps {
  readonly value: T | null;
  readonly onChange: (value: T) => void;
  readonly options: readonly SelectOption<T>[];
  readonly placeholder?: string;
  readonly size?: 'small' | 'medium';
}

export function Select<T extends string>(props: SelectProps<T>) {
  const { label, labelHidden, hint, error, disabled, className, value, onChange, options, placeholder = 'Choose …', size = 'medium' } = props;
  const chosen = options.find((option) => option.value === value);
  return (
    <Field label={label} {...({ labelHidden, hint, error, disabled, className } as Omit<FieldFrameProps, 'label'>)}>
      <Base.Root items={options} value={value} onValueChange={(next) => next !== null && onChange(next)} modal={false}>
        <Base.Trigger className={cx(frame['box'], styles['trigger'], size === 'small' && frame['small'])}>
          {chosen?.icon === undefined ? null : <span className={frame['mark']}>{chosen.icon}</span>}
          <Base.Value className={cx(styles['value'], !chosen && styles['placeholder'])}>{chosen?.label ?? placeholder}</Base.Value>
          <Base.Icon className={styles['icon']}>
            <ChevronsUpDown size={13} aria-hidden />
          </Base.Icon>
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner className={popup['positioner']} sideOffset={4} alignItemWithTrigger={false} collisionPadding={8}>
            <Base.Popup className={cx(popup['popup'], styles['popup'])}>
              <Base.List className={popup['list']}>
                {options.map((option) => (
                  <Base.Item key={option.value} value={option.value} disabled={option.disabled ?? false} className={popup['item']}>
                    <span className={popup['check']}>
                      <Base.ItemIndicator>
                        <Check size={14} aria-hidden />
                      </Base.ItemIndicator>
                    </span>
                    {option.icon}
                    <Base.ItemText className={popup['text']}>{option.label}</Base.ItemText>
                    {option.detail === undefined ? null : <span className={popup['detail']}>{option.detail}</span>}
                  </Base.Item>
                ))}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </Field>
  );
}
