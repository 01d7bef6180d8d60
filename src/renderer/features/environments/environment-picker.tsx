import { Braces } from 'lucide-react';
import type { ReactElement } from 'react';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import { plural } from '../common/index.ts';
import { chooseEnvironment, editEnvironments, useEnvironments } from './environments-model.ts';
import styles from './environments.module.css';

/** The active environment, and the way to change what is in it. */
export function EnvironmentPicker(): ReactElement {
  const view = useEnvironments();
  const options = [
    { value: '-', label: 'No environment' },
    ...(view?.environments ?? []).map(({ id, name, variables }) => ({ value: id, label: name, detail: plural(variables.length, 'variable') })),
  ];
  return (
    <span className={styles.picker}>
      <Select
        className={styles.choice}
        label="Environment"
        labelHidden
        size="small"
        value={view?.activeId ?? '-'}
        onChange={(id) => void chooseEnvironment(id === '-' ? null : id)}
        options={options}
        disabled={!view}
      />
      <IconButton size="small" label="Environments …" icon={<Braces size={15} aria-hidden />} onClick={() => editEnvironments(view?.activeId ?? '')} />
    </span>
  );
}
