import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './segmented-control.module.css';

interface Segment<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly disabled?: boolean;
}

export interface SegmentedControlProps<T extends string> {
  /** Name of the group. */
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly segments: readonly Segment<T>[];
  readonly size?: 'small' | 'medium';
  /** Icons only; the labels become names and titles. */
  readonly iconsOnly?: boolean;
  readonly disabled?: boolean;
}

/** One of a few, all in sight. Arrow keys move the choice. */
export function SegmentedControl<T extends string>({
  label,
  value,
  onChange,
  segments,
  size = 'medium',
  iconsOnly = false,
  disabled = false,
}: SegmentedControlProps<T>) {
  return (
    <RadioGroup aria-label={label} value={value} onValueChange={onChange} disabled={disabled} className={cx(styles['group'], styles[size])}>
      {segments.map((segment) => (
        <Radio.Root
          key={segment.value}
          value={segment.value}
          disabled={segment.disabled ?? false}
          className={styles['segment']}
          aria-label={segment.label}
          title={iconsOnly ? segment.label : undefined}
        >
          {segment.icon}
          {iconsOnly ? null : <span>{segment.label}</span>}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
