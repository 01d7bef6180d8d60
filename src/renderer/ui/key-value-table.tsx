import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './key-value-table.module.css';

export interface KeyValue {
  readonly key: string;
  readonly value: ReactNode;
  /** Set in the fixed-width font. */
  readonly mono?: boolean;
}

/** Names and values in two columns. Values can be selected and wrap. */
export function KeyValueTable({ rows, label, compact = false }: { readonly rows: readonly KeyValue[]; readonly label?: string; readonly compact?: boolean }) {
  return (
    <dl className={cx(styles['table'], compact && styles['compact'])} aria-label={label}>
      {rows.map((row, at) => (
        // Names may repeat, as MQTT user properties do, and keep their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={`${at} ${row.key}`} className={styles['row']}>
          <dt className={styles['key']}>{row.key}</dt>
          <dd className={cx(styles['value'], row.mono && styles['mono'])} data-selectable>
            {row.value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
