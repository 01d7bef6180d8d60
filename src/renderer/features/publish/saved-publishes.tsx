import { Bookmark, Folder, FolderInput, Save, Trash2 } from 'lucide-react';
import { useId, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { act, useWorkspace } from '../common/index.ts';
import { cleanFolder, savedTree, suggestName, type SavedFolder } from './publish-draft.ts';
import type { PublishStore } from './publish-store.ts';
import styles from './publish.module.css';

/** Messages kept for later: load one into the bar, save the present one. */
export function SavedPublishes({ store }: { readonly store: PublishStore }): ReactElement {
  const workspace = useWorkspace();
  const { draft } = useStore(store.state);
  const [naming, setNaming] = useState<'new' | 'move' | null>(null);
  const saved = workspace?.savedPublishes ?? [];
  const current = saved.find((entry) => entry.id === draft.savedId);
  const remove = async (id: string, name: string): Promise<void> => {
    if (await confirm({ title: `Delete “${name}”?`, text: 'The saved message is deleted from the workspace.', action: 'Delete', danger: true })) {
      await act(store.remove(id), 'The saved message could not be deleted');
    }
  };

  const items = (): readonly MenuEntry[] => [
    ...(saved.length > 0 ? [{ kind: 'heading', label: 'Saved messages' } as const] : []),
    ...entriesOf(savedTree(saved), store),
    ...(saved.length > 0 ? [{ kind: 'separator' } as const] : []),
    ...(current
      ? [
          {
            label: `Save changes to “${current.name}”`,
            icon: <Save size={14} aria-hidden />,
            onSelect: () => void act(store.save(current.name, current.folder, false), 'The message could not be saved'),
          },
          { label: 'Rename or move …', icon: <FolderInput size={14} aria-hidden />, onSelect: () => setNaming('move') },
          { label: `Delete “${current.name}” …`, icon: <Trash2 size={14} aria-hidden />, danger: true, onSelect: () => void remove(current.id, current.name) },
        ]
      : []),
    {
      label: 'Save this message …',
      icon: <Bookmark size={14} aria-hidden />,
      disabled: draft.topic === '' || draft.format === 'file',
      onSelect: () => setNaming('new'),
    },
  ];

  return (
    <>
      <Menu
        align="end"
        side="top"
        trigger={
          <Button size="small" variant="ghost" icon={<Bookmark size={14} aria-hidden />}>
            {current ? current.name : 'Saved'}
          </Button>
        }
        items={items}
      />
      {naming !== null && (
        <NameDialog
          title={naming === 'new' ? 'Save this message' : 'Rename or move the message'}
          suggestion={naming === 'move' && current ? current : { name: suggestName(draft.topic), folder: current?.folder ?? '' }}
          folders={[...new Set(saved.map(({ folder }) => folder))].filter((folder) => folder !== '')}
          onClose={() => setNaming(null)}
          onSave={(name, folder) => act(store.save(name, folder, naming === 'new'), 'The message could not be saved')}
        />
      )}
    </>
  );
}

/** Folders before messages, as in any list of files. */
function entriesOf({ folders, messages }: SavedFolder, store: PublishStore): readonly MenuEntry[] {
  return [
    ...folders.map((inner): MenuEntry => ({ kind: 'submenu', label: inner.name, icon: <Folder size={14} aria-hidden />, items: entriesOf(inner, store) })),
    ...messages.map((entry): MenuEntry => ({ label: entry.name, detail: entry.topic, onSelect: () => store.load(entry) })),
  ];
}

interface NameDialogProps {
  readonly title: string;
  readonly suggestion: { readonly name: string; readonly folder: string };
  /** Those that exist. */
  readonly folders: readonly string[];
  readonly onClose: () => void;
  readonly onSave: (name: string, folder: string) => Promise<boolean>;
}

function NameDialog({ title, suggestion, folders, onClose, onSave }: NameDialogProps): ReactElement {
  const [name, setName] = useState(suggestion.name);
  const [folder, setFolder] = useState(suggestion.folder);
  const [busy, setBusy] = useState(false);
  const formId = useId();
  const submit = async (): Promise<void> => {
    if (name.trim() === '') return;
    setBusy(true);
    const done = await onSave(name, folder);
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="small"
      title={title}
      description="Kept in the workspace with topic, payload, QoS, Retain and options."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" disabled={name.trim() === ''} busy={busy}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className={styles.naming}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField label="Name" value={name} onChange={setName} maxLength={200} autoFocus />
        <TextField
          label="Folder"
          value={folder}
          onChange={setFolder}
          onBlur={() => setFolder(cleanFolder(folder))}
          maxLength={500}
          placeholder="none"
          hint={
            folders.length === 0
              ? 'Folders within folders have / between them'
              : `There are: ${folders.slice(0, 5).join(', ')}${folders.length > 5 ? ' …' : ''}`
          }
        />
      </form>
    </Dialog>
  );
}
