import { useId, type ReactElement, type ReactNode } from 'react';
import { cx } from '../../ui/cx.ts';
import styles from './card.module.css';

/** A titled part of a screen; a region of its own for assistive technology. */
export function Card({
  title,
  titleAside,
  actions,
  children,
  flush = false,
  className,
}: {
  readonly title: string;
  readonly titleAside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** The content brings its own edges, like a table. */
  readonly flush?: boolean;
  readonly className?: string | undefined;
}): ReactElement {
  const id = useId();
  return (
    <section className={cx(styles.card, className)} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {titleAside}
        {actions !== undefined && <span className={styles.actions}>{actions}</span>}
      </header>
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}

/** A screen that scrolls as a whole, with its content in a readable width. */
export function Page({ title, children, wide = false }: { readonly title: string; readonly children: ReactNode; readonly wide?: boolean }): ReactElement {
  return (
    <div className={styles.page}>
      <div className={cx(styles.column, wide && styles.wide)}>
        <h1 className="visually-hidden">{title}</h1>
        {children}
      </div>
    </div>
  );
}
