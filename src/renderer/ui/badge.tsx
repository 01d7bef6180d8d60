import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './badge.module.css';

export type Tone = 'neutral' | 'ok' | 'warn' | 'bad' | 'info';

/** A short word or number in a coloured pill. The word carries the meaning, the colour repeats it. */
export function Badge({ tone = 'neutral', title, children }: { readonly tone?: Tone; readonly title?: string; readonly children: ReactNode }) {
  return (
    <span className={cx(styles['badge'], styles[tone])} title={title}>
      {children}
    </span>
  );
}

export type DotTone = 'ok' | 'busy' | 'off' | 'warn' | 'bad';

/** A coloured mark. `label` says the same in a word; leave it out only where that word stands beside it. Shapes differ too. */
export function StatusDot({ tone, label, size = 8 }: { readonly tone: DotTone; readonly label?: string; readonly size?: number }) {
  return (
    <span
      className={cx(styles['dot'], styles[`dot-${tone}`])}
      style={{ width: size, height: size }}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label, title: label })}
    />
  );
}
