import { useEffect, useId, useState, type ReactElement } from 'react';
import type { ImportPreview, TransferFormat } from '../../../../shared/contract/connection-transfer.ts';
import { showError } from '../../../app/show-error.ts';
import { engineClient } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { FileButton, plural, useFirst } from '../../common/index.ts';
import { cleanFolder } from '../draft/save-input.ts';
import { LossList } from './loss-list.tsx';
import { importChosen } from './transfer-actions.ts';
import { describeConnectionToImport, formatDetails, formatNames } from './transfer-words.ts';
import styles from './transfer.module.css';

const maxBytes = 16_000_000;
/** A file as long as this is not put into the text area. */
const shownCharacters = 100_000;
/** The engine is asked when nobody has typed for a moment. */
const waitMs = 250;
const formats: readonly TransferFormat[] = ['uri', 'mqttx', 'mqtt-explorer', 'distmqtt', 'mqttxx'];

interface Props {
  readonly folders: readonly string[];
  readonly onClose: () => void;
}

/** Paste or choose, look at what it would create and at what gets lost, then import. */
export function ImportDialog({ folders, onClose }: Props): ReactElement {
  const [text, setText] = useState('');
  const [fileName, setFileName] = useState<string | null>(null);
  const [asked, setAsked] = useState<TransferFormat | null>(null);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const [folder, setFolder] = useState('');
  const [busy, setBusy] = useState(false);
  const listId = useId();
  const to = cleanFolder(folder);
  const tooLong = to.length > 250;

  useEffect(() => {
    if (text.trim() === '') return setPreview(null);
    let current = true;
    const timer = setTimeout(() => {
      engineClient()
        .call('connections.readImport', { text, ...(asked ? { format: asked } : {}) })
        .then((read) => {
          if (!current) return;
          setPreview(read);
          setLeft(new Set());
        })
        .catch((error: unknown) => current && showError(error, 'The text could not be read'));
    }, waitMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, asked]);

  const found = preview?.connections ?? [];
  const chosen = found.flatMap((_, at) => (left.has(at) ? [] : [at]));
  const rows = useFirst(found, 100);
  const take = (name: string, bytes: Uint8Array): void => {
    setFileName(name);
    setAsked(null);
    setText(new TextDecoder().decode(bytes));
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    const done = await importChosen({ text, ...(asked ? { format: asked } : {}), chosen, folder: to });
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog
      open
      size="large"
      persistent={text !== ''}
      title="Import connections"
      description="From addresses, MQTTX, MQTT Explorer, distmqtt or mqttxx. Nothing is created before you have seen it."
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={chosen.length === 0 || tooLong} onClick={() => void submit()}>
            {chosen.length === 0 ? 'Import' : `Import ${plural(chosen.length, 'connection')}`}
          </Button>
        </>
      }
    >
      <div className={styles['body']}>
        {text.length > shownCharacters ? (
          <Banner
            inset
            title={`${fileName ?? 'The text'} is too long to be shown`}
            actions={
              <Button size="small" onClick={() => setText('')}>
                Clear
              </Button>
            }
          >
            It is read all the same.
          </Banner>
        ) : (
          <TextArea
            label="Addresses or configuration"
            mono
            rows={6}
            value={text}
            onChange={(next) => {
              setText(next);
              setFileName(null);
            }}
            placeholder={'mqtt://user@broker.example:1883\nor the content of an exported file'}
          />
        )}
        <div className={styles['bar']}>
          <FileButton what="connections" accept=".json,.yaml,.yml,.txt,.conf" maxBytes={maxBytes} onFile={take} />
          <span className={styles['grow']}>{fileName ?? ''}</span>
          <div className={styles['choice']}>
            <Select
              label={asked === null && preview?.format ? 'Format (recognised)' : 'Format'}
              value={asked ?? preview?.format ?? null}
              placeholder="Recognised from the text"
              onChange={setAsked}
              options={formats.map((value) => ({ value, label: formatNames[value], detail: formatDetails[value] }))}
            />
          </div>
        </div>
        {preview?.problem && (
          <Banner inset kind="bad" title={preview.problem.message}>
            {preview.problem.advice}
          </Banner>
        )}
        {preview && preview.losses.length > 0 && <LossList losses={preview.losses} title={`${plural(preview.losses.length, 'note', 'notes')} on the file`} />}
        {found.length > 0 && (
          <>
            <Checkbox
              label={`${chosen.length} of ${plural(found.length, 'connection')}`}
              checked={chosen.length === found.length}
              mixed={chosen.length > 0 && chosen.length < found.length}
              onChange={(all) => setLeft(new Set(all ? [] : found.keys()))}
            />
            <ul className={styles['list']} aria-label="Connections to import">
              {rows.shown.map((one, at) => (
                // The place in the file is what a connection is known by.
                // oxlint-disable-next-line react/no-array-index-key
                <li key={at} className={styles['item']}>
                  <Checkbox
                    label={one.name}
                    hint={describeConnectionToImport(one)}
                    checked={!left.has(at)}
                    onChange={(on) => setLeft(new Set(on ? [...left].filter((other) => other !== at) : [...left, at]))}
                  />
                  <LossList losses={one.losses} />
                </li>
              ))}
              {rows.more && <li className={styles['item']}>{rows.more}</li>}
            </ul>
            <TextField
              label="Folder"
              value={folder}
              onChange={setFolder}
              list={listId}
              placeholder="none"
              hint="With / between folders in folders. Folders of the file stay inside it."
              error={tooLong ? 'Use at most 250 characters for the names of folders.' : undefined}
            />
            <datalist id={listId}>
              {folders.slice(0, 200).map((one) => (
                <option key={one}>{one}</option>
              ))}
            </datalist>
          </>
        )}
      </div>
    </Dialog>
  );
}
