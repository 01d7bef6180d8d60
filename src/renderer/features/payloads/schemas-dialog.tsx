import { FileUp, Plus, Trash2 } from 'lucide-react';
import { useRef, useState, type ReactElement } from 'react';
import type { SchemaFileView } from '../../../shared/contract/payload.ts';
import { CodeView } from '../../editor/code-view.tsx';
import { engineClient, toCodedError } from '../../data/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { act, plural } from '../common/index.ts';
import { usePayloads } from './payloads-model.ts';
import styles from './payloads.module.css';

const start = 'syntax = "proto3";\n\nmessage Reading {\n  string name = 1;\n  double value = 2;\n}\n';
const maxSchemaBytes = 1_048_576;

interface Draft {
  readonly name: string;
  readonly text: string;
  /** As it is in the file. */
  readonly saved: string;
  readonly isNew: boolean;
}

/** The `.proto` and `.avsc` files of the workspace: added, looked at, changed, removed. */
export function SchemasDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const view = usePayloads();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const files = view?.schemas ?? [];
  const current = files.find(({ name }) => name === draft?.name);

  /** What was written and not saved is not left without a question. */
  const change = async (next: () => void): Promise<void> => {
    const isSafe =
      draft === null ||
      draft.text === draft.saved ||
      (await confirm({ title: `Discard the changes to “${draft.name}”?`, text: 'They are not saved.', action: 'Discard', danger: true }));
    if (isSafe) next();
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setRefused(null);
    try {
      await work();
    } catch (error) {
      const { message, advice } = toCodedError(error);
      setRefused(`${message}${advice === undefined ? '' : ` ${advice}`}`);
    } finally {
      setBusy(false);
    }
  };
  const open = (name: string): Promise<void> =>
    attempt(async () => {
      const { text } = await engineClient().call('payload.readSchema', { name });
      setDraft({ name, text, saved: text, isNew: false });
    });
  const mayReplace = async (name: string): Promise<boolean> =>
    !files.some((file) => file.name === name) ||
    (await confirm({ title: `Replace “${name}”?`, text: 'There is a schema of this name in the workspace.', action: 'Replace', danger: true }));
  const save = ({ name, text }: Draft): Promise<void> =>
    attempt(async () => {
      await engineClient().call('payload.saveSchema', { name, text });
      setDraft({ name, text, saved: text, isNew: false });
    });
  const saveDraft = async (present: Draft): Promise<void> => {
    if (!present.isNew || (await mayReplace(present.name))) await save(present);
  };
  const add = async (chosen: readonly File[]): Promise<void> => {
    for (const file of chosen) {
      if (file.size > maxSchemaBytes) setRefused(`${file.name} has more than 1 MiB.`);
      else if (await mayReplace(file.name)) await save({ name: file.name, text: await file.text(), saved: '', isNew: true });
    }
  };
  const remove = async (name: string): Promise<void> => {
    const title = `Delete “${name}”?`;
    if (
      !(await confirm({
        title,
        text: 'The file is removed from the workspace; rules that use it can read nothing until it is there again.',
        action: 'Delete',
        danger: true,
      }))
    )
      return;
    if (draft?.name === name) setDraft(null);
    await act(engineClient().call('payload.removeSchema', { name }), 'The schema could not be removed');
  };

  return (
    <Dialog
      open
      persistent={draft !== null}
      onOpenChange={(next) => !next && void change(onClose)}
      size="large"
      title="Schemas"
      description="Files for Protocol Buffers (.proto) and Avro (.avsc), in the folder “schemas” of the workspace. Imports are looked for there."
      footer={
        <>
          <Button onClick={() => void change(onClose)}>Close</Button>
          {draft && (
            <Button variant="primary" busy={busy} disabled={draft.name === ''} onClick={() => void saveDraft(draft)}>
              Save
            </Button>
          )}
        </>
      }
    >
      <div className={styles.form}>
        {(refused ?? view?.schemasProblem ?? null) !== null && <Banner inset kind="bad" title={refused ?? view?.schemasProblem} />}
        <input
          ref={input}
          type="file"
          accept=".proto,.avsc"
          multiple
          hidden
          onChange={(event) => {
            const chosen = Array.from(event.target.files ?? []);
            // The same file may be chosen again.
            event.target.value = '';
            void add(chosen);
          }}
        />
        <div className={styles.item}>
          <Button icon={<FileUp size={14} aria-hidden />} onClick={() => input.current?.click()}>
            Add files …
          </Button>
          <Button
            icon={<Plus size={14} aria-hidden />}
            onClick={() => void change(() => setDraft({ name: 'new.proto', text: start, saved: start, isNew: true }))}
          >
            Write one
          </Button>
        </div>
        {files.length === 0 && draft === null && <EmptyState compact title="No schemas yet" text="Add the .proto or .avsc files of your devices." />}
        {files.length > 0 && (
          <ul className={styles.list} aria-label="Schema files">
            {files.map((file) => (
              <li key={file.name} className={styles.item}>
                <Button size="small" variant="ghost" onClick={() => void change(() => void open(file.name))}>
                  {file.name}
                </Button>
                <FileState file={file} />
                <IconButton size="small" label={`Delete ${file.name} …`} icon={<Trash2 size={14} aria-hidden />} onClick={() => void remove(file.name)} />
              </li>
            ))}
          </ul>
        )}
        {draft && (
          <>
            {draft.isNew && (
              <TextField
                label="File name"
                value={draft.name}
                onChange={(name) => setDraft({ ...draft, name })}
                mono
                hint="With .proto or .avsc at the end; / between folders."
              />
            )}
            {!draft.isNew && current?.problem && (
              <Banner inset kind="bad" title={current.problem.message}>
                {current.problem.line === null
                  ? current.problem.file
                  : `${current.problem.file}, line ${current.problem.line}, column ${current.problem.column ?? 1}`}
              </Banner>
            )}
            <div className={styles.editor}>
              <CodeView
                label={`Text of ${draft.name}`}
                value={draft.text}
                language={draft.name.endsWith('.avsc') ? 'json' : 'plaintext'}
                onChange={(text) => setDraft({ ...draft, text })}
              />
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}

function FileState({ file: { messages, problem } }: { readonly file: SchemaFileView }): ReactElement {
  if (!problem) {
    return (
      <span className={`${styles.grow} ${styles.quiet}`} title={messages.join(', ')}>
        {messages.length <= 3 ? messages.join(', ') : plural(messages.length, 'message')}
      </span>
    );
  }
  const place = problem.line === null ? '' : ` (${problem.file}, line ${problem.line}, column ${problem.column ?? 1})`;
  return (
    <>
      <Badge tone="bad">problem</Badge>
      <span className={`${styles.grow} ${styles.quiet}`} title={`${problem.message}${place}`}>
        {problem.message}
        {place}
      </span>
    </>
  );
}
