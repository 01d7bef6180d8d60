import { useEffect, useState, type ReactElement } from 'react';
import type { ProfileImportFormat } from '../../../../shared/contract/broker-profile.ts';
import type { ProfileImportPreview } from '../../../../shared/contract/broker-profiles.ts';
import { showError } from '../../../app/show-error.ts';
import { engineClient } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { FileButton, plural } from '../../common/index.ts';
import { ImportNotes } from './import-notes.tsx';
import { createProfile } from './profile-actions.ts';
import styles from './profiles.module.css';

const maxBytes = 400_000;
/** The engine is asked when nobody has typed for a moment. */
const waitMs = 250;

const formats: readonly { readonly value: ProfileImportFormat; readonly label: string; readonly detail: string }[] = [
  { value: 'profile', label: 'Workbench', detail: 'a profile from elsewhere' },
  { value: 'distmqtt', label: 'distmqtt', detail: 'the YAML of its broker' },
  { value: 'mosquitto', label: 'mosquitto', detail: 'mosquitto.conf' },
  { value: 'mqttd', label: 'mqttd', detail: 'parameters of MQTTApp' },
];

interface ProfileImportDialogProps {
  readonly taken: readonly string[];
  readonly onClose: () => void;
  readonly onMade: (name: string) => void;
}

/** Paste or choose, look at the profile it would become and at what gets lost, then make it. */
export function ProfileImportDialog({ taken, onClose, onMade }: ProfileImportDialogProps): ReactElement {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState<ProfileImportFormat | null>(null);
  const [preview, setPreview] = useState<ProfileImportPreview | null>(null);
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (text.trim() === '') return setPreview(null);
    let current = true;
    const timer = setTimeout(() => {
      engineClient()
        .call('brokerProfiles.readImport', { text, ...(asked ? { format: asked } : {}) })
        .then((read) => current && setPreview(read))
        .catch((error: unknown) => current && showError(error, 'The text could not be read'));
    }, waitMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, asked]);

  const wanted = name.trim() === '' ? (preview?.format ?? 'imported') : name.trim();
  const isTaken = taken.some((one) => one.toLowerCase() === wanted.toLowerCase());
  const ready = preview !== null && preview.text !== '';
  const submit = async (): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    const made = await createProfile(wanted, { text: preview.text });
    setBusy(false);
    if (made !== null) onMade(made);
  };
  const take = (fileName: string, bytes: Uint8Array): void => {
    setAsked(null);
    setText(new TextDecoder().decode(bytes));
    setName(fileName.replace(/\.[^.]*$/, '').slice(0, 100));
  };
  return (
    <Dialog
      open
      size="large"
      persistent={text !== ''}
      title="Import a profile"
      description="From distmqtt, mosquitto, mqttd or another workbench. Nothing is made before you have seen it."
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={!ready} onClick={() => void submit()}>
            Make the profile
          </Button>
        </>
      }
    >
      <div className={styles.body}>
        <TextArea label="Configuration" mono rows={8} value={text} onChange={setText} placeholder={'listeners:\n  default:\n    bind: 127.0.0.1:1883'} />
        <div className={styles.bar}>
          <FileButton what="a configuration" accept=".yaml,.yml,.conf,.json,.py,.txt" maxBytes={maxBytes} onFile={take} />
          <TextField
            className={styles.grow}
            label="Name"
            value={name}
            onChange={setName}
            placeholder={wanted}
            maxLength={100}
            hint={isTaken ? 'There is one of this name: a number is added.' : undefined}
          />
          <div className={styles.choice}>
            <Select
              label={asked === null && preview?.format ? 'Format (recognised)' : 'Format'}
              value={asked ?? preview?.format ?? null}
              placeholder="Recognised from the text"
              onChange={setAsked}
              options={formats}
            />
          </div>
        </div>
        {preview?.problem && (
          <Banner inset kind="bad" title={preview.problem.message}>
            {preview.problem.advice}
          </Banner>
        )}
        {ready && (
          <>
            <ImportNotes notes={preview.notes} />
            <TextArea
              label={`The profile (${plural(preview.text.split('\n').length - 1, 'line')})`}
              mono
              readOnly
              rows={10}
              value={preview.text}
              onChange={() => undefined}
            />
          </>
        )}
      </div>
    </Dialog>
  );
}
