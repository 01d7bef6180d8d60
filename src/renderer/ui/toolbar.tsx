import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './toolbar.module.css';

export interface ToolbarProps {
  /** Name for assistive technology. */
  readonly label: string;
  readonly children: ReactNode;
  /** At the end of the line. */
  readonly end?: ReactNode;
  readonly className?: string;
}

/** The bar at the top of a panel. Its controls keep their own tab stops: there are few, and text fields among them. */
export function Toolbar({ label, children, end, className }: ToolbarProps) {
  return (
    <div role="group" aria-label={label} className={cx(styles['toolbar'], className)}>
      <div className={styles['start']}>{children}</div>
      {end === undefined ? null : <div className={styles['end']}>{end}</div>}
    </div>
  );
}

export function ToolbarSeparator() {
  return <span aria-hidden className={styles['separator']} />;
}

/** The heading of a panel, for the start of its toolbar. */
export function PanelTitle({ children }: { readonly children: ReactNode }) {
  return <h2 className={styles['title']}>{children}</h2>;
}
