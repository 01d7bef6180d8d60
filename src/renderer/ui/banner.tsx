import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { IconButton } from './icon-button.tsx';
import { Spinner } from './spinner.tsx';
import styles from './banner.module.css';

export interface BannerProps {
  readonly kind?: 'info' | 'ok' | 'warn' | 'bad';
  /** Shows a spinner in place of the icon: something is under way. */
  readonly busy?: boolean;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly onDismiss?: () => void;
  /** Rounded, for use inside a page instead of across its top. */
  readonly inset?: boolean;
}

const icons = { info: Info, ok: CircleCheck, warn: TriangleAlert, bad: CircleAlert } as const;

export function Banner({ kind = 'info', busy = false, title, children, actions, onDismiss, inset = false }: BannerProps) {
  const Icon = icons[kind];
  return (
    <div role={kind === 'bad' ? 'alert' : 'status'} className={cx(styles['banner'], styles[kind], inset && styles['inset'])}>
      <span className={styles['icon']}>{busy ? <Spinner size={16} /> : <Icon size={16} aria-hidden />}</span>
      <div className={styles['main']}>
        <div className={styles['text']}>
          <strong className={styles['title']}>{title}</strong>
          {children === undefined ? null : <span>{children}</span>}
        </div>
        {actions === undefined ? null : <div className={styles['actions']}>{actions}</div>}
      </div>
      {onDismiss === undefined ? null : <IconButton size="small" label="Dismiss" icon={<X size={14} />} onClick={onDismiss} />}
    </div>
  );
}
