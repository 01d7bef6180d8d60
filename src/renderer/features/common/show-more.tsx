import { useState, type ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { formatCount } from './format.ts';
import styles from './show-more.module.css';

/** The first entries of a list that can be long, and what shows further ones: only so many are ever on the page at once. */
export function useFirst<T>(all: readonly T[], step: number): { readonly shown: readonly T[]; readonly more: ReactElement | null } {
  const [limit, setLimit] = useState(step);
  const rest = all.length - limit;
  if (rest <= 0) return { shown: all, more: null };
  return {
    shown: all.slice(0, limit),
    more: (
      <p className={styles.more}>
        <Button size="small" onClick={() => setLimit(limit + step)}>
          Show {formatCount(Math.min(step, rest))} more
        </Button>
        {formatCount(limit)} of {formatCount(all.length)} are shown.
      </p>
    ),
  };
}
