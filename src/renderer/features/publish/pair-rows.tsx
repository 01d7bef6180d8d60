import { Plus, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useFirst } from '../common/index.ts';
import styles from './publish.module.css';

type Pair = readonly [string, string];

/** The contract's limit. */
const maxRows = 1000;

/** User properties: names may repeat, and all keep their order. */
export function PairRows({ pairs, onChange }: { readonly pairs: readonly Pair[]; readonly onChange: (pairs: [string, string][]) => void }): ReactElement {
  const { shown, more } = useFirst(pairs, 50);
  const put = (next: readonly Pair[]): void => onChange(next.map(([name, value]): [string, string] => [name, value]));
  const set = (at: number, pair: Pair): void => put(pairs.map((old, index) => (index === at ? pair : old)));
  return (
    <div className={styles.pairs} role="group" aria-label="User properties">
      <span className={styles.label}>User properties</span>
      {shown.map(([name, value], at) => (
        // Names may repeat, and keep their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} className={styles.pair}>
          <TextField label={`Name ${at + 1}`} labelHidden mono size="small" placeholder="name" value={name} onChange={(next) => set(at, [next, value])} />
          <TextField label={`Value ${at + 1}`} labelHidden mono size="small" placeholder="value" value={value} onChange={(next) => set(at, [name, next])} />
          <IconButton
            size="small"
            label={`Remove user property ${at + 1}`}
            icon={<Trash2 size={14} aria-hidden />}
            onClick={() => put(pairs.filter((_pair, index) => index !== at))}
          />
        </div>
      ))}
      {more}
      <div>
        <Button size="small" icon={<Plus size={13} aria-hidden />} disabled={pairs.length >= maxRows} onClick={() => put([...pairs, ['', '']])}>
          Add a user property
        </Button>
      </div>
    </div>
  );
}
