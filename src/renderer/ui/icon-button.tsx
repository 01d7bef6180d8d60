import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Spinner } from './spinner.tsx';
import { Tooltip } from './tooltip.tsx';
import styles from './icon-button.module.css';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  /** Its name, also shown as a tooltip. */
  readonly label: string;
  readonly icon: ReactNode;
  /** Shown in the tooltip. */
  readonly shortcut?: string | undefined;
  readonly size?: 'small' | 'medium';
  /** For buttons that switch something on and off. */
  readonly pressed?: boolean;
  readonly busy?: boolean;
  readonly tooltipSide?: 'top' | 'bottom' | 'left' | 'right';
}

export function IconButton({ label, icon, shortcut, size = 'medium', pressed, busy = false, tooltipSide, className, onClick, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut} side={tooltipSide}>
      <button
        type="button"
        {...rest}
        className={cx(styles['button'], styles[size], className)}
        aria-label={label}
        aria-pressed={pressed}
        aria-busy={busy || undefined}
        onClick={busy ? (event) => event.preventDefault() : onClick}
      >
        {busy ? <Spinner size={14} /> : icon}
      </button>
    </Tooltip>
  );
}
