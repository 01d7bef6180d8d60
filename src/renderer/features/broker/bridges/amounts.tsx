import type { ReactElement } from 'react';
import type { Tone } from '../../../ui/badge.tsx';
import styles from './bridges.module.css';

interface AmountsProps {
  readonly label: string;
  readonly rows: readonly { readonly name: string; readonly value: string; readonly title?: string; readonly tone?: Tone }[];
}

/** Numbers with their names below each other, side by side. */
export function Amounts({ label, rows }: AmountsProps): ReactElement {
  return (
    <dl className={styles.amounts} aria-label={label}>
      {rows.map(({ name, value, title, tone }) => (
        <div key={name} title={title}>
          <dt>{name}</dt>
          <dd data-tone={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
