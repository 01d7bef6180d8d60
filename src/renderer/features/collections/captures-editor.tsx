import { Plus, X } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { LastResult } from './collections-store.ts';
import { captureProblems, keyed, type Capture, type Keyed } from './request-draft.ts';
import styles from './checks.module.css';

interface CapturesEditorProps {
  readonly captures: readonly Keyed<Capture>[];
  readonly last: LastResult | undefined;
  readonly reveal: boolean;
  readonly onChange: (captures: readonly Keyed<Capture>[]) => void;
}

/** What goes from the answer into variables, for the requests after this one. */
export function CapturesEditor({ captures, last, reveal, onChange }: CapturesEditorProps): ReactElement {
  const [added, setAdded] = useState<number | null>(null);
  const add = (): void => {
    const fresh = keyed({ name: '', path: '$.' });
    setAdded(fresh.key);
    onChange([...captures, fresh]);
  };
  const button = (
    <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={add} disabled={captures.length >= 100}>
      Add a capture
    </Button>
  );
  if (captures.length === 0) {
    return (
      <EmptyState
        compact
        title="No captures"
        text="A capture keeps a value of the answer as a variable: what {{token}} stands for in the requests after this one, until the run ends."
        actions={button}
      />
    );
  }
  const values = new Map(last?.result.captured.map(({ name, value }) => [name, value]));
  return (
    <div className={styles.editor}>
      <ol className={styles.list} aria-label="Captures">
        {captures.map((one) => {
          const problems = reveal || one.key !== added ? captureProblems(one, captures) : {};
          const edit = (change: Partial<Capture>): void => onChange(captures.map((other) => (other.key === one.key ? { ...other, ...change } : other)));
          const value = values.get(one.name);
          return (
            <li key={one.key} className={styles.assertion} aria-label={one.name === '' ? 'New capture' : one.name}>
              <div className={styles.assertionLine}>
                <div className={styles.fields}>
                  <TextField
                    className={styles.variable}
                    label="Variable"
                    labelHidden
                    mono
                    size="small"
                    maxLength={200}
                    placeholder="token"
                    autoFocus={one.key === added}
                    value={one.name}
                    onChange={(name) => edit({ name })}
                    error={problems.name}
                  />
                  <span className={styles.arrow} aria-hidden>
                    ←
                  </span>
                  <TextField
                    className={styles.value}
                    label="Path of the value"
                    labelHidden
                    mono
                    size="small"
                    maxLength={2000}
                    placeholder="$.token"
                    value={one.path}
                    onChange={(path) => edit({ path })}
                    error={problems.path}
                  />
                </div>
                <span className={styles.rowButtons}>
                  <IconButton
                    size="small"
                    label={`Remove ${one.name === '' ? 'the capture' : one.name}`}
                    icon={<X size={14} aria-hidden />}
                    onClick={() => onChange(captures.filter(({ key }) => key !== one.key))}
                  />
                </span>
              </div>
              {value !== undefined && (
                <p className={styles.captured} data-selectable title={value}>
                  last: {value}
                </p>
              )}
            </li>
          );
        })}
      </ol>
      <div className={styles.buttons}>{button}</div>
    </div>
  );
}
