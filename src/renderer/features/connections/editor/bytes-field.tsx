import type { ReactElement } from 'react';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import type { BytesDraft } from '../draft/profile-draft.ts';
import styles from './editor.module.css';

interface BytesFieldProps {
  readonly label: string;
  readonly value: BytesDraft;
  readonly onChange: (value: BytesDraft) => void;
  readonly error?: string | undefined;
  readonly hint?: string;
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
}

export const bytesForms = [
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
  { value: 'base64', label: 'Base64' },
] as const;

/** Bytes, written as text, hex or Base64. */
export function BytesField({ label, value, onChange, error, hint, disabled = false, autoFocus = false }: BytesFieldProps): ReactElement {
  return (
    <div className={styles.bytes}>
      <TextField
        label={label}
        mono
        disabled={disabled}
        autoFocus={autoFocus}
        value={value.text}
        onChange={(text) => onChange({ ...value, text })}
        error={error}
        hint={hint}
      />
      <Select
        label={`${label} is written as`}
        labelHidden
        disabled={disabled}
        value={value.as}
        onChange={(as) => onChange({ ...value, as })}
        options={bytesForms}
      />
    </div>
  );
}
