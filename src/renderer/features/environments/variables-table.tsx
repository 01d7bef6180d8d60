import { Plus, Search, X } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { plural, useFirst } from '../common/index.ts';
import { variable, type VariableDraft } from './environment-draft.ts';
import styles from './environments.module.css';

interface VariablesTableProps {
  readonly variables: readonly VariableDraft[];
  readonly problems: ReadonlyMap<number, string>;
  readonly onChange: (variables: readonly VariableDraft[]) => void;
}

/** Each has several controls. */
const shownVariables = 100;
/** As many stand on a small screen at once. */
const worthFiltering = 15;

/** Names and values; a secret one is typed unseen and never shown again. */
export function VariablesTable({ variables, problems, onChange }: VariablesTableProps): ReactElement {
  const [added, setAdded] = useState<number | null>(null);
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const found = wanted === '' ? variables : variables.filter(({ name, value, secret }) => `${name}\n${secret ? '' : value}`.toLowerCase().includes(wanted));
  const { shown, more } = useFirst(found, shownVariables);
  const edit = (key: number, change: Partial<VariableDraft>): void => onChange(variables.map((one) => (one.key === key ? { ...one, ...change } : one)));
  const add = (): void => {
    const fresh = variable();
    setAdded(fresh.key);
    setFilter('');
    // Where only the first ones are shown, it is among them.
    onChange(variables.length > shownVariables ? [fresh, ...variables] : [...variables, fresh]);
  };
  return (
    <div className={styles.variables} role="group" aria-label="Variables">
      {variables.length >= worthFiltering && (
        <TextField
          label="Find a variable"
          labelHidden
          type="search"
          size="small"
          icon={<Search size={14} aria-hidden />}
          placeholder={`${plural(variables.length, 'variable')}: name or value`}
          clearable
          value={filter}
          onChange={setFilter}
        />
      )}
      {shown.length === 0 && wanted !== '' && <p className={styles.none}>No variable fits “{filter.trim()}”.</p>}
      {shown.map((one, at) => (
        <div key={one.key} className={styles.variable} role="group" aria-label={one.name === '' ? `Variable ${at + 1}` : one.name}>
          <TextField
            className={styles.variableName}
            label="Name"
            labelHidden={at > 0}
            mono
            size="small"
            maxLength={200}
            placeholder="device"
            autoFocus={one.key === added}
            value={one.name}
            onChange={(name) => edit(one.key, { name })}
            error={problems.get(one.key)}
          />
          <TextField
            className={styles.variableValue}
            label="Value"
            labelHidden={at > 0}
            mono
            size="small"
            maxLength={65_536}
            type={one.secret ? 'password' : 'text'}
            placeholder={one.value === null ? 'stored, not shown' : one.secret ? 'typed unseen' : 'edge/device_123'}
            value={one.value ?? ''}
            onChange={(value) => edit(one.key, { value: value === '' && one.secret && one.storedAs !== null ? null : value })}
          />
          <span className={styles.secret} data-first={at === 0 || undefined}>
            <Checkbox label="Secret" checked={one.secret} onChange={(secret) => edit(one.key, { secret })} />
            <IconButton
              size="small"
              label={`Remove ${one.name === '' ? 'the variable' : one.name}`}
              icon={<X size={14} aria-hidden />}
              onClick={() => onChange(variables.filter(({ key }) => key !== one.key))}
            />
          </span>
        </div>
      ))}
      {more}
      <div>
        <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={add} disabled={variables.length >= 1000}>
          Add a variable
        </Button>
      </div>
    </div>
  );
}
