import { useCallback, useState } from 'react';
import { cx } from './cx.ts';
import { hexRow } from './hex-rows.ts';
import { useRowWindow } from './use-row-window.ts';
import styles from './hex-view.module.css';

const rowHeightPx = 20;
/** Below this width half as many bytes go on a line. */
const narrowPx = 560;

export interface HexViewProps {
  readonly label: string;
  readonly totalBytes: number;
  /** The bytes from an offset on, at most `length`; `undefined` while they are on their way. */
  readonly getBytes: (offset: number, length: number) => Uint8Array | undefined;
  /** Which bytes should be there, both ends included. Give a stable function. */
  readonly onRangeChange?: (firstByte: number, lastByte: number) => void;
  readonly className?: string;
}

/** Offsets, bytes and printable characters, of any amount of data. */
export function HexView({ label, totalBytes, getBytes, onRangeChange, className }: HexViewProps) {
  const [bytesPerRow, setBytesPerRow] = useState(16);
  const rangeChanged = useCallback(
    (first: number, last: number) => onRangeChange?.(first * bytesPerRow, Math.min(totalBytes, (last + 1) * bytesPerRow) - 1),
    [onRangeChange, bytesPerRow, totalBytes],
  );
  const window = useRowWindow({ count: Math.ceil(totalBytes / bytesPerRow), rowHeightPx, onRangeChange: rangeChanged });
  const { attach } = window;
  const setElement = useCallback(
    (element: HTMLDivElement | null) => {
      attach(element);
      if (!element) return undefined;
      const observer = new ResizeObserver(() => setBytesPerRow(element.clientWidth < narrowPx ? 8 : 16));
      observer.observe(element);
      return () => {
        observer.disconnect();
        attach(null);
      };
    },
    [attach],
  );
  const rows = [];
  for (let index = window.first; index < window.end; index += 1) {
    const offset = index * bytesPerRow;
    const bytes = getBytes(offset, bytesPerRow);
    const row = hexRow(bytes ?? new Uint8Array(), offset, bytesPerRow);
    rows.push(
      <div key={index} className={styles['row']} style={{ transform: `translateY(${window.topPx(index)}px)` }}>
        <span className={styles['offset']}>{row.offset}</span>
        {bytes ? (
          <>
            <span className={styles['hex']}>{row.hex}</span>
            <span className={styles['text']}>{row.text}</span>
          </>
        ) : (
          <span className={styles['offset']}>…</span>
        )}
      </div>,
    );
  }
  return (
    <div ref={setElement} role="group" aria-label={label} tabIndex={0} className={cx(styles['view'], className)} data-selectable>
      <div className={styles['rows']} style={{ height: window.heightPx }}>
        {rows}
      </div>
    </div>
  );
}
