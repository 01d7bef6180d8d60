import { FilePlus2, FolderPlus, LibraryBig, ListFilter, Plus, RotateCw } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';
import { useCommands } from '../../app/commands.ts';
import type { CollectionEntry, CollectionsView } from '../../../shared/contract/collections.ts';
import { engineClient } from '../../data/index.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { act, plural, treePlace } from '../common/index.ts';
import { newCollection, newFolder, newRequest, placeOf } from './collections-actions.ts';
import { collectionsStore, useCollectionsState } from './collections-model.ts';

interface TreeToolbarProps {
  readonly view: CollectionsView;
  readonly selected: CollectionEntry | undefined;
  readonly filterRef: RefObject<HTMLInputElement | null>;
}

const refreshFiles = (): Promise<boolean> => act(engineClient().call('collections.refresh', undefined), 'The folder could not be read');

/** Filter, what can be added, and totals above the tree. */
export function TreeToolbar({ view, selected, filterRef }: TreeToolbarProps): ReactElement {
  const filter = useCollectionsState((state) => state.filter);
  const place = placeOf(selected) ?? view.entries[0]?.id ?? null;
  const addRequest = (): void => void (place !== null && newRequest(place));
  const addCoapRequest = (): void => void (place !== null && newRequest(place, 'coap'));
  const addFolder = (): void => void (place !== null && newFolder(place));
  useCommands([
    { id: 'collections.newRequest', title: 'New request', group: 'Collections', place: 'collections', when: () => place !== null, run: addRequest },
    {
      id: 'collections.newCoapRequest',
      title: 'New request over UDP (CoAP)',
      group: 'Collections',
      place: 'collections',
      when: () => place !== null,
      run: addCoapRequest,
    },
    { id: 'collections.newFolder', title: 'New folder', group: 'Collections', place: 'collections', when: () => place !== null, run: addFolder },
    {
      id: 'collections.refresh',
      title: 'Read the folder of the collections again',
      group: 'Collections',
      place: 'collections',
      run: () => void refreshFiles(),
    },
  ]);
  const collections = view.entries.filter(({ kind }) => kind === 'collection');
  const requests = collections.reduce((sum, entry) => sum + entry.requests, 0);
  return (
    <div className={treePlace.toolbar} role="group" aria-label="Requests">
      <div className={treePlace.toolbarLine}>
        <TextField
          className={treePlace.filter}
          label="Filter collections and requests"
          labelHidden
          type="search"
          size="small"
          icon={<ListFilter size={14} aria-hidden />}
          placeholder="Filter: name, topic, address or method"
          clearable
          maxLength={1000}
          value={filter}
          onChange={(text) => collectionsStore().setFilter(text)}
          inputRef={filterRef}
        />
        <Menu
          align="end"
          trigger={<IconButton label="Add …" size="small" icon={<Plus size={15} aria-hidden />} />}
          items={[
            { label: 'New request', icon: <FilePlus2 size={14} aria-hidden />, disabled: place === null, onSelect: addRequest },
            { label: 'New request over UDP', icon: <FilePlus2 size={14} aria-hidden />, detail: 'CoAP', disabled: place === null, onSelect: addCoapRequest },
            { label: 'New folder', icon: <FolderPlus size={14} aria-hidden />, disabled: place === null, onSelect: addFolder },
            { label: 'New collection', icon: <LibraryBig size={14} aria-hidden />, onSelect: () => void newCollection() },
            { kind: 'separator' },
            { label: 'Read the folder again', icon: <RotateCw size={14} aria-hidden />, onSelect: () => void refreshFiles() },
          ]}
        />
      </div>
      <p className={treePlace.totals}>
        {plural(collections.length, 'collection')}, {plural(requests, 'request')}
      </p>
    </div>
  );
}
