import { Copy, FoldVertical, ListX, Send, UnfoldVertical } from 'lucide-react';
import { useCallback, useEffect, useRef, type ReactElement, type Ref } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { TopicRow } from '../../../shared/contract/topics.ts';
import { ContextMenu, type MenuEntry } from '../../ui/menu.tsx';
import { VirtualTree } from '../../ui/virtual-tree.tsx';
import type { VirtualListHandle } from '../../ui/virtual-list.tsx';
import { act, copyText, useModel, useNow } from '../common/index.ts';
import { publishStore } from '../publish/index.ts';
import { clearRetained, clearRetainedSubtree, copyLatestValue } from './topic-actions.ts';
import { levelLabel, parentPath } from './topic-paths.ts';
import { TopicRowContent } from './topic-row.tsx';
import type { TopicView } from './topic-view.ts';
import { topicsStore, useTopicsState } from './topics-model.ts';
import styles from './topics.module.css';

const describe = (row: TopicRow): { key: string; level: number; expanded: boolean | undefined; positionInSet: number; setSize: number; label: string } => ({
  key: row.path,
  level: row.depth + 1,
  expanded: row.childCount > 0 ? row.expanded : undefined,
  positionInSet: row.positionInSet,
  setSize: row.setSize,
  label: levelLabel(row.name),
});

export interface TopicTreeProps {
  readonly view: TopicView;
  readonly live: boolean;
  readonly onPublishHere: (topic: string) => void;
  readonly empty: ReactElement;
  readonly treeRef: Ref<VirtualListHandle>;
}

/** The live topics of a source. */
export function TopicTree({ view, live, onPublishHere, empty, treeRef }: TopicTreeProps): ReactElement {
  useModel(view.notifier);
  const now = useNow(1000);
  const source = view.source;
  const selected = useTopicsState((state) => state.selected[source] ?? null);
  const menuRow = useRef<TopicRow | undefined>(undefined);

  const onRangeChange = useCallback((first: number, last: number) => view.show(first, last - first + 1), [view]);
  // Out of sight, only totals are needed.
  useEffect(() => () => view.show(0, 0), [view]);
  const findParent = useCallback(
    async (row: TopicRow) => {
      const parent = parentPath(row.path);
      return parent === null ? null : view.reveal(parent);
    },
    [view],
  );
  const toggle = (row: TopicRow, expanded: boolean): void => void act(view.setExpanded(row.path, expanded), 'The branch could not be opened');

  return (
    <ContextMenu items={() => (menuRow.current ? menuOf(menuRow.current, view, source, live, onPublishHere) : rootMenu(view))}>
      <div
        className={styles.treeFrame}
        onContextMenuCapture={(event) => {
          const index = (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'];
          menuRow.current = index === undefined ? undefined : view.row(Number(index));
        }}
      >
        <VirtualTree
          ref={treeRef}
          label="Topics"
          count={view.totals.totalRows}
          getRow={view.row}
          describe={describe}
          renderRow={(row) => <TopicRowContent row={row} nowMs={now} />}
          selectedKey={selected}
          onSelect={(row) => topicsStore().select(source, row.path)}
          onToggle={toggle}
          findParent={findParent}
          onRowKeyDown={(event, row) => {
            if (event.key === 'Delete' && row.retained && live) void clearRetained(source, row.path);
          }}
          onRangeChange={onRangeChange}
          empty={empty}
        />
      </div>
    </ContextMenu>
  );
}

function rootMenu(view: TopicView): readonly MenuEntry[] {
  return [
    {
      label: 'Expand all',
      icon: <UnfoldVertical size={14} aria-hidden />,
      onSelect: () => void act(view.setExpanded('', true, true), 'The tree could not be opened'),
    },
    {
      label: 'Collapse all',
      icon: <FoldVertical size={14} aria-hidden />,
      onSelect: () => void act(view.setExpanded('', false, true), 'The tree could not be closed'),
    },
  ];
}

function menuOf(row: TopicRow, view: TopicView, source: SourceId, live: boolean, onPublishHere: (topic: string) => void): readonly MenuEntry[] {
  const branch = row.childCount > 0;
  return [
    { label: 'Copy topic', icon: <Copy size={14} aria-hidden />, onSelect: () => void copyText(row.path) },
    { label: 'Copy value', disabled: row.ownMessageCount === 0, onSelect: () => void copyLatestValue(source, row.path) },
    {
      label: 'Publish here',
      icon: <Send size={14} aria-hidden />,
      onSelect: () => {
        publishStore().setTopic(row.path);
        onPublishHere(row.path);
      },
    },
    { kind: 'separator' },
    {
      label: 'Clear retained value …',
      icon: <ListX size={14} aria-hidden />,
      shortcut: 'Delete',
      danger: true,
      disabled: !row.retained || !live,
      onSelect: () => void clearRetained(source, row.path),
    },
    ...(branch
      ? [
          {
            label: 'Clear retained values here and below …',
            danger: true,
            disabled: !live,
            onSelect: () => void clearRetainedSubtree(source, row.path),
          } satisfies MenuEntry,
          { kind: 'separator' } as const,
          {
            label: 'Expand everything below',
            icon: <UnfoldVertical size={14} aria-hidden />,
            onSelect: () => void act(view.setExpanded(row.path, true, true), 'The branch could not be opened'),
          },
          {
            label: 'Collapse everything below',
            icon: <FoldVertical size={14} aria-hidden />,
            onSelect: () => void act(view.setExpanded(row.path, false, true), 'The branch could not be closed'),
          },
        ]
      : []),
    { kind: 'separator' },
    ...rootMenu(view),
  ];
}
