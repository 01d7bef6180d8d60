import { useId, useRef, useState, type ReactElement } from 'react';
import type { LabCertificate } from '../../../../shared/contract/tls-lab.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import styles from '../listeners/listeners.module.css';
import { saveLabFile } from './lab-actions.ts';

/** Forms that have a passphrase. */
export type ProtectedForm = 'p12' | 'zip';

interface ExportDialogProps {
  /** `null`: closed. */
  readonly of: { readonly certificate: LabCertificate; readonly form: ProtectedForm } | null;
  readonly onClose: () => void;
}

/** Asks for the passphrase of a P12 file, alone or in a zip. */
export function ExportDialog({ of, onClose }: ExportDialogProps): ReactElement {
  const form = useId();
  const field = useRef<HTMLInputElement>(null);
  const [passphrase, setPassphrase] = useState('');
  const [tried, setTried] = useState(false);
  const isZip = of?.form === 'zip';
  const problem = !isZip && passphrase === '' ? 'A P12 file needs a passphrase.' : undefined;
  const close = (): void => {
    setPassphrase('');
    setTried(false);
    onClose();
  };
  const submit = async (): Promise<void> => {
    setTried(true);
    if (of === null) return;
    if (problem !== undefined) return field.current?.focus();
    if (await saveLabFile(of.certificate, of.form, passphrase)) close();
  };
  return (
    <Dialog
      open={of !== null}
      onOpenChange={(next) => !next && close()}
      title={isZip ? 'Save all as zip' : 'Save as P12'}
      initialFocus={field}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" form={form} variant="primary">
            Save
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        aria-label="Export"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void submit();
        }}
      >
        <TextField
          label="Passphrase of the P12 file"
          type="password"
          inputRef={field}
          value={passphrase}
          onChange={setPassphrase}
          maxLength={256}
          error={tried ? problem : undefined}
          hint={
            isZip
              ? 'The zip holds CA, certificate and key as PEM, the key without protection. With a passphrase it holds a P12 file as well.'
              : 'Whoever opens the file is asked for it.'
          }
        />
      </form>
    </Dialog>
  );
}
