import { Field as Base } from '@base-ui/react/field';
import { X } from 'lucide-react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { cx } from './cx.ts';
import { Field, type FieldFrameProps } from './field.tsx';
import { IconButton } from './icon-button.tsx';
import styles from './field.module.css';

export interface TextFieldProps extends FieldFrameProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'search' | 'password' | 'url' | 'datetime-local';
  readonly placeholder?: string;
  readonly size?: 'small' | 'medium';
  readonly mono?: boolean;
  readonly icon?: ReactNode;
  /** After the value: a unit, or buttons. */
  readonly suffix?: ReactNode;
  /** Offers a button that empties the field. */
  readonly clearable?: boolean;
  readonly readOnly?: boolean;
  readonly required?: boolean;
  readonly autoFocus?: boolean;
  readonly maxLength?: number;
  /** Id of a `<datalist>` with suggestions. */
  readonly list?: string;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  readonly onBlur?: () => void;
  readonly onFocus?: () => void;
  readonly inputRef?: Ref<HTMLInputElement>;
}

export function TextField(props: TextFieldProps) {
  const {
    label,
    labelHidden,
    hint,
    error,
    disabled,
    className,
    value,
    onChange,
    type = 'text',
    size = 'medium',
    mono,
    icon,
    suffix,
    clearable,
    inputRef,
    ...input
  } = props;
  return (
    <Field label={label} {...({ labelHidden, hint, error, disabled, className } as Omit<FieldFrameProps, 'label'>)}>
      <span className={cx(styles['box'], size === 'small' && styles['small'])}>
        {icon === undefined ? null : <span className={styles['mark']}>{icon}</span>}
        <Base.Control
          {...input}
          ref={inputRef}
          type={type}
          value={value}
          onValueChange={onChange}
          className={cx(styles['input'], mono && styles['mono'])}
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="off"
          spellCheck={false}
        />
        {clearable && value !== '' ? (
          <IconButton size="small" label={`Clear ${label.toLowerCase()}`} icon={<X size={14} />} onClick={() => onChange('')} className={styles['clear']} />
        ) : null}
        {suffix === undefined ? null : <span className={styles['mark']}>{suffix}</span>}
      </span>
    </Field>
  );
}
