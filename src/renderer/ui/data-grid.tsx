import { ArrowDown, ArrowUp } from 'lucide-react';
import { useCallback, useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react';
import { cx } from './cx.ts';
import { VirtualList } from './virtual-list.tsx';
import styles from './data-grid.module.css';

export interface DataColumn<T, K extends string> {
  readonly id: string;
  readonly title: string;
  readonly minPx: number;
  /** Its share of the room that is left. Absent: it takes none. */
  readonly grow?: number;
  readonly render: (row: T) => ReactNode;
  /** Numbers stand at the end. */
  readonly align?: 'end';
  /** Where there is no room for all, the columns with the highest rank go first. Absent: it always stays. */
  readonly rank?: number;
  /** What the rows are sorted by when the heading is chosen. */
  readonly sort?: K;
}

export interface DataOrder<K extends string> {
  readonly by: K;
  readonly descending: boolean;
}

export interface DataGridProps<T, K extends string> {
  readonly label: string;
  readonly columns: readonly DataColumn<T, K>[];
  /** `null`: as the rows come. */
  readonly order?: DataOrder<K> | null;
  /** A heading was chosen: first ascending, then descending, then as they come. */
  readonly onOrder?: (order: DataOrder<K> | null) => void;
  readonly count: number;
  readonly getRow: (index: number) => T | undefined;
  readonly keyOf: (row: T) => string | number;
  readonly isSelected?: (row: T) => boolean;
  readonly onSelect?: (row: T, index: number) => void;
  readonly onRowKeyDown?: (event: KeyboardEvent, row: T, index: number) => void;
  readonly onRangeChange?: (first: number, last: number) => void;
  /** In place of the grid when there are no rows. */
  readonly empty?: ReactNode;
  readonly className?: string | undefined;
}

const rowHeightPx = 28;

/** A table of any number of rows, of which only the visible ones exist. Columns that have no room are left out. */
export function DataGrid<T, K extends string>(props: DataGridProps<T, K>) {
  const { label, columns, order = null, onOrder, count, empty, className, ...rows } = props;
  const root = useRef<HTMLDivElement>(null);
  const [{ widthPx, barPx }, setSize] = useState({ widthPx: Infinity, barPx: 0 });
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const measure = (): void => {
      const rowsPx = element.querySelector<HTMLElement>('[role="rowgroup"]');
      // The heading ends where the rows do, beside their scroll bar.
      setSize({ widthPx: element.clientWidth, barPx: rowsPx === null ? 0 : rowsPx.offsetWidth - rowsPx.clientWidth });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [count]);
  const shown = useMemo(() => columnsThatFit(columns, widthPx - barPx), [columns, widthPx, barPx]);
  const renderRow = useCallback(
    (row: T) =>
      shown.map(({ id, align, render }) => (
        <div key={id} role="gridcell" className={cx(styles['cell'], align && styles['end'])}>
          {render(row)}
        </div>
      )),
    [shown],
  );
  if (count === 0) return <>{empty ?? null}</>;
  return (
    <div
      ref={root}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      className={cx(styles['grid'], className)}
      style={{ '--tracks': shown.map(trackOf).join(' '), '--bar': `${barPx}px` } as CSSProperties}
    >
      <div role="row" aria-rowindex={1} className={styles['head']}>
        {shown.map((column) => (
          <Heading key={column.id} column={column} order={order} onOrder={onOrder} />
        ))}
      </div>
      <VirtualList {...rows} label={label} role="rowgroup" count={count} rowHeightPx={rowHeightPx} renderRow={renderRow} className={styles['rows'] ?? ''} />
    </div>
  );
}

type Sized = Pick<DataColumn<never, never>, 'minPx' | 'grow' | 'rank'>;

const trackOf = ({ minPx, grow }: Sized): string => (grow === undefined ? `${minPx}px` : `minmax(${minPx}px, ${grow}fr)`);

const gapPx = 12;

/** In their order, without those of the highest rank that the width has no room for. */
export function columnsThatFit<C extends Sized>(columns: readonly C[], widthPx: number): readonly C[] {
  const byRank = columns.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  let leftPx = widthPx - gapPx;
  const fitting = new Set<C>();
  for (const column of byRank) {
    leftPx -= column.minPx + gapPx;
    if (leftPx < 0 && column.rank !== undefined) break;
    fitting.add(column);
  }
  return columns.filter((column) => fitting.has(column));
}

interface HeadingProps<T, K extends string> {
  readonly column: DataColumn<T, K>;
  readonly order: DataOrder<K> | null;
  readonly onOrder: ((order: DataOrder<K> | null) => void) | undefined;
}

function Heading<T, K extends string>({ column: { title, align, sort }, order, onOrder }: HeadingProps<T, K>) {
  const direction = sort !== undefined && order?.by === sort ? (order.descending ? 'descending' : 'ascending') : undefined;
  const className = cx(styles['heading'], align && styles['end']);
  if (sort === undefined || onOrder === undefined)
    return (
      <div role="columnheader" className={className}>
        {title}
      </div>
    );
  return (
    <div role="columnheader" aria-sort={direction ?? 'none'} className={className}>
      <button
        type="button"
        className={styles['sort']}
        onClick={() => onOrder(direction === 'descending' ? null : { by: sort, descending: direction === 'ascending' })}
      >
        {title}
        {direction === 'ascending' && <ArrowUp size={12} aria-hidden />}
        {direction === 'descending' && <ArrowDown size={12} aria-hidden />}
      </button>
    </div>
  );
}
