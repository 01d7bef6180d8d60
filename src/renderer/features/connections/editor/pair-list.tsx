import { Plus, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { useFirst } from '../../common/index.ts';
import type { DraftProblems } from '../draft/problems.ts';
import styles from './editor.module.css';

interface PairListProps {
  readonly label: string;
  /** One of them: `user property`. */
  readonly one: string;
  readonly pairs: readonly (readonly [string, string])[];
  readonly onChange: (pairs: readonly (readonly [string, string])[]) => void;
  readonly problems: DraftProblems;
  /** Under which the problems of the lines stand, by number. */
  readonly path: string;
  readonly max: number;
  readonly disabled?: boolean;
  readonly hint?: string;
}

/** Names with values, in their order; names may repeat. */
export function PairList({ label, one, pairs, onChange, problems, path, max, disabled = false, hint }: PairListProps): ReactElement {
  const { shown, more } = useFirst(pairs, 50);
  const set = (at: number, pair: readonly [string, string]): void => onChange(pairs.map((old, index) => (index === at ? pair : old)));
  return (
    <fieldset className={styles.group} disabled={disabled}>
      <legend className={styles.label}>{label}</legend>
      {shown.map(([name, value], at) => (
        // Names may repeat, and keep their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} className={styles.pair}>
          <TextField
            label={`Name of ${one} ${at + 1}`}
            labelHidden
            mono
            placeholder="name"
            disabled={disabled}
            value={name}
            onChange={(next) => set(at, [next, value])}
            error={problems[`${path}.${at}`]}
          />
          <TextField
            label={`Value of ${one} ${at + 1}`}
            labelHidden
            mono
            placeholder="value"
            disabled={disabled}
            value={value}
            onChange={(next) => set(at, [name, next])}
          />
          <IconButton
            label={`Remove ${one} ${at + 1}`}
            disabled={disabled}
            icon={<Trash2 size={14} aria-hidden />}
            onClick={() => onChange(pairs.filter((_pair, index) => index !== at))}
          />
        </div>
      ))}
      {more}
      {problems[path] !== undefined && <p className={styles.error}>{problems[path]}</p>}
      <div className={styles.line}>
        <Button
          size="small"
          icon={<Plus size={13} aria-hidden />}
          disabled={disabled || pairs.length >= max}
          onClick={() => onChange([...pairs, ['', '']])}
        >{`Add ${one}`}</Button>
        {hint !== undefined && <span className={styles.hint}>{hint}</span>}
      </div>
    </fieldset>
  );
}
