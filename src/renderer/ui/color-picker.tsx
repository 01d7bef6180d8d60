import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Ban, Check } from 'lucide-react';
import { useId } from 'react';
import field from './field.module.css';
import styles from './color-picker.module.css';

const labelColors = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink'] as const;
/** The colours that people mark things with; how they look depends on the theme. */
export type LabelColor = (typeof labelColors)[number];

export interface ColorPickerProps {
  readonly label: string;
  readonly value: LabelColor | null;
  readonly onChange: (value: LabelColor | null) => void;
  readonly disabled?: boolean;
}

/** A colour to tell things apart by, or none. Arrow keys move the choice. */
export function ColorPicker({ label, value, onChange, disabled = false }: ColorPickerProps) {
  const id = useId();
  return (
    <div className={field['field']}>
      <span id={id} className={field['label']}>
        {label}
      </span>
      <RadioGroup
        aria-labelledby={id}
        value={value ?? 'none'}
        onValueChange={(next: LabelColor | 'none') => onChange(next === 'none' ? null : next)}
        disabled={disabled}
        className={styles['group']}
      >
        <Radio.Root value="none" className={styles['swatch']} aria-label="No colour" title="No colour">
          <Ban size={14} aria-hidden />
        </Radio.Root>
        {labelColors.map((color) => (
          <Radio.Root key={color} value={color} className={styles['swatch']} aria-label={color} title={color}>
            <span className={styles['fill']} style={{ background: `var(--label-${color})` }}>
              <Radio.Indicator className={styles['mark']}>
                <Check size={12} strokeWidth={3} aria-hidden />
              </Radio.Indicator>
            </span>
          </Radio.Root>
        ))}
      </RadioGroup>
    </div>
  );
}

/** The colour of something, as a thin bar before its name. */
export function ColorMark({ color }: { readonly color: LabelColor | null }) {
  return color === null ? null : <span className={styles['bar']} style={{ background: `var(--label-${color})` }} role="img" aria-label={color} title={color} />;
}
