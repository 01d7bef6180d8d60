import { KeyRound } from 'lucide-react';
import { useId, type ReactElement, type ReactNode } from 'react';
import { Button } from '../../../ui/button.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import type { ConnectionSecretName } from '../../../../shared/contract/connection-profile.ts';
import type { SecretDraft } from '../draft/profile-draft.ts';
import type { SectionProps } from './section-props.ts';
import styles from './editor.module.css';

interface SecretFieldProps extends Pick<SectionProps, 'draft' | 'problems' | 'stored' | 'onChange'> {
  readonly name: ConnectionSecretName;
  readonly label: string;
  readonly hint?: string;
  /** Many lines, for keys. */
  readonly lines?: boolean;
  readonly placeholder?: string;
  /** Another way to set it: a button for a file. */
  readonly file?: ReactNode;
}

/** What is stored is never shown: it can be replaced or removed. */
export function SecretField({ name, label, hint, lines = false, placeholder = '', file, ...form }: SecretFieldProps): ReactElement {
  const { draft, problems, stored, onChange } = form;
  const id = useId();
  const secret = draft.secrets[name];
  const isStored = stored.includes(name);
  const error = problems[`secrets.${name}`];
  const set = (change: SecretDraft): void => onChange((now) => ({ secrets: { ...now.secrets, [name]: change } }));
  const isFile = secret.change === 'set' && secret.label !== '';
  if ((isStored && secret.change === 'keep') || isFile) {
    return (
      <div className={styles.stored} role="group" aria-labelledby={id}>
        <span id={id} className={styles.label}>
          {label}
        </span>
        <span className={styles.storedBox}>
          <KeyRound size={14} aria-hidden />
          <span className={styles.storedText}>{isFile ? secret.label : 'Stored, never shown'}</span>
          <Button size="small" variant="ghost" aria-label={`Replace: ${label}`} onClick={() => set({ change: 'set', value: '', label: '' })}>
            Replace
          </Button>
          <Button
            size="small"
            variant="ghost"
            aria-label={`Remove: ${label}`}
            onClick={() => set({ change: isStored ? 'remove' : 'keep', value: '', label: '' })}
          >
            Remove
          </Button>
        </span>
        {error !== undefined && <span className={styles.error}>{error}</span>}
      </div>
    );
  }
  const removing = secret.change === 'remove';
  const onText = (value: string): void => set({ change: value === '' && !isStored ? 'keep' : 'set', value, label: '' });
  const back = isStored && (
    <Button size="small" variant="ghost" aria-label={`Keep what is stored: ${label}`} onClick={() => set({ change: 'keep', value: '', label: '' })}>
      Keep the stored one
    </Button>
  );
  const shared = {
    label,
    value: secret.value,
    onChange: onText,
    error,
    placeholder: removing ? 'Removed with the next save' : placeholder,
    hint: hint ?? 'Kept apart from the workspace files, encrypted',
  };
  if (!lines) return <TextField {...shared} type="password" suffix={back || undefined} />;
  return (
    <div className={styles.material}>
      <TextArea {...shared} mono rows={3} />
      <div className={styles.line}>
        {file}
        {back}
      </div>
    </div>
  );
}

/** Sets a secret from a file, of which only the name is shown. */
export const secretFromFile = (onChange: SectionProps['onChange'], name: ConnectionSecretName, value: string, label: string): void =>
  onChange((now) => ({ secrets: { ...now.secrets, [name]: { change: 'set', value, label } } }));
