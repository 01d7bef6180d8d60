import { useId, useState, type ReactElement } from 'react';
import type { CollectionEntry, CollectionsView } from '../../../shared/contract/collections.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { moveEntry } from './collections-actions.ts';
import { containers, isWithin } from './collection-tree.ts';
import { PlaceSelect } from './place-select.tsx';

interface MoveDialogProps {
  readonly entry: CollectionEntry;
  readonly view: CollectionsView;
  readonly onClose: () => void;
}

/** Into which collection or folder. */
export function MoveDialog({ entry, view, onClose }: MoveDialogProps): ReactElement {
  const places = containers(view.entries).filter(({ id }) => !isWithin(id, entry.id));
  const [target, setTarget] = useState(entry.parentId ?? places[0]?.id ?? '');
  const formId = useId();
  return (
    <Dialog
      open
      size="small"
      title={`Move “${entry.name}”`}
      description="Its file moves with it, and changes that are not saved stay."
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" disabled={target === '' || target === entry.parentId}>
            Move
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          void moveEntry(entry, target, null);
        }}
      >
        <PlaceSelect label="Into" entries={view.entries} places={places} value={target} onChange={setTarget} />
      </form>
    </Dialog>
  );
}
