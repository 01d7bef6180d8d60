import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Spinner } from './spinner.tsx';
import styles from './button.module.css';

type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger';
export type ControlSize = 'small' | 'medium' | 'large';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly variant?: ButtonVariant;
  readonly size?: ControlSize;
  /** Work is under way: shows a spinner, keeps focus and takes no clicks. */
  readonly busy?: boolean;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
}

export function Button({ variant = 'secondary', size = 'medium', busy = false, icon, children, className, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={cx(styles['button'], styles[variant], styles[size], className)}
      aria-busy={busy || undefined}
      aria-disabled={busy || rest['aria-disabled']}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <Spinner size={14} /> : icon}
      <span className={styles['label']}>{children}</span>
    </button>
  );
}
