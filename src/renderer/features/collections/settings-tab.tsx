import { Plus, Save, X } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { CollectionEntry, CollectionFile, CollectionsView } from '../../../shared/contract/collections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { engineClient, toCodedError } from '../../data/index.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useCommands } from '../../app/commands.ts';
import { keyed, type Keyed } from './request-draft.ts';
import styles from './settings.module.css';
import request from './request.module.css';

interface Draft {
  readonly description: string;
  readonly variables: readonly Keyed<{ readonly name: string; readonly value: string }>[];
}

const draftOf = ({ settings }: CollectionFile): Draft => ({
  description: settings?.description ?? '',
  variables: (settings?.variables ?? []).map(keyed),
});

const plain = ({ description, variables }: Draft): string => JSON.stringify([description, variables.map(({ name, value }) => [name, value])]);

/** What all requests of a collection share: its description, and variables that are no secrets. */
export function SettingsTab({ entry, view }: { readonly entry: CollectionEntry; readonly view: CollectionsView }): ReactElement {
  const [file, setFile] = useState<CollectionFile | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [problem, setProblem] = useState<CodedError | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let wanted = true;
    engineClient()
      .call('collections.readSettings', { id: entry.id })
      .then(
        (read) => {
          if (wanted) setFile((known) => (known?.revision === read.revision ? known : read));
        },
        (error: unknown) => wanted && setProblem(toCodedError(error)),
      );
    return () => {
      wanted = false;
    };
  }, [entry.id, view]);
  const base = file && draftOf(file);
  const shown = draft ?? base;
  const dirty = draft !== null && base !== null && plain(draft) !== plain(base);
  const save = async (): Promise<void> => {
    if (!file || !draft || busy) return;
    setBusy(true);
    try {
      const variables = draft.variables.map(({ name, value }) => ({ name, value }));
      const settings = { name: entry.name, description: draft.description, variables };
      const { revision } = await engineClient().call('collections.saveSettings', { id: entry.id, settings, revision: file.revision });
      setFile({ ...file, revision, settings: { ...settings, order: file.settings?.order ?? [] } });
      setDraft(null);
      setProblem(null);
    } catch (error) {
      setProblem(toCodedError(error));
    } finally {
      setBusy(false);
    }
  };
  useCommands([
    { id: 'collections.save', title: 'Save the collection', group: 'Collections', place: 'collections', shortcut: 'Mod+S', when: () => dirty, run: save },
  ]);
  if (!file || !shown) {
    return (
      <div className={request.center}>
        <Spinner label="Reading the collection" />
      </div>
    );
  }
  if (file.problem) {
    return (
      <Banner kind="bad" title={file.problem.message}>
        {file.problem.advice}
      </Banner>
    );
  }
  const edit = (change: Partial<Draft>): void => setDraft({ ...shown, ...change });
  const editVariable = (key: number, change: { readonly name?: string; readonly value?: string }): void =>
    edit({ variables: shown.variables.map((one) => (one.key === key ? { ...one, ...change } : one)) });
  return (
    <div className={request.scroll}>
      <div className={styles.settings}>
        {problem && (
          <Banner
            inset
            kind="bad"
            title={problem.message}
            actions={
              problem.code === 'invalid-state' && (
                <Button
                  size="small"
                  onClick={() => {
                    setDraft(null);
                    setProblem(null);
                  }}
                >
                  Take what is in the file
                </Button>
              )
            }
          >
            {problem.advice}
          </Banner>
        )}
        <TextArea
          label="What this collection is for"
          rows={4}
          value={shown.description}
          onChange={(description) => edit({ description: description.slice(0, 20_000) })}
        />
        <div className={styles.variables} role="group" aria-label="Variables of the collection">
          <h3 className={styles.title}>Variables</h3>
          <p className={styles.hint}>They win over those of the environment, and stand in the file for all to read: secrets belong into an environment.</p>
          {shown.variables.map((one) => (
            <div key={one.key} className={styles.variable}>
              <TextField
                className={styles.name}
                label="Name"
                labelHidden
                mono
                size="small"
                maxLength={200}
                placeholder="device"
                value={one.name}
                onChange={(name) => editVariable(one.key, { name })}
              />
              <TextField
                className={styles.value}
                label={`Value of ${one.name === '' ? 'the variable' : one.name}`}
                labelHidden
                mono
                size="small"
                maxLength={65_536}
                placeholder="edge/device_123"
                value={one.value}
                onChange={(value) => editVariable(one.key, { value })}
              />
              <IconButton
                size="small"
                label={`Remove ${one.name === '' ? 'the variable' : one.name}`}
                icon={<X size={14} aria-hidden />}
                onClick={() => edit({ variables: shown.variables.filter(({ key }) => key !== one.key) })}
              />
            </div>
          ))}
          <div>
            <Button
              size="small"
              icon={<Plus size={14} aria-hidden />}
              disabled={shown.variables.length >= 1000}
              onClick={() => edit({ variables: [...shown.variables, keyed({ name: '', value: '' })] })}
            >
              Add a variable
            </Button>
          </div>
        </div>
        <div className={styles.footer}>
          <Button variant="primary" icon={<Save size={14} aria-hidden />} busy={busy} disabled={!dirty} onClick={() => void save()}>
            Save
          </Button>
          {dirty && <Button onClick={() => setDraft(null)}>Discard the changes</Button>}
        </div>
      </div>
    </div>
  );
}
