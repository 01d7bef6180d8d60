import { KeyRound } from 'lucide-react';
import type { ReactElement } from 'react';
import type { MqttVersion } from '../../../shared/contract/common.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { splitUserInfo } from './check-uri.ts';
import styles from './connections.module.css';
import { usesTls, type DraftProblems, type ProfileDraft } from './profile-draft.ts';

const versions: readonly { readonly value: MqttVersion; readonly label: string }[] = [
  { value: '5', label: 'MQTT 5' },
  { value: '3.1.1', label: 'MQTT 3.1.1' },
  { value: '3.1', label: 'MQTT 3.1' },
];

export interface ProfileFormProps {
  readonly draft: ProfileDraft;
  readonly problems: DraftProblems;
  readonly passwordSet: boolean;
  readonly isNew: boolean;
  readonly onChange: (change: Partial<ProfileDraft>) => void;
  readonly onSubmit: () => void;
}

export function ProfileForm({ draft, problems, passwordSet, isNew, onChange, onSubmit }: ProfileFormProps): ReactElement {
  const takeUserInfo = (): void => {
    const parts = splitUserInfo(draft.uri);
    if (!parts) return;
    onChange({
      uri: parts.uri,
      ...(parts.username === undefined ? {} : { username: parts.username }),
      ...(parts.password === undefined ? {} : { password: parts.password, passwordChange: 'set' }),
    });
  };
  return (
    <form
      className={styles.form}
      aria-label="Connection settings"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => onChange({ name })}
        error={problems.name}
        required
        placeholder="Lab broker"
        autoFocus={isNew}
      />
      <TextField
        label="Address"
        value={draft.uri}
        onChange={(uri) => onChange({ uri })}
        onBlur={takeUserInfo}
        error={problems.uri}
        required
        mono
        placeholder="mqtt://192.168.1.10:1883"
        hint="mqtt:// and mqtts:// over TCP, ws:// and wss:// over WebSocket, with a path if the broker wants one"
      />
      <div className={styles.row}>
        <Select label="Version" value={draft.version} onChange={(version) => onChange({ version })} options={versions} />
        <Select
          label="Client id"
          value={draft.clientIdMode}
          onChange={(clientIdMode) => onChange({ clientIdMode })}
          options={[
            { value: 'generated', label: 'A new one for each connect' },
            { value: 'fixed', label: 'Always the same' },
          ]}
        />
      </div>
      {draft.clientIdMode === 'fixed' && (
        <TextField
          label="Fixed client id"
          value={draft.clientId}
          onChange={(clientId) => onChange({ clientId })}
          error={problems.clientId}
          mono
          hint="A second client with the same id makes the broker drop the first."
        />
      )}
      <div className={styles.row}>
        <TextField label="User name" value={draft.username} onChange={(username) => onChange({ username })} />
        <PasswordField draft={draft} error={problems.password} passwordSet={passwordSet} onChange={onChange} />
      </div>
      <div className={styles.row}>
        <TextField
          label="Keep-alive"
          value={draft.keepAliveSeconds}
          onChange={(keepAliveSeconds) => onChange({ keepAliveSeconds })}
          error={problems.keepAliveSeconds}
          suffix="seconds"
          maxLength={5}
        />
        <TextField
          label="Connect time-out"
          value={draft.connectTimeoutSeconds}
          onChange={(connectTimeoutSeconds) => onChange({ connectTimeoutSeconds })}
          error={problems.connectTimeoutSeconds}
          suffix="seconds"
          maxLength={6}
        />
      </div>
      <Checkbox
        label={draft.version === '5' ? 'Clean start' : 'Clean session'}
        hint={problems.cleanStart ?? 'The broker forgets what it kept for this client id. Without it, subscriptions and queued messages survive a disconnect.'}
        checked={draft.cleanStart}
        onChange={(cleanStart) => onChange({ cleanStart })}
      />
      {usesTls(draft.uri) && (
        <Checkbox
          label="Verify the broker’s certificate"
          hint={
            draft.verifyCertificate
              ? 'Refuses brokers whose certificate is expired, self-signed or for another host.'
              : 'Anyone between you and the broker could read and change everything. For test benches only.'
          }
          checked={draft.verifyCertificate}
          onChange={(verifyCertificate) => onChange({ verifyCertificate })}
        />
      )}
      {/* Enter in any field saves; the visible buttons stand in the header. */}
      <button type="submit" hidden aria-hidden tabIndex={-1} />
    </form>
  );
}

function PasswordField({
  draft,
  error,
  passwordSet,
  onChange,
}: {
  readonly draft: ProfileDraft;
  readonly error: string | undefined;
  readonly passwordSet: boolean;
  readonly onChange: (change: Partial<ProfileDraft>) => void;
}): ReactElement {
  if (passwordSet && draft.passwordChange === 'keep') {
    return (
      <div className={styles.stored}>
        <span className={styles.storedLabel}>Password</span>
        <span className={styles.storedBox}>
          <KeyRound size={14} aria-hidden />
          <span className={styles.storedText}>Stored, never shown</span>
          <Button size="small" variant="ghost" onClick={() => onChange({ passwordChange: 'set', password: '' })}>
            Change
          </Button>
          <Button size="small" variant="ghost" onClick={() => onChange({ passwordChange: 'remove', password: '' })}>
            Remove
          </Button>
        </span>
        {error !== undefined && <span className={styles.fieldError}>{error}</span>}
      </div>
    );
  }
  const removing = draft.passwordChange === 'remove';
  return (
    <TextField
      label="Password"
      type="password"
      value={draft.password}
      onChange={(password) => onChange({ password, passwordChange: password === '' && !passwordSet ? 'keep' : 'set' })}
      error={error}
      placeholder={removing ? 'Removed with the next save' : ''}
      hint="Kept apart from the workspace files, encrypted"
      suffix={
        passwordSet && (
          <Button size="small" variant="ghost" onClick={() => onChange({ passwordChange: 'keep', password: '' })}>
            Keep the stored one
          </Button>
        )
      }
    />
  );
}
