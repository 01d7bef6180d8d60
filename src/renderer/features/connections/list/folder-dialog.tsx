import { useId, useState, type ReactElement } from 'react';
import type { ConnectionProfileView } from '../../../../shared/contract/connections.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { plural } from '../../common/index.ts';
import { change } from '../connection-actions.ts';
import { cleanFolder } from '../draft/save-input.ts';
import { isWithin, parentOf, type Entry } from './connection-rows.ts';

export type FolderTask =
  | { readonly kind: 'move'; readonly profile: ConnectionProfileView }
  /** What is in a folder gets another one in its place; `dissolve`: the one above. */
  | { readonly kind: 'rename' | 'dissolve'; readonly folder: string };

interface FolderDialogProps {
  readonly task: FolderTask;
  readonly entries: readonly Entry[];
  readonly folders: readonly string[];
  readonly onClose: () => void;
}

/** Where connections stand in the list; a folder is there as long as something is in it. */
export function FolderDialog({ task, entries, folders, onClose }: FolderDialogProps): ReactElement {
  const from = task.kind === 'move' ? task.profile.folder : task.folder;
  const [text, setText] = useState(task.kind === 'dissolve' ? parentOf(from) : from);
  const [formId, listId] = [useId(), useId()];
  const to = cleanFolder(text);
  const moved = task.kind === 'move' ? [task.profile] : entries.flatMap(({ profile }) => (profile && isWithin(profile.folder, from) ? [profile] : []));
  const target = (profile: ConnectionProfileView): string =>
    task.kind === 'move' ? to : [to, profile.folder.slice(from.length + 1)].filter((part) => part !== '').join('/');
  const tooLong = moved.some((profile) => target(profile).length > 500);
  const title = task.kind === 'move' ? `Move “${task.profile.name}”` : task.kind === 'rename' ? `Rename or move “${from}”` : `Dissolve “${from}”?`;
  return (
    <Dialog
      open
      size="small"
      title={title}
      description={
        task.kind === 'dissolve'
          ? `${plural(moved.length, 'connection moves', 'connections move')} ${to === '' ? 'to the top of the list' : `to “${to}”`}. None is deleted.`
          : 'With / between folders in folders; empty: at the top of the list.'
      }
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" disabled={tooLong || (to === from && task.kind !== 'dissolve')}>
            {task.kind === 'move' ? 'Move' : task.kind === 'rename' ? 'Rename' : 'Dissolve'}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (tooLong) return;
          onClose();
          void change(moved, (profile) => ({ folder: target(profile) }));
        }}
      >
        {task.kind !== 'dissolve' && (
          <>
            <TextField
              label="Folder"
              value={text}
              onChange={setText}
              list={listId}
              placeholder="none"
              autoFocus
              error={tooLong ? 'Use at most 500 characters for the names of folders.' : undefined}
            />
            <datalist id={listId}>
              {folders.slice(0, 200).map((folder) => (
                <option key={folder}>{folder}</option>
              ))}
            </datalist>
          </>
        )}
      </form>
    </Dialog>
  );
}
