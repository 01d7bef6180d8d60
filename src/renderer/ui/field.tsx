import { Field as Base } from '@base-ui/react/field';
import type { ReactNode } from 'react';
import { CircleAlert } from 'lucide-react';
import { cx } from './cx.ts';
import styles from './field.module.css';

export interface FieldFrameProps {
  readonly label: string;
  /** Only for those who do not see the screen, where the place speaks for itself. */
  readonly labelHidden?: boolean;
  readonly hint?: ReactNode;
  /** What is wrong with the value, as a sentence. */
  readonly error?: string | undefined;
  readonly disabled?: boolean;
  readonly className?: string | undefined;
}

/** Label above, hint or error below, all tied to the control inside. */
export function Field({ label, labelHidden = false, hint, error, disabled = false, className, children }: FieldFrameProps & { readonly children: ReactNode }) {
  return (
    <Base.Root className={cx(styles['field'], className)} invalid={error !== undefined} disabled={disabled}>
      <Base.Label className={labelHidden ? 'visually-hidden' : styles['label']}>{label}</Base.Label>
      {children}
      {error === undefined ? null : (
        <Base.Error match className={styles['error']}>
          <CircleAlert size={12} aria-hidden />
          <span>{error}</span>
        </Base.Error>
      )}
      {hint === undefined || error !== undefined ? null : <Base.Description className={styles['hint']}>{hint}</Base.Description>}
    </Base.Root>
  );
}
