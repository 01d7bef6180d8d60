import { Copy, FileDown, FileUp, FolderInput, FolderMinus, FolderPen, ListFilter, MoreVertical, Plug, Plus, Star, StarOff, Trash2, Unplug } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { ContextMenu, Menu, type MenuEntry } from '../../../ui/menu.tsx';
import type { TreeRowInfo } from '../../../ui/tree-keys.ts';
import { VirtualTree } from '../../../ui/virtual-tree.tsx';
import { copyText, plural, TreeFilter, treePlace, useNow } from '../../common/index.ts';
import { change, connect, disconnect, discard, duplicate, remove } from '../connection-actions.ts';
import { connectionsStore, useConnectionsState } from '../connections-model.ts';
import { openTransfer } from '../transfer/transfer-model.ts';
import { ConnectionLine, FolderLine } from './connection-line.tsx';
import { folderPaths, listRows, type Entry, type ListRow } from './connection-rows.ts';
import { FolderDialog, type FolderTask } from './folder-dialog.tsx';
import styles from './list.module.css';

const rowHeightPx = 44;

const describe = (row: ListRow): TreeRowInfo => ({
  key: row.key,
  level: row.level,
  expanded: row.kind === 'folder' ? row.expanded : undefined,
  positionInSet: row.positionInSet,
  setSize: row.setSize,
  label: row.kind === 'folder' ? row.name : row.entry.name,
});

