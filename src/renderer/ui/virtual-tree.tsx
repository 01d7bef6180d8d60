import { ChevronRight } from 'lucide-react';
import { useCallback, useEffect, useImperativeHandle, useRef, type CSSProperties, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { cx } from './cx.ts';
import { loadedParent, loadedSiblings, treeAction, typeAhead, type TreeRowInfo } from './tree-keys.ts';
import { useActiveRow } from './use-active-row.ts';
import { useRowWindow } from './use-row-window.ts';
import { indexes, type RowState, type VirtualListHandle } from './virtual-list.tsx';
import list from './virtual-list.module.css';
import styles from './virtual-tree.module.css';

/** Letters typed within this time belong to one word. */
const typeAheadMs = 700;

export interface VirtualTreeProps<T> {
  readonly label: string;
  /** Rows of the whole flattened view. */
  readonly count: number;
  /** The row at a place of the flattened view; `undefined` while it is on its way. Asked anew in each render. */
  readonly getRow: (index: number) => T | undefined;
  readonly describe: (row: T) => TreeRowInfo;
  readonly renderRow: (row: T, state: RowState) => ReactNode;
  readonly selectedKey: string | null;
  /** A row was clicked, or reached with the keyboard. */
  readonly onSelect: (row: T, index: number) => void;
  readonly onToggle: (row: T, expanded: boolean, index: number) => void;
  /** Enter or a double click; without it, branches open and close. */
  readonly onActivate?: (row: T, index: number) => void;
  /** `*`; without it the loaded siblings are opened one by one. */
  readonly onExpandSiblings?: (row: T, index: number) => void;
  /** Where the parent of a row is when it is not among the loaded rows. */
  readonly findParent?: (row: T, index: number) => Promise<number | null>;
  /** Keys the tree has no use for, Delete for example. */
  readonly onRowKeyDown?: (event: KeyboardEvent, row: T, index: number) => void;
  /** Which rows should be there, both ends included. Give a stable function. */
  readonly onRangeChange?: (first: number, last: number) => void;
  readonly rowHeightPx?: number;
  /** In place of the tree when there are no rows. */
  readonly empty?: ReactNode;
  readonly className?: string;
  readonly ref?: Ref<VirtualListHandle>;
}

/** A tree of any size, given as flattened rows of which only the visible ones need to exist. WAI-ARIA tree pattern. */
export function VirtualTree<T>(props: VirtualTreeProps<T>) {
  const {
    label,
    count,
    getRow,
    describe,
    renderRow,
    selectedKey,
    onSelect,
    onToggle,
    onActivate,
    onExpandSiblings,
    findParent,
    onRowKeyDown,
    onRangeChange,
    rowHeightPx = 24,
  } = props;
  const container = useRef<HTMLDivElement | null>(null);
  const typed = useRef({ text: '', at: 0 });
  /** Reached by keyboard before it was loaded: is selected on arrival. */
  const awaited = useRef<number | undefined>(undefined);
  const window = useRowWindow({ count, rowHeightPx, onRangeChange });
  const infoAt = useCallback(
    (index: number): TreeRowInfo | undefined => {
      const row = index < 0 ? undefined : getRow(index);
      return row === undefined ? undefined : describe(row);
    },
    [getRow, describe],
  );
  const keyAt = useCallback((index: number) => infoAt(index)?.key, [infoAt]);
  const active = useActiveRow({ container, window, count, keyAt });

  useImperativeHandle(
    props.ref,
    () => ({
      scrollTo: window.scrollToRow,
      focus: (index) => active.moveTo(index ?? Math.max(0, active.index)),
    }),
    [window.scrollToRow, active],
  );

  const { attach } = window;
  const setElement = useCallback(
    (element: HTMLDivElement | null) => {
      container.current = element;
      attach(element);
    },
    [attach],
  );

  const selectAt = (index: number): void => {
    const row = getRow(index);
    awaited.current = row === undefined ? index : undefined;
    if (row !== undefined) onSelect(row, index);
  };
  useEffect(() => {
    if (awaited.current === active.index && getRow(active.index) !== undefined) selectAt(active.index);
  });

  if (count === 0) return <>{props.empty ?? null}</>;

  const moveTo = (index: number): void => {
    active.moveTo(index);
    if (index !== active.index || infoAt(index)?.key !== selectedKey) selectAt(index);
  };
  const goToParent = async (row: T): Promise<void> => {
    const parent = loadedParent(active.index, infoAt) ?? (await findParent?.(row, active.index));
    if (parent !== undefined && parent !== null) moveTo(parent);
  };
  const expandSiblings = (row: T): void => {
    if (onExpandSiblings) return onExpandSiblings(row, active.index);
    // From the end, because opening a row moves those below it.
    for (const index of loadedSiblings(active.index, infoAt).toReversed()) {
      const sibling = getRow(index);
      if (sibling !== undefined && infoAt(index)?.expanded === false) onToggle(sibling, true, index);
    }
  };
  const type = (event: KeyboardEvent): boolean => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return false;
    const now = event.timeStamp;
    const text = (now - typed.current.at < typeAheadMs ? typed.current.text : '') + event.key;
    if (text.trim() === '') return false;
    typed.current = { text, at: now };
    const found = typeAhead(text, active.index, window, infoAt);
    if (found !== undefined) moveTo(found);
    return true;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target as HTMLElement).dataset['index']) return;
    const row = getRow(active.index);
    // A space within a word that is being typed is part of it.
    const typing = event.key === ' ' && typed.current.text !== '' && event.timeStamp - typed.current.at < typeAheadMs;
    const action = typing ? undefined : treeAction(event, { active: active.index, count, pageRows: window.pageRows, row: infoAt });
    if (!action) {
      if (type(event)) event.preventDefault();
      else if (row !== undefined) onRowKeyDown?.(event, row, active.index);
      return;
    }
    event.preventDefault();
    if (action.kind === 'move') return moveTo(action.to);
    if (row === undefined) return;
    const { expanded } = describe(row);
    switch (action.kind) {
      case 'toggle':
        return onToggle(row, action.expanded, active.index);
      case 'parent':
        return void goToParent(row);
      case 'expand-siblings':
        return expandSiblings(row);
      case 'select':
        return onSelect(row, active.index);
      default:
        if (onActivate) onActivate(row, active.index);
        else if (expanded !== undefined) onToggle(row, !expanded, active.index);
        else onSelect(row, active.index);
    }
  };

  return (
    <div ref={setElement} role="tree" aria-label={label} className={cx(list['scroller'], props.className)} onKeyDown={onKeyDown}>
      <div role="presentation" className={list['rows']} style={{ height: window.heightPx }}>
        {indexes(window.first, window.end, active.index).map((index) => {
          const row = getRow(index);
          const outside = index < window.first || index >= window.end;
          const place = {
            tabIndex: index === active.index ? 0 : -1,
            'data-index': index,
            style: { height: rowHeightPx, transform: `translateY(${outside ? -10_000 : window.topPx(index)}px)` } satisfies CSSProperties,
            onFocus: () => active.focused(index),
          };
          if (row === undefined) {
            return (
              <div key={`row ${index}`} role="treeitem" aria-selected={false} aria-busy className={list['row']} {...place}>
                <span className={list['loading']}>Loading …</span>
              </div>
            );
          }
          const info = describe(row);
          const selected = info.key === selectedKey;
          return (
            <div
              key={info.key}
              role="treeitem"
              aria-level={info.level}
              aria-posinset={info.positionInSet}
              aria-setsize={info.setSize}
              aria-expanded={info.expanded}
              aria-selected={selected}
              data-selected={selected || undefined}
              className={cx(list['row'], styles['row'])}
              {...place}
              onClick={() => onSelect(row, index)}
              onDoubleClick={() => {
                if (onActivate) onActivate(row, index);
                else if (info.expanded !== undefined) onToggle(row, !info.expanded, index);
              }}
            >
              <span aria-hidden className={styles['indent']} style={{ width: (info.level - 1) * 14 }} />
              <span
                aria-hidden
                className={styles['twisty']}
                data-expanded={info.expanded}
                onClick={(event) => {
                  if (info.expanded === undefined) return;
                  event.stopPropagation();
                  onToggle(row, !info.expanded, index);
                }}
                onDoubleClick={(event) => event.stopPropagation()}
              >
                {info.expanded === undefined ? null : <ChevronRight size={14} />}
              </span>
              {renderRow(row, { index, selected })}
            </div>
          );
        })}
      </div>
    </div>
  );
}
