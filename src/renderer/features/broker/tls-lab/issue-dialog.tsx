import { useId, useRef, useState, type ReactElement } from 'react';
import type { LabFault, LabRole } from '../../../../shared/contract/tls-lab.ts';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { act } from '../../common/index.ts';
import styles from '../listeners/listeners.module.css';
import { faultWords, roleWords } from './lab-words.ts';

const roleOptions = (['device', 'server'] as const).map((value) => ({ value, label: roleWords[value] }));

const allFaults = Object.keys(faultWords) as readonly LabFault[];

/** Orders a certificate from the lab. */
export function IssueDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactElement {
  const form = useId();
  const nameField = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  const [role, setRole] = useState<LabRole>('device');
  const [fault, setFault] = useState<LabFault | 'none'>('none');
  const [names, setNames] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const problem = name.trim() === '' ? 'Enter a name, such as device-1.' : undefined;
  const faults = allFaults.filter((one) => role === 'server' || one !== 'wrong-name');
  const faultOptions = [{ value: 'none' as const, label: 'Nothing: a good one' }, ...faults.map((value) => ({ value, label: `Wrong: ${faultWords[value]}` }))];

  const chooseRole = (next: LabRole): void => {
    setRole(next);
    if (next === 'device' && fault === 'wrong-name') setFault('none');
  };
  const submit = async (): Promise<void> => {
    setTried(true);
    if (problem !== undefined) return nameField.current?.focus();
    setBusy(true);
    const order = { name: name.trim(), role, fault: fault === 'none' ? null : fault, names: role === 'server' ? names.split(/[\s,]+/).filter(Boolean) : [] };
    if (await act(engineClient().call('tlsLab.issue', order), 'The certificate could not be issued')) {
      setName('');
      setFault('none');
      setNames('');
      setTried(false);
      onClose();
    }
    setBusy(false);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Issue a certificate"
      initialFocus={nameField}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" busy={busy}>
            Issue
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        aria-label="Certificate"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void submit();
        }}
      >
        <div className={styles.pair}>
          <TextField
            label="Name"
            inputRef={nameField}
            value={name}
            onChange={setName}
            maxLength={64}
            error={tried ? problem : undefined}
            placeholder="device-1"
            hint="The common name (CN) of its subject."
          />
          <Select label="For" value={role} onChange={chooseRole} options={roleOptions} />
        </div>
        <Select
          label="Wrong on purpose"
          value={fault}
          onChange={setFault}
          options={faultOptions}
          hint="What the other side has to refuse; the list says with which words."
        />
        {role === 'server' && fault !== 'wrong-name' && (
          <TextField
            label="Further host names and addresses"
            value={names}
            onChange={setNames}
            mono
            placeholder="broker.lab, 10.0.0.7"
            hint="Beside all names and addresses of this machine."
          />
        )}
      </form>
    </Dialog>
  );
}
