import { useCallback, useImperativeHandle, useRef, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { cx } from './cx.ts';
import { listAction } from './list-keys.ts';
import { useActiveRow } from './use-active-row.ts';
import { useRowWindow, type ScrollAlign } from './use-row-window.ts';
import styles from './virtual-list.module.css';

export interface RowState {
  readonly index: number;
  readonly selected: boolean;
}

export interface VirtualListHandle {
  scrollTo(index: number, align?: ScrollAlign): void;
  /** Focuses the active row, or the given one. */
  focus(index?: number): void;
}

export interface VirtualListProps<T> {
  readonly label: string;
  readonly count: number;
  /** The row at a place; `undefined` while it is on its way. Asked anew in each render. */
  readonly getRow: (index: number) => T | undefined;
  readonly renderRow: (row: T, state: RowState) => ReactNode;
  readonly keyOf: (row: T) => string | number;
  /** `list`: rows to read, the selected one is the current one. `listbox`: options to choose from. `rowgroup`: the rows of a grid, see `DataGrid`. */
  readonly role?: 'list' | 'listbox' | 'rowgroup';
  readonly rowHeightPx?: number;
  readonly isSelected?: (row: T) => boolean;
  /** A row was clicked, or reached with the arrow keys. */
  readonly onSelect?: (row: T, index: number) => void;
  /** Enter or a double click. */
  readonly onActivate?: (row: T, index: number) => void;
  /** Keys the list has no use for. */
  readonly onRowKeyDown?: (event: KeyboardEvent, row: T, index: number) => void;
  /** Which rows should be there, both ends included. Give a stable function. */
  readonly onRangeChange?: (first: number, last: number) => void;
  readonly onAtTop?: (atTop: boolean) => void;
  /** A scroll has reached the last row, or left it. */
  readonly onAtEnd?: (atEnd: boolean) => void;
  /** In place of the list when there are no rows. */
  readonly empty?: ReactNode;
  readonly className?: string;
  readonly ref?: Ref<VirtualListHandle>;
}

const rowRoles = { list: 'listitem', listbox: 'option', rowgroup: 'row' } as const;

/** Any number of rows of equal height, of which only the visible ones exist. */
export function VirtualList<T>(props: VirtualListProps<T>) {
  const {
    label,
    count,
    getRow,
    renderRow,
    keyOf,
    role = 'list',
    rowHeightPx = 24,
    isSelected,
    onSelect,
    onActivate,
    onRowKeyDown,
    onRangeChange,
    onAtTop,
    onAtEnd,
    empty,
    className,
    ref,
  } = props;
  const container = useRef<HTMLDivElement | null>(null);
  const window = useRowWindow({ count, rowHeightPx, onRangeChange, onAtTop, onAtEnd });
  const keyAt = useCallback(
    (index: number) => {
      const row = getRow(index);
      return row === undefined ? undefined : keyOf(row);
    },
    [getRow, keyOf],
  );
  const active = useActiveRow({ container, window, count, keyAt });

  useImperativeHandle(
    ref,
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

  if (count === 0) return <>{empty ?? null}</>;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget && !(event.target as HTMLElement).dataset['index']) return;
    const row = getRow(active.index);
    const action = listAction(event, { active: active.index, count, pageRows: window.pageRows });
    if (!action) {
      if (row !== undefined) onRowKeyDown?.(event, row, active.index);
      return;
    }
    event.preventDefault();
    if (action.kind === 'move') {
      active.moveTo(action.to);
      const target = getRow(action.to);
      if (target !== undefined && action.to !== active.index) onSelect?.(target, action.to);
    } else if (row !== undefined) {
      if (action.kind === 'activate') (onActivate ?? onSelect)?.(row, active.index);
      else onSelect?.(row, active.index);
    }
  };

  const places = indexes(window.first, window.end, active.index);
  const rowRole = rowRoles[role];
  return (
    <div ref={setElement} role={role} aria-label={label} className={cx(styles['scroller'], className)} onKeyDown={onKeyDown}>
      <div role="presentation" className={styles['rows']} style={{ height: window.heightPx }}>
        {places.map((index) => {
          const row = getRow(index);
          const selected = row !== undefined && isSelected?.(row) === true;
          const outside = index < window.first || index >= window.end;
          return (
            <div
              key={row === undefined ? `row ${index}` : keyOf(row)}
              role={rowRole}
              {...(role === 'rowgroup' ? { 'aria-rowindex': index + 2 } : { 'aria-posinset': index + 1, 'aria-setsize': count })}
              {...(role === 'list' ? { 'aria-current': selected || undefined } : { 'aria-selected': selected })}
              aria-busy={row === undefined || undefined}
              tabIndex={index === active.index ? 0 : -1}
              data-index={index}
              data-selected={selected || undefined}
              className={styles['row']}
              style={{ height: rowHeightPx, transform: `translateY(${outside ? -10_000 : window.topPx(index)}px)` }}
              onFocus={() => active.focused(index)}
              onClick={() => row !== undefined && onSelect?.(row, index)}
              onDoubleClick={() => row !== undefined && onActivate?.(row, index)}
            >
              {row === undefined ? (
                <span {...(role === 'rowgroup' ? { role: 'gridcell' } : {})} className={styles['loading']}>
                  Loading …
                </span>
              ) : (
                renderRow(row, { index, selected })
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The visible rows and the active one, which keeps the focus while it is scrolled out of sight. */
export function indexes(first: number, end: number, active: number): readonly number[] {
  const list = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
  if (active < 0 || (active >= first && active < end)) return list;
  return active < first ? [active, ...list] : [...list, active];
}
