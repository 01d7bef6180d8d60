import { Field as Base } from '@base-ui/react/field';
import type { KeyboardEvent, Ref } from 'react';
import { cx } from './cx.ts';
import { Field, type FieldFrameProps } from './field.tsx';
import styles from './field.module.css';

export interface TextAreaProps extends FieldFrameProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly rows?: number;
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly readOnly?: boolean;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
  readonly onBlur?: () => void;
  readonly areaRef?: Ref<HTMLTextAreaElement>;
}

export function TextArea(props: TextAreaProps) {
  const { label, labelHidden, hint, error, disabled, className, value, onChange, rows = 3, mono, areaRef, ...area } = props;
  return (
    <Field label={label} {...({ labelHidden, hint, error, disabled, className } as Omit<FieldFrameProps, 'label'>)}>
      <span className={styles['box']}>
        <Base.Control
          value={value}
          onValueChange={onChange}
          className={cx(styles['area'], mono && styles['mono'])}
          render={<textarea ref={areaRef} rows={rows} spellCheck={false} {...area} />}
        />
      </span>
    </Field>
  );
}
