import { useState, type ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/text-field.tsx';

interface NameDialogProps {
  readonly title: string;
  readonly action: string;
  readonly value: string;
  readonly taken: readonly string[];
  readonly onClose: () => void;
  readonly onName: (name: string) => Promise<void>;
}

/** A name for a profile: its file is called so as well. */
export function NameDialog({ title, action, value, taken, onClose, onName }: NameDialogProps): ReactElement {
  const [name, setName] = useState(value);
  const [busy, setBusy] = useState(false);
  const wanted = name.trim();
  const error =
    wanted === ''
      ? 'A profile needs a name.'
      : taken.some((one) => one.toLowerCase() === wanted.toLowerCase())
        ? 'There is a profile of this name already.'
        : undefined;
  const submit = async (): Promise<void> => {
    if (error !== undefined) return;
    setBusy(true);
    await onName(wanted);
    setBusy(false);
  };
  return (
    <Dialog
      open
      size="small"
      title={title}
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={error !== undefined} onClick={() => void submit()}>
            {action}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField label="Name" value={name} onChange={setName} error={error} maxLength={100} hint={`Kept in brokers/${wanted === '' ? '…' : wanted}.yaml`} />
      </form>
    </Dialog>
  );
}
