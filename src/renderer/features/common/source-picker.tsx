import type { ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import { StatusDot } from '../../ui/badge.tsx';
import { Select } from '../../ui/select.tsx';
import type { SourceOption } from './sources.ts';
import styles from './source-picker.module.css';

interface SourcePickerProps {
  readonly sources: readonly SourceOption[];
  readonly current: SourceOption;
  readonly onChoose: (source: SourceId) => void;
}

/** Which source is shown, where its tabs would be a second strip: the local broker or one of the connections. */
export function SourcePicker({ sources, current, onChoose }: SourcePickerProps): ReactElement {
  return (
    <Select<SourceId>
      className={styles.picker}
      label="Source"
      labelHidden
      size="small"
      value={current.id}
      onChange={onChoose}
      options={sources.map(({ id, name, tone, state }) => ({ value: id, label: name, icon: <StatusDot tone={tone} label={state} /> }))}
    />
  );
}
