import { Bookmark, Save, Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { act, useWorkspace } from '../common/index.ts';
import { sortSaved, suggestName } from './publish-draft.ts';
import type { PublishStore } from './publish-store.ts';
import styles from './publish.module.css';

/** Messages kept for later: load one into the bar, save the present one. */
export function SavedPublishes({ store }: { readonly store: PublishStore }): ReactElement {
  const workspace = useWorkspace();
  const { draft } = useStore(store.state);
  const [naming, setNaming] = useState(false);
  const saved = sortSaved(workspace?.savedPublishes ?? []);
  const current = saved.find((entry) => entry.id === draft.savedId);
  const remove = async (id: string, name: string): Promise<void> => {
    if (await confirm({ title: `Delete “${name}”?`, text: 'The saved message is deleted from the workspace.', action: 'Delete', danger: true })) {
      await act(store.remove(id), 'The saved message could not be deleted');
    }
  };

  const items = (): readonly MenuEntry[] => [
    ...(saved.length > 0 ? [{ kind: 'heading', label: 'Saved messages' } as const] : []),
    ...saved.map((entry): MenuEntry => ({ label: entry.name, detail: entry.topic, onSelect: () => store.load(entry) })),
    ...(saved.length > 0 ? [{ kind: 'separator' } as const] : []),
    ...(current
      ? [
          {
            label: `Save changes to “${current.name}”`,
            icon: <Save size={14} aria-hidden />,
            onSelect: () => void act(store.save(current.name, false), 'The message could not be saved'),
          },
          { label: `Delete “${current.name}” …`, icon: <Trash2 size={14} aria-hidden />, danger: true, onSelect: () => void remove(current.id, current.name) },
        ]
      : []),
    {
      label: 'Save this message …',
      icon: <Bookmark size={14} aria-hidden />,
      disabled: draft.topic === '' || draft.format === 'file',
      onSelect: () => setNaming(true),
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
      {naming && (
        <NameDialog
          suggestion={suggestName(draft.topic)}
          onClose={() => setNaming(false)}
          onSave={(name) => act(store.save(name, true), 'The message could not be saved')}
        />
      )}
    </>
  );
}

function NameDialog({
  suggestion,
  onClose,
  onSave,
}: {
  readonly suggestion: string;
  readonly onClose: () => void;
  readonly onSave: (name: string) => Promise<boolean>;
}): ReactElement {
  const [name, setName] = useState(suggestion);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    if (name.trim() === '') return;
    setBusy(true);
    const done = await onSave(name);
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="small"
      title="Save this message"
      description="Kept in the workspace with topic, payload, QoS and retain."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={name.trim() === ''} busy={busy} onClick={() => void submit()}>
            Save
          </Button>
        </>
      }
    >
      <form
        className={styles.naming}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField label="Name" value={name} onChange={setName} maxLength={200} autoFocus />
      </form>
    </Dialog>
  );
}
