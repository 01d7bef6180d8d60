import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { cx } from '../../../ui/cx.ts';
import { useRowWindow } from '../../../ui/use-row-window.ts';
import styles from './packet-hex.module.css';

const rowHeightPx = 20;
/** Below this width, rows have 8 bytes. */
const narrowPx = 480;

type Range = readonly [start: number, end: number];

interface PacketHexProps {
  readonly bytes: Uint8Array;
  /** The bytes of the selected field. */
  readonly selected: Range | null;
  /** Those of the field under the pointer. */
  readonly hovered: Range | null;
  /** Bytes that break a rule. */
  readonly wrong: readonly Range[];
  /** Bytes that are not shown. */
  readonly hidden: readonly Range[];
  readonly onHover: (offset: number | null) => void;
  readonly onSelect: (offset: number) => void;
}

const inside = (range: Range | null, offset: number): boolean => range !== null && offset >= range[0] && offset < range[1];

/** The bytes of a packet; those of the field that is meant are marked, and a byte leads to its field. */
export function PacketHex({ bytes, selected, hovered, wrong, hidden, onHover, onSelect }: PacketHexProps): ReactElement {
  const [perRow, setPerRow] = useState(16);
  const window = useRowWindow({ count: Math.ceil(bytes.length / perRow), rowHeightPx });
  const { attach, scrollToRow } = window;
  const setElement = useCallback(
    (element: HTMLDivElement | null) => {
      attach(element);
      if (!element) return undefined;
      const observer = new ResizeObserver(() => setPerRow(element.clientWidth < narrowPx ? 8 : 16));
      observer.observe(element);
      return () => {
        observer.disconnect();
        attach(null);
      };
    },
    [attach],
  );
  const first = selected?.[0];
  useEffect(() => {
    if (first !== undefined) scrollToRow(Math.floor(first / perRow));
  }, [first, perRow, scrollToRow]);
  const at = useRef(0);
  at.current = first ?? 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow, ArrowDown: perRow, Home: -bytes.length, End: bytes.length }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    // From the end of what is marked on, so that each key leads to another field.
    const from = step > 0 && selected ? Math.max(at.current, selected[1] - 1) : at.current;
    onSelect(Math.min(bytes.length - 1, Math.max(0, from + step)));
  };
  const rows = [];
  for (let index = window.first; index < window.end; index += 1) {
    const start = index * perRow;
    const cells: ReactElement[] = [];
    const chars: ReactElement[] = [];
    for (let offset = start; offset < Math.min(bytes.length, start + perRow); offset += 1) {
      const byte = bytes[offset] as number;
      const isHidden = hidden.some((range) => inside(range, offset));
      const marks = {
        'data-offset': offset,
        'data-selected': inside(selected, offset) || undefined,
        'data-hovered': inside(hovered, offset) || undefined,
        'data-wrong': wrong.some((range) => inside(range, offset)) || undefined,
      };
      cells.push(
        <span key={offset} className={cx(styles.byte, offset % 8 === 7 && styles.gap)} {...marks}>
          {isHidden ? '••' : byte.toString(16).padStart(2, '0')}
        </span>,
      );
      chars.push(
        <span key={offset} className={styles.char} {...marks}>
          {isHidden ? '•' : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'}
        </span>,
      );
    }
    rows.push(
      <div key={index} className={styles.row} style={{ transform: `translateY(${window.topPx(index)}px)` }}>
        <span className={styles.offset}>{start.toString(16).padStart(6, '0')}</span>
        <span className={styles.bytes} style={{ minWidth: `${perRow * 3 + perRow / 8}ch` }}>
          {cells}
        </span>
        <span className={styles.chars}>{chars}</span>
      </div>,
    );
  }
  const offsetOf = (target: EventTarget): number | null => {
    const { offset } = (target as HTMLElement).dataset;
    return offset === undefined ? null : Number(offset);
  };
  return (
    <div
      ref={setElement}
      role="group"
      aria-label={`Bytes of the packet${selected ? `, ${selected[0]} to ${selected[1] - 1} marked` : ''}`}
      tabIndex={0}
      className={styles.view}
      data-selectable
      onKeyDown={onKeyDown}
      onPointerMove={(event) => onHover(offsetOf(event.target))}
      onPointerLeave={() => onHover(null)}
      onClick={(event) => {
        const offset = offsetOf(event.target);
        if (offset !== null) onSelect(offset);
      }}
    >
      <div className={styles.rows} style={{ height: window.heightPx }}>
        {rows}
      </div>
    </div>
  );
}
