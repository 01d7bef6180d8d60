import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'react';
import { ScrollMap } from './scroll-map.ts';

/** Rows kept in the page beyond each edge of the visible part. */
const overscanRows = 8;
/** After this long without a scroll, the scroll bar of very long lists is brought in line. */
const settleMs = 160;

export type ScrollAlign = 'nearest' | 'start' | 'center';

export interface RowWindow {
  /** For the element that scrolls. */
  readonly attach: (element: HTMLElement | null) => void;
  /** Rows to render: from `first` up to, not including, `end`. */
  readonly first: number;
  readonly end: number;
  /** Whole rows in the viewport, at least 1. */
  readonly pageRows: number;
  readonly heightPx: number;
  /** Where a row belongs in the scrolled element. */
  readonly topPx: (index: number) => number;
  readonly scrollToRow: (index: number, align?: ScrollAlign) => void;
}

export interface RowWindowOptions {
  readonly count: number;
  readonly rowHeightPx: number;
  readonly onRangeChange?: ((first: number, last: number) => void) | undefined;
  readonly onAtTop?: ((atTop: boolean) => void) | undefined;
  /** Told when a scroll reaches or leaves the last row; rows that are added below it are no scroll. */
  readonly onAtEnd?: ((atEnd: boolean) => void) | undefined;
}

/** Which rows of equal height are on screen, for any number of them. */
export function useRowWindow({ count, rowHeightPx, onRangeChange, onAtTop, onAtEnd }: RowWindowOptions): RowWindow {
  const [map] = useState(() => new ScrollMap());
  const [, render] = useReducer((version: number) => version + 1, 0);
  const box = useRef<{ element: HTMLElement; viewportPx: number } | null>(null);
  const shown = useRef({ first: 0, end: 0, scaled: false, atTop: true, atEnd: true });
  const latest = useRef({ count, onAtTop, onAtEnd });

  const visible = useCallback((): { readonly first: number; readonly end: number } => {
    const viewportPx = box.current?.viewportPx ?? 0;
    if (viewportPx === 0 || latest.current.count === 0) return { first: 0, end: 0 };
    const top = Math.floor(map.virtualPx / rowHeightPx);
    const bottom = Math.ceil((map.virtualPx + viewportPx) / rowHeightPx);
    return { first: Math.max(0, top - overscanRows), end: Math.min(latest.current.count, bottom + overscanRows) };
  }, [map, rowHeightPx]);

  latest.current = { count, onAtTop, onAtEnd };
  const viewportNow = box.current?.viewportPx ?? 0;
  // Sizes are brought up to date while rendering, so that the rows of this very render are in their places.
  const wantedScroll = useRef<number | undefined>(undefined);
  const moved = map.resize(count * rowHeightPx, viewportNow);
  if (moved !== undefined) wantedScroll.current = moved;
  const { first, end } = visible();

  const update = useCallback(() => {
    const now = visible();
    const scaled = map.physicalPx !== map.virtualPx;
    const atTop = map.virtualPx < 2;
    if (atTop !== shown.current.atTop) latest.current.onAtTop?.(atTop);
    // A scroll may come of a viewport that has just grown, before its new size is told.
    const atEnd = map.virtualPx + (box.current?.element.clientHeight ?? 0) > latest.current.count * rowHeightPx - 2;
    if (atEnd !== shown.current.atEnd) latest.current.onAtEnd?.(atEnd);
    const changed = now.first !== shown.current.first || now.end !== shown.current.end || scaled || shown.current.scaled;
    shown.current = { ...now, scaled, atTop, atEnd };
    if (changed) render();
  }, [map, visible, rowHeightPx]);

  useLayoutEffect(() => {
    shown.current = { ...shown.current, first, end };
    const element = box.current?.element;
    if (element && wantedScroll.current !== undefined) element.scrollTop = wantedScroll.current;
    wantedScroll.current = undefined;
  });

  useEffect(() => {
    if (end > first) onRangeChange?.(first, end - 1);
  }, [first, end, onRangeChange]);

  const attach = useMemo(() => {
    let stop: (() => void) | undefined;
    return (element: HTMLElement | null): void => {
      stop?.();
      stop = undefined;
      if (!element) {
        box.current = null;
        return;
      }
      const state = { element, viewportPx: element.clientHeight };
      box.current = state;
      let settling: ReturnType<typeof setTimeout> | undefined;
      const settle = (): void => {
        const position = map.settle();
        if (position === undefined) return;
        element.scrollTop = position;
        render();
      };
      const onScroll = (): void => {
        // A scroll that only follows what the map has decided is no news.
        if (Math.abs(element.scrollTop - map.physicalPx) < 1) return;
        map.scrolled(element.scrollTop);
        update();
        clearTimeout(settling);
        settling = setTimeout(settle, settleMs);
      };
      const observer = new ResizeObserver(() => {
        state.viewportPx = element.clientHeight;
        render();
      });
      element.addEventListener('scroll', onScroll, { passive: true });
      observer.observe(element);
      stop = () => {
        clearTimeout(settling);
        element.removeEventListener('scroll', onScroll);
        observer.disconnect();
      };
      render();
    };
  }, [map, update]);

  const scrollToRow = useCallback(
    (index: number, align: ScrollAlign = 'nearest') => {
      const state = box.current;
      if (!state || state.viewportPx === 0) return;
      const top = index * rowHeightPx;
      const from = map.virtualPx;
      let to = from;
      if (align === 'start') to = top;
      else if (align === 'center') to = top - (state.viewportPx - rowHeightPx) / 2;
      else if (top < from) to = top;
      else if (top + rowHeightPx > from + state.viewportPx) to = top + rowHeightPx - state.viewportPx;
      if (to === from) return;
      state.element.scrollTop = map.goTo(to);
      update();
    },
    [map, rowHeightPx, update],
  );

  return {
    attach,
    first,
    end,
    pageRows: Math.max(1, Math.floor(viewportNow / rowHeightPx)),
    heightPx: map.heightPx,
    topPx: (index) => index * rowHeightPx - map.virtualPx + map.physicalPx,
    scrollToRow,
  };
}