/** The connections in their folders. Delete deletes, Insert adds, Enter connects. */
export function ConnectionList({ entries, selected }: { readonly entries: readonly Entry[]; readonly selected: Entry }): ReactElement {
  const store = connectionsStore();
  const filter = useConnectionsState((state) => state.filter);
  const collapsed = useConnectionsState((state) => state.collapsed);
  const [focused, setFocused] = useState<string | null>(null);
  const [task, setTask] = useState<FolderTask | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const menuRow = useRef<ListRow | undefined>(undefined);
  const counting = entries.some(({ status }) => status?.phase === 'waiting');
  const now = useNow(counting ? 500 : null);
  const rows = useMemo(() => listRows(entries, collapsed, filter), [entries, collapsed, filter]);
  const folders = useMemo(() => folderPaths(entries), [entries]);
  useCommands([
    {
      id: 'connections.filter',
      title: 'Search the connections',
      group: 'Connection',
      place: 'connections',
      shortcut: 'Mod+F',
      run: () => search.current?.select(),
    },
  ]);
  const onRowKeyDown = (event: KeyboardEvent, row: ListRow): void => {
    if (event.key === 'Insert') store.add(row.kind === 'folder' ? row.path : row.entry.folder);
    else if (event.key === 'Delete' && row.kind === 'connection') void removeEntry(row.entry);
    else if (event.key === 'F2' && row.kind === 'folder') setTask({ kind: 'rename', folder: row.path });
    else return;
    event.preventDefault();
  };
  return (
    <nav className={styles.list} aria-label="Connections">
      <div className={styles.header}>
        <h2 className={styles.title}>Connections</h2>
        <IconButton label="New connection" icon={<Plus size={16} aria-hidden />} onClick={() => store.add()} />
        <ListMenu entries={entries} folders={folders} />
      </div>
      <div className={treePlace.toolbar}>
        <div className={treePlace.toolbarLine}>
          <TreeFilter
            label="Search connections"
            placeholder="Search: name, address, folder"
            value={filter}
            onChange={(text) => store.setFilter(text)}
            inputRef={search}
          />
        </div>
        <Totals entries={entries} />
      </div>
      <ContextMenu items={() => (menuRow.current ? menuOf(menuRow.current, entries, setTask) : [])}>
        <div
          className={styles.frame}
          onContextMenuCapture={(event) => {
            const index = (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'];
            menuRow.current = index === undefined ? undefined : rows[Number(index)];
            if (!menuRow.current) event.stopPropagation();
          }}
        >
          <VirtualTree
            label="Connections"
            count={rows.length}
            rowHeightPx={rowHeightPx}
            getRow={(index) => rows[index]}
            describe={describe}
            renderRow={(row) =>
              row.kind === 'folder' ? <FolderLine row={row} /> : <ConnectionLine entry={row.entry} selected={row.entry.id === selected.id} now={now} />
            }
            selectedKey={focused ?? selected.id}
            onSelect={(row) => {
              setFocused(row.kind === 'folder' ? row.key : null);
              if (row.kind === 'connection') store.select(row.entry.id);
            }}
            onToggle={(row, expanded) => row.kind === 'folder' && store.setExpanded(row.path, expanded)}
            onActivate={(row) => {
              if (row.kind === 'folder') store.setExpanded(row.path, !row.expanded);
              else if (row.entry.profile && (row.entry.status?.phase ?? 'disconnected') === 'disconnected') void connect(row.entry.id);
            }}
            onRowKeyDown={onRowKeyDown}
            empty={
              <EmptyState
                compact
                icon={<ListFilter size={24} aria-hidden />}
                title="No connection fits"
                text="Type a part of a name, an address, a folder or a user name."
                actions={<Button onClick={() => store.setFilter('')}>Clear the search</Button>}
              />
            }
          />
        </div>
      </ContextMenu>
      {task && <FolderDialog task={task} entries={entries} folders={folders} onClose={() => setTask(null)} />}
    </nav>
  );
}

function Totals({ entries }: { readonly entries: readonly Entry[] }): ReactElement {
  const up = entries.filter(({ status }) => status?.phase === 'connected').length;
  const unsaved = entries.filter((entry) => entry.unsaved).length;
  return (
    <div className={treePlace.totals}>
      <span>{plural(entries.length, 'connection')}</span>
      <span>{up} connected</span>
      {unsaved > 0 && <span className={styles.unsaved}>{unsaved} unsaved</span>}
    </div>
  );
}

/** What is done with the whole list. */
function ListMenu({ entries, folders }: { readonly entries: readonly Entry[]; readonly folders: readonly string[] }): ReactElement {
  const store = connectionsStore();
  const live = entries.filter(({ status }) => (status?.phase ?? 'disconnected') !== 'disconnected');
  return (
    <Menu
      align="end"
      trigger={<IconButton label="Of the list" icon={<MoreVertical size={16} aria-hidden />} />}
      items={[
        { label: 'Import …', icon: <FileDown size={14} aria-hidden />, onSelect: () => openTransfer({ kind: 'import' }) },
        exportEntry('Export …', entries),
        { kind: 'separator' },
        {
          label: 'Disconnect all',
          icon: <Unplug size={14} aria-hidden />,
          detail: String(live.length),
          disabled: live.length === 0,
          onSelect: () => live.forEach(({ id }) => disconnect(id)),
        },
        { kind: 'separator' },
        { label: 'Open all folders', disabled: folders.length === 0, onSelect: () => folders.forEach((path) => store.setExpanded(path, true)) },
        { label: 'Close all folders', disabled: folders.length === 0, onSelect: () => folders.forEach((path) => store.setExpanded(path, false)) },
      ]}
    />
  );
}

function exportEntry(label: string, entries: readonly Entry[]): MenuEntry {
  const ids = entries.flatMap(({ profile }) => profile?.id ?? []);
  return { label, icon: <FileUp size={14} aria-hidden />, disabled: ids.length === 0, onSelect: () => openTransfer({ kind: 'export', ids }) };
}

const removeEntry = (entry: Entry): Promise<void> => (entry.profile ? remove(entry.profile) : discard(entry.id, entry.name, true));

function menuOf(row: ListRow, entries: readonly Entry[], onTask: (task: FolderTask) => void): readonly MenuEntry[] {
  const store = connectionsStore();
  if (row.kind === 'folder') {
    const saved = row.entries.filter(({ profile }) => profile);
    const idle = saved.filter(({ status }) => (status?.phase ?? 'disconnected') === 'disconnected');
    const live = saved.filter(({ status }) => (status?.phase ?? 'disconnected') !== 'disconnected');
    return [
      { label: 'New connection here', icon: <Plus size={14} aria-hidden />, shortcut: 'Insert', onSelect: () => void store.add(row.path) },
      {
        label: 'Connect all',
        icon: <Plug size={14} aria-hidden />,
        detail: String(idle.length),
        disabled: idle.length === 0,
        onSelect: () => idle.forEach(({ id }) => void connect(id)),
      },
      {
        label: 'Disconnect all',
        icon: <Unplug size={14} aria-hidden />,
        detail: String(live.length),
        disabled: live.length === 0,
        onSelect: () => live.forEach(({ id }) => disconnect(id)),
      },
      exportEntry('Export …', row.entries),
      { kind: 'separator' },
      { label: 'Rename or move …', icon: <FolderPen size={14} aria-hidden />, shortcut: 'F2', onSelect: () => onTask({ kind: 'rename', folder: row.path }) },
      { label: 'Dissolve …', icon: <FolderMinus size={14} aria-hidden />, onSelect: () => onTask({ kind: 'dissolve', folder: row.path }) },
    ];
  }
  const { entry } = row;
  const { profile, id } = entry;
  if (!profile) return [{ label: 'Discard …', icon: <Trash2 size={14} aria-hidden />, danger: true, onSelect: () => void removeEntry(entry) }];
  const idle = (entry.status?.phase ?? 'disconnected') === 'disconnected';
  return [
    idle
      ? { label: 'Connect', icon: <Plug size={14} aria-hidden />, onSelect: () => void connect(id) }
      : { label: 'Disconnect', icon: <Unplug size={14} aria-hidden />, onSelect: () => disconnect(id) },
    { kind: 'separator' },
    {
      label: profile.favourite ? 'No favourite any more' : 'Favourite',
      icon: profile.favourite ? <StarOff size={14} aria-hidden /> : <Star size={14} aria-hidden />,
      onSelect: () => void change([profile], () => ({ favourite: !profile.favourite })),
    },
    { label: 'Move to a folder …', icon: <FolderInput size={14} aria-hidden />, onSelect: () => onTask({ kind: 'move', profile }) },
    {
      label: 'Duplicate',
      icon: <Copy size={14} aria-hidden />,
      onSelect: () =>
        duplicate(
          profile,
          entries.flatMap((other) => other.profile ?? []),
        ),
    },
    { label: 'Copy the address', onSelect: () => void copyText(profile.uri) },
    exportEntry('Export …', [entry]),
    { kind: 'separator' },
    { label: 'Delete …', icon: <Trash2 size={14} aria-hidden />, shortcut: 'Delete', danger: true, onSelect: () => void remove(profile) },
  ];
}
