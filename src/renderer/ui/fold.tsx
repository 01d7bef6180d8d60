import { ChevronRight } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import styles from './fold.module.css';

export interface FoldProps {
  readonly title: string;
  /** What is inside, in one line that is cut where it does not fit. */
  readonly summary: string;
  /** Badges behind the title. */
  readonly marks?: ReactNode;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly children: ReactNode;
}

/** A part of a form that is folded away until it is needed, with a line that tells what is set in it. */
export function Fold({ title, summary, marks, open, onOpenChange, children }: FoldProps) {
  const id = useId();
  return (
    <section className={styles['fold']} data-open={open || undefined}>
      <h3 className={styles['heading']}>
        <button type="button" className={styles['toggle']} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => onOpenChange(!open)}>
          <ChevronRight size={14} aria-hidden className={styles['arrow']} />
          <span className={styles['title']}>{title}</span>
          {marks}
          <span className={styles['summary']} title={summary}>
            {summary}
          </span>
        </button>
      </h3>
      {open ? (
        <div id={id} className={styles['body']}>
          {children}
        </div>
      ) : null}
    </section>
  );
}
