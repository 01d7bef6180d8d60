import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { RowWindow } from './use-row-window.ts';

export interface ActiveRowOptions {
  readonly container: RefObject<HTMLElement | null>;
  readonly window: RowWindow;
  readonly count: number;
  /** Identity of a row; `undefined` while it is not loaded. */
  readonly keyAt: (index: number) => string | number | undefined;
}

export interface ActiveRow {
  /** The row that has, or would get, the focus; -1 without rows. */
  readonly index: number;
  /** Makes a row the active one, brings it into view and focuses it. */
  readonly moveTo: (index: number, focus?: boolean) => void;
  /** The focus arrived at a row by pointer or Tab. */
  readonly focused: (index: number) => void;
}

/** One tab stop for a whole list: the active row. It follows its row when rows come or go above it. */
export function useActiveRow({ container, window, count, keyAt }: ActiveRowOptions): ActiveRow {
  const [active, setActive] = useState<{ readonly index: number; readonly key: string | number | undefined }>({ index: 0, key: undefined });
  const wantsFocus = useRef(false);
  /** The row that had the focus last. */
  const holder = useRef<Element | null>(null);
  const index = count === 0 ? -1 : Math.min(follow(active, window, keyAt), count - 1);
  const key = index < 0 ? undefined : keyAt(index);
  if (index >= 0 && (index !== active.index || (key !== undefined && active.key === undefined))) setActive({ index, key: key ?? active.key });

  useLayoutEffect(() => {
    // A row that is loaded, or gone, takes its element away, and the focus with it.
    if (holder.current?.isConnected === false) {
      holder.current = null;
      if (document.activeElement === document.body) wantsFocus.current = true;
    }
    if (!wantsFocus.current) return;
    const row = container.current?.querySelector<HTMLElement>(`[data-index="${index}"]`);
    if (!row) return;
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  });

  const { scrollToRow } = window;
  const moveTo = useCallback(
    (to: number, focus = true) => {
      wantsFocus.current = focus;
      setActive({ index: to, key: keyAt(to) });
      scrollToRow(to);
    },
    [keyAt, scrollToRow],
  );
  const focused = useCallback(
    (to: number) => {
      holder.current = document.activeElement;
      setActive((now) => (now.index === to ? now : { index: to, key: keyAt(to) }));
    },
    [keyAt],
  );
  return { index, moveTo, focused };
}

function follow(
  active: { readonly index: number; readonly key: string | number | undefined },
  window: RowWindow,
  keyAt: (index: number) => string | number | undefined,
): number {
  if (active.key === undefined || keyAt(active.index) === active.key) return active.index;
  for (let at = window.first; at < window.end; at += 1) if (keyAt(at) === active.key) return at;
  return active.index;
}
