import { KeyRound } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import type { PasswordChange } from './bridges-model.ts';
import styles from './bridges.module.css';

interface PasswordFieldProps {
  readonly isStored: boolean;
  readonly change: PasswordChange;
  readonly hint: string;
  readonly onChange: (change: PasswordChange) => void;
}

/** What is stored is never shown: it can be replaced or removed. */
export function PasswordField({ isStored, change, hint, onChange }: PasswordFieldProps): ReactElement {
  if (isStored && change === undefined) {
    return (
      <div className={styles.choice} role="group" aria-label="Password">
        <span className={styles.label}>Password</span>
        <span className={styles.stored}>
          <KeyRound size={14} aria-hidden />
          <span className={styles.storedText}>Stored, never shown</span>
          <Button size="small" variant="ghost" onClick={() => onChange('')}>
            Replace
          </Button>
          <Button size="small" variant="ghost" onClick={() => onChange(null)}>
            Remove
          </Button>
        </span>
      </div>
    );
  }
  return (
    <TextField
      label="Password"
      type="password"
      value={change ?? ''}
      onChange={(value) => onChange(value === '' && !isStored ? undefined : value)}
      placeholder={change === null ? 'Removed with the next save' : ''}
      hint={hint}
      suffix={
        isStored ? (
          <Button size="small" variant="ghost" onClick={() => onChange(undefined)}>
            Keep the stored one
          </Button>
        ) : undefined
      }
    />
  );
}
