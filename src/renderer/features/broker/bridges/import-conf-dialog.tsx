import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { ConfImport } from '../../../../shared/contract/topic-bridges.ts';
import { showError } from '../../../app/show-error.ts';
import { engineClient } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { plural, useFirst } from '../../common/index.ts';
import { importBridge } from './bridges-actions.ts';
import { selectBridge } from './bridges-model.ts';
import { remoteWords } from './bridges-words.ts';
import styles from './bridges.module.css';

const maxCharacters = 1_000_000;
/** The engine is asked when nobody has typed for a moment. */
const waitMs = 250;

/** Paste or choose a mosquitto.conf, look at what it would create and at what gets lost, then import. */
export function ImportConfDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [text, setText] = useState('');
  const [found, setFound] = useState<ConfImport | null>(null);
  const [busy, setBusy] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const tooLong = text.length > maxCharacters;
  useEffect(() => {
    if (text.trim() === '' || tooLong) return setFound(null);
    let current = true;
    const timer = setTimeout(() => {
      engineClient()
        .call('topicBridges.readConf', { text })
        .then((read) => current && setFound(read))
        .catch((error: unknown) => current && showError(error, 'The text could not be read'));
    }, waitMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, tooLong]);
  const bridges = found?.bridges ?? [];
  const submit = async (): Promise<void> => {
    setBusy(true);
    let done = true;
    for (const { bridge, password } of bridges) done = (await importBridge(bridge, password)) && done;
    setBusy(false);
    const [first] = bridges;
    if (first) selectBridge(first.bridge.id);
    if (done) onClose();
  };
  return (
    <Dialog
      open
      size="large"
      persistent={text !== ''}
      title="Import bridges of mosquitto"
      description="Sections that begin with “connection” in a mosquitto.conf. Nothing is created before you have seen it."
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={bridges.length === 0} onClick={() => void submit()}>
            {bridges.length === 0 ? 'Import' : `Import ${plural(bridges.length, 'bridge')}`}
          </Button>
        </>
      }
    >
      <div className={styles.import}>
        <TextArea
          label="mosquitto.conf"
          mono
          rows={8}
          value={text}
          onChange={setText}
          error={tooLong ? `It has more than ${maxCharacters.toLocaleString('en-GB')} characters: paste only the bridges.` : undefined}
          placeholder={'connection cloud\naddress broker.example:8883\ntopic sensors/# out 1 lab/ site/'}
        />
        <input
          ref={file}
          type="file"
          hidden
          aria-label="File of mosquitto"
          onChange={(event) => {
            event.target.files?.[0]?.text().then(setText, (error: unknown) => showError(error, 'The file could not be read'));
            // The same file can be chosen again.
            event.target.value = '';
          }}
        />
        <div>
          <Button size="small" onClick={() => file.current?.click()}>
            Choose a file
          </Button>
        </div>
        {found && <Preview found={found} />}
      </div>
    </Dialog>
  );
}

function Preview({ found: { bridges, notes } }: { readonly found: ConfImport }): ReactElement {
  const first = useFirst(bridges, 20);
  return (
    <section className={styles.preview} aria-label="What is imported">
      {bridges.length === 0 && <Banner inset kind="warn" title="No bridge was found." />}
      {first.shown.map(({ bridge, password, notes: lost }) => (
        <article key={bridge.id} className={styles.previewBridge}>
          <strong>{bridge.name}</strong>
          <span className={styles.quiet}>
            {remoteWords(bridge.remote, undefined)}, MQTT {bridge.version}, {plural(bridge.rules.length, 'rule')}
            {password === null ? '' : ', with its password'}
          </span>
          <NoteList notes={lost} />
        </article>
      ))}
      {first.more}
      <NoteList notes={notes} />
    </section>
  );
}

function NoteList({ notes }: { readonly notes: ConfImport['notes'] }): ReactElement | null {
  const first = useFirst(notes, 50);
  if (notes.length === 0) return null;
  return (
    <>
      <ul className={styles.notes}>
        {first.shown.map(({ line, message }) => (
          <li key={`${line} ${message}`}>
            Line {line}: {message}
          </li>
        ))}
      </ul>
      {first.more}
    </>
  );
}
