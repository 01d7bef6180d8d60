import type { ReactElement } from 'react';
import type { BrokerEngineName } from '../../../../shared/contract/broker.ts';
import type { Settings } from '../../../../shared/contract/workspace.ts';
import { Select } from '../../../ui/select.tsx';
import styles from '../broker.module.css';

type Persistence = Settings['broker']['persistence'];

const options = [
  { value: 'memory', label: 'In memory', detail: 'gone when the broker stops' },
  { value: 'file', label: 'In a file of the workspace', detail: 'there again after a restart or a crash' },
] as const;

export interface PersistenceSelectProps {
  readonly engine: BrokerEngineName;
  readonly value: Persistence;
  readonly onChange: (value: Persistence) => void;
}

/** Where the broker keeps what outlives a connection. */
export function PersistenceSelect({ engine, value, onChange }: PersistenceSelectProps): ReactElement {
  const isAedes = engine === 'aedes';
  return (
    <Select
      className={styles.engine}
      label="Sessions and retained messages"
      hint={isAedes ? 'The engine aedes keeps them in memory only.' : undefined}
      disabled={isAedes}
      value={isAedes ? 'memory' : value}
      onChange={onChange}
      options={options}
    />
  );
}
