import type { ReactElement } from 'react';
import type { Qos } from '../../../../shared/contract/common.ts';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import styles from './editor.module.css';

const levels = [
  { value: '0', label: '0' },
  { value: '1', label: '1' },
  { value: '2', label: '2' },
] as const;

export function QosField({ label, value, onChange }: { readonly label: string; readonly value: Qos; readonly onChange: (qos: Qos) => void }): ReactElement {
  return (
    <span className={styles.line}>
      <span className={styles.label}>QoS</span>
      <SegmentedControl label={label} value={`${value}`} onChange={(next) => onChange(Number(next) as Qos)} segments={levels} />
    </span>
  );
}
