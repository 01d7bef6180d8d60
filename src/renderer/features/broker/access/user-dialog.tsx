import { useId, useRef, useState, type ReactElement } from 'react';
import type { AccessView } from '../../../../shared/contract/broker-access.ts';
import { engineClient, toCodedError } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { toasts } from '../../../ui/toast.tsx';
import styles from './access.module.css';

interface UserDialogProps {
  /** Of the user who gets a password; empty: a new one, `null`: closed. */
  readonly name: string | null;
  readonly known: AccessView['users'];
  readonly onClose: () => void;
}

/** A user with a password, or a new password for one. */
export function UserDialog({ name, known, onClose }: UserDialogProps): ReactElement {
  // A form of its own for each time it is opened; it stays while the dialog fades.
  const [shown, setShown] = useState<{ readonly name: string; readonly turn: number }>({ name: '', turn: 0 });
  const [isOpen, setIsOpen] = useState(false);
  if ((name !== null) !== isOpen) {
    setIsOpen(name !== null);
    if (name !== null) setShown({ name, turn: shown.turn + 1 });
  }
  const form = useId();
  const first = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const isNew = shown.name === '';
  return (
    <Dialog
      open={name !== null}
      onOpenChange={(open) => !open && onClose()}
      title={isNew ? 'Add a user' : `Set the password of “${shown.name}”`}
      initialFocus={first}
      persistent
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" busy={busy}>
            {isNew ? 'Add user' : 'Set password'}
          </Button>
        </>
      }
    >
      <UserForm key={shown.turn} id={form} first={first} name={shown.name} known={known} onBusy={setBusy} onDone={onClose} />
    </Dialog>
  );
}

interface UserFormProps {
  readonly id: string;
  readonly first: React.RefObject<HTMLInputElement | null>;
  readonly name: string;
  readonly known: AccessView['users'];
  readonly onBusy: (busy: boolean) => void;
  readonly onDone: () => void;
}

function UserForm({ id, first, name, known, onBusy, onDone }: UserFormProps): ReactElement {
  const isNew = name === '';
  const [typed, setTyped] = useState(name);
  const [password, setPassword] = useState('');
  const [scram, setScram] = useState(known.some((user) => user.name === name && user.scram));
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const nameProblem = typed === '' ? 'Enter a user name.' : isNew && known.some((user) => user.name === typed) ? 'There is a user of this name.' : undefined;
  const passwordProblem = password === '' ? 'Enter a password.' : undefined;
  const submit = async (): Promise<void> => {
    setTried(true);
    setProblem(undefined);
    if ((nameProblem ?? passwordProblem) !== undefined) return;
    onBusy(true);
    try {
      await engineClient().call('broker.setUser', { name: typed, password, scram });
      toasts.show({ kind: 'ok', title: isNew ? `User “${typed}” added` : `“${typed}” has a new password` });
      onDone();
    } catch (error) {
      setProblem(toCodedError(error).message);
    }
    onBusy(false);
  };
  const isAboutPassword = problem?.includes('password') === true;
  return (
    <form
      id={id}
      className={styles.form}
      aria-label="User"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {isNew && (
        <TextField
          label="User name"
          inputRef={first}
          value={typed}
          onChange={setTyped}
          error={(tried ? nameProblem : undefined) ?? (isAboutPassword ? undefined : problem)}
          maxLength={1000}
        />
      )}
      <TextField
        label={isNew ? 'Password' : 'New password'}
        type="password"
        {...(isNew ? {} : { inputRef: first })}
        value={password}
        onChange={setPassword}
        error={(tried ? passwordProblem : undefined) ?? (isAboutPassword || !isNew ? problem : undefined)}
        hint="Only a hash of it is kept (scrypt)."
      />
      <Checkbox
        label="May log in with SCRAM-SHA-256 (MQTT 5)"
        hint="The password then never crosses the network. Its keys are kept as well, and cheaper to guess from than the hash."
        checked={scram}
        onChange={setScram}
      />
    </form>
  );
}
