import { Copy, CopyPlus, FilePlus2, FolderInput, FolderPlus, ListFilter, MoveDown, MoveUp, PencilLine, Play, Trash2 } from 'lucide-react';
import { useMemo, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { runCommand, useCommands } from '../../app/commands.ts';
import type { CollectionEntry, CollectionsView } from '../../../shared/contract/collections.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ContextMenu, type MenuEntry } from '../../ui/menu.tsx';
import type { TreeRowInfo } from '../../ui/tree-keys.ts';
import type { VirtualListHandle } from '../../ui/virtual-list.tsx';
import { VirtualTree } from '../../ui/virtual-tree.tsx';
import { copyText, useModel, useWorkspace } from '../common/index.ts';
import { duplicateEntry, moveEntry, newFolder, newRequest, placeOf, removeEntry } from './collections-actions.ts';
import { collectionsStore, useCollectionsState, useUnsaved } from './collections-model.ts';
import { siblings, treeRows, type TreeRow } from './collection-tree.ts';
import { TreeLine } from './tree-line.tsx';
import styles from './collections.module.css';

interface CollectionTreeProps {
  readonly view: CollectionsView;
  readonly selected: CollectionEntry | undefined;
  readonly onMove: (entry: CollectionEntry) => void;
}

const describe = ({ entry, expanded, positionInSet, setSize }: TreeRow): TreeRowInfo => ({
  key: entry.id,
  level: entry.depth + 1,
  expanded,
  positionInSet,
  setSize,
  label: entry.name,
});

/** Collections, their folders and requests. F2 renames, Delete deletes, Alt with the arrows moves, Insert adds a request. */
export function CollectionTree({ view, selected, onMove }: CollectionTreeProps): ReactElement {
  const { entries } = view;
  const { collapsed, filter, renamingId } = useCollectionsState((state) => state);
  const unsaved = useUnsaved();
  const folder = useWorkspace()?.folder ?? '';
  const rows = useMemo(() => treeRows(entries, collapsed, filter), [entries, collapsed, filter]);
  const menuRow = useRef<TreeRow | undefined>(undefined);
  const tree = useRef<VirtualListHandle>(null);
  const store = collectionsStore();
  useModel(store.lastResults.notifier);
  const onSelected =
    (run: (entry: CollectionEntry) => void): (() => void) =>
    () => {
      if (selected) run(selected);
    };
  const has = (): boolean => selected !== undefined;
  useCommands([
    {
      id: 'collections.rename',
      title: 'Rename',
      group: 'Collections',
      place: 'collections',
      shortcut: 'F2',
      when: has,
      run: onSelected(({ id }) => store.rename(id)),
    },
    {
      id: 'collections.duplicate',
      title: 'Duplicate',
      group: 'Collections',
      place: 'collections',
      when: has,
      run: onSelected((entry) => void duplicateEntry(entry)),
    },
    { id: 'collections.move', title: 'Move to …', group: 'Collections', place: 'collections', when: () => selected?.parentId != null, run: onSelected(onMove) },
    { id: 'collections.remove', title: 'Delete …', group: 'Collections', place: 'collections', when: has, run: onSelected((entry) => void removeEntry(entry)) },
    {
      id: 'collections.copyPath',
      title: 'Copy the path of the file',
      group: 'Collections',
      place: 'collections',
      when: has,
      run: onSelected(({ id }) => void copyText(pathOf(folder, id))),
    },
  ]);

  const step = (entry: CollectionEntry, by: 1 | -1): void => {
    if (entry.parentId === null) return;
    const all = siblings(entries, entry);
    const at = all.findIndex(({ id }) => id === entry.id);
    const target = at + by;
    if (target < 0 || target >= all.length) return;
    void moveEntry(entry, entry.parentId, (by < 0 ? all[target] : all[target + 1])?.id ?? null);
  };
  const menuOf = (entry: CollectionEntry): readonly MenuEntry[] => {
    const container = entry.kind !== 'request';
    const first: readonly MenuEntry[] = container
      ? [
          {
            label: `Run the ${entry.kind}`,
            icon: <Play size={14} aria-hidden />,
            shortcut: 'Mod+Enter',
            disabled: entry.requests === 0,
            onSelect: () => runSelected(entry),
          },
          { kind: 'separator' },
          { label: 'New request', icon: <FilePlus2 size={14} aria-hidden />, shortcut: 'Insert', onSelect: () => void newRequest(entry.id) },
          { label: 'New request over UDP', icon: <FilePlus2 size={14} aria-hidden />, onSelect: () => void newRequest(entry.id, 'coap') },
          { label: 'New folder', icon: <FolderPlus size={14} aria-hidden />, onSelect: () => void newFolder(entry.id) },
        ]
      : [
          {
            label: 'Run the request',
            icon: <Play size={14} aria-hidden />,
            shortcut: 'Mod+Enter',
            disabled: entry.problem !== null,
            onSelect: () => runSelected(entry),
          },
        ];
    const moves: readonly MenuEntry[] =
      entry.parentId === null
        ? []
        : [
            { label: 'Move to …', icon: <FolderInput size={14} aria-hidden />, onSelect: () => onMove(entry) },
            { label: 'Move up', icon: <MoveUp size={14} aria-hidden />, shortcut: 'Alt+ArrowUp', onSelect: () => step(entry, -1) },
            { label: 'Move down', icon: <MoveDown size={14} aria-hidden />, shortcut: 'Alt+ArrowDown', onSelect: () => step(entry, 1) },
          ];
    return [
      ...first,
      { kind: 'separator' },
      { label: 'Rename', icon: <PencilLine size={14} aria-hidden />, shortcut: 'F2', disabled: entry.problem !== null, onSelect: () => store.rename(entry.id) },
      { label: 'Duplicate', icon: <CopyPlus size={14} aria-hidden />, onSelect: () => void duplicateEntry(entry) },
      ...moves,
      { kind: 'separator' },
      { label: 'Copy the path of the file', icon: <Copy size={14} aria-hidden />, onSelect: () => void copyText(pathOf(folder, entry.id)) },
      { label: 'Delete …', icon: <Trash2 size={14} aria-hidden />, shortcut: 'Delete', danger: true, onSelect: () => void removeEntry(entry) },
    ];
  };
  const onRowKeyDown = (event: KeyboardEvent, { entry }: TreeRow): void => {
    if (event.key === 'Delete') void removeEntry(entry);
    else if (event.key === 'Insert') void newRequest(placeOf(entry) ?? entry.id);
    else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) step(entry, event.key === 'ArrowUp' ? -1 : 1);
    else return;
    event.preventDefault();
  };
  return (
    <ContextMenu items={() => (menuRow.current ? menuOf(menuRow.current.entry) : [])}>
      <div
        className={styles.treeFrame}
        onContextMenuCapture={(event) => {
          const index = (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'];
          menuRow.current = index === undefined ? undefined : rows[Number(index)];
          if (menuRow.current) store.select(menuRow.current.entry.id);
          else event.stopPropagation();
        }}
      >
        <VirtualTree
          ref={tree}
          label="Collections"
          count={rows.length}
          getRow={(index) => rows[index]}
          describe={describe}
          renderRow={({ entry }) => (
            <TreeLine
              entry={entry}
              renaming={entry.id === renamingId}
              unsaved={unsaved.has(entry.id)}
              last={store.lastResults.get(entry.id)?.result.state}
              onRenamed={() => {
                store.rename(null);
                tree.current?.focus();
              }}
            />
          )}
          selectedKey={selected?.id ?? null}
          onSelect={({ entry }) => store.select(entry.id)}
          onToggle={({ entry }, expanded) => store.setExpanded(entry.id, expanded)}
          onRowKeyDown={onRowKeyDown}
          empty={
            <EmptyState
              icon={<ListFilter size={24} aria-hidden />}
              title="Nothing fits the filter"
              text="Type a part of a name, a topic or a method, in any case."
              actions={<Button onClick={() => store.setFilter('')}>Clear the filter</Button>}
            />
          }
        />
      </div>
    </ContextMenu>
  );
}

const pathOf = (folder: string, id: string): string => `${folder}/collections/${id}`;

/** What is selected offers how it is run. */
function runSelected(entry: CollectionEntry): void {
  collectionsStore().select(entry.id);
  // Once the place shows it.
  setTimeout(() => runCommand('collections.run'));
}
