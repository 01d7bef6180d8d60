import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './empty-state.module.css';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** Why there is nothing, and what to do next. */
  readonly text?: ReactNode;
  /** Buttons, the one that leads on first. */
  readonly actions?: ReactNode;
  /** For small panels. */
  readonly compact?: boolean;
  readonly children?: ReactNode;
}

export function EmptyState({ icon, title, text, actions, compact = false, children }: EmptyStateProps) {
  return (
    <div className={cx(styles['empty'], compact && styles['compact'])}>
      {icon === undefined ? null : <div className={styles['icon']}>{icon}</div>}
      <h2 className={styles['title']}>{title}</h2>
      {text === undefined ? null : <div className={styles['text']}>{text}</div>}
      {actions === undefined ? null : <div className={styles['actions']}>{actions}</div>}
      {children}
    </div>
  );
}
