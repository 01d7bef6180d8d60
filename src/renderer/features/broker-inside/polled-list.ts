import { useEffect, useState } from 'react';
import type { Page } from '../../../shared/contract/broker-lists.ts';
import { engineClient, toCodedError } from '../../data/index.ts';
import { browserPacing, useModel, type Engine } from '../common/index.ts';
import { PagedView } from '../rpc/index.ts';

/** Lists of the broker change all the time: what is in sight is read again so often. */
const pollMs = 1000;

interface Place {
  readonly offset: number;
  readonly limit: number;
}

type Read<P, Filter> = (engine: Engine, query: Filter & Place) => Promise<P>;

const readers = new Set<() => void>();

/** Something was changed by hand: lists in sight are read again at once. */
export function refreshLists(): void {
  for (const read of readers) read();
}

/** A page of a list, kept up to date. `read` and `filter` stay those of the first render; `setFilter` of the view changes the latter. */
export function usePolledList<Row, P extends Page<Row>, Filter extends object>(read: Read<P, Filter>, filter: Filter): PagedView<Row, P, Filter> | null {
  const [view, setView] = useState<PagedView<Row, P, Filter> | null>(null);
  useEffect(() => {
    const opened = new PagedView<Row, P, Filter>(
      (wanted, place, reader) => poll(() => read(engineClient(), { ...wanted, ...place }), reader),
      browserPacing,
      filter,
    );
    setView(opened);
    return () => opened.close();
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  const serialised = JSON.stringify(filter);
  // oxlint-disable-next-line react/exhaustive-deps
  useEffect(() => view?.setFilter(filter), [view, serialised]);
  useModel((view ?? idle).notifier);
  return view;
}

const idle = new PagedView<never, { readonly rows: readonly never[]; readonly total: number }, null>(() => () => undefined, browserPacing, null);

interface Reader<T> {
  readonly item: (item: T) => Promise<void>;
  readonly end: (error: ReturnType<typeof toCodedError> | undefined) => void;
}

/** Reads a value now, then again and again; one question at a time. Returns what ends it. */
function poll<T>(read: () => Promise<T>, reader: Reader<T>): () => void {
  let isOver = false;
  let isReading = false;
  let isStale = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (): Promise<void> => {
    if (isReading) {
      isStale = true;
      return;
    }
    clearTimeout(timer);
    isReading = true;
    isStale = false;
    try {
      const item = await read();
      if (!isOver) await reader.item(item);
    } catch (error) {
      if (!isOver) reader.end(toCodedError(error));
    }
    isReading = false;
    if (isOver) return;
    if (isStale) void ask();
    else timer = setTimeout(again, pollMs);
  };
  const again = (): void => void ask();
  readers.add(again);
  again();
  return () => {
    isOver = true;
    clearTimeout(timer);
    readers.delete(again);
  };
}

/** A single value of the broker, read again every second; `undefined` until it is here, and when it is of another key. */
export function usePolled<T>(
  key: string,
  read: (engine: Engine) => Promise<T>,
): { readonly value: T | undefined; readonly error: ReturnType<typeof toCodedError> | undefined } {
  const [state, setState] = useState<{ readonly key: string; readonly value: T | undefined; readonly error: ReturnType<typeof toCodedError> | undefined }>();
  useEffect(
    () =>
      poll(() => read(engineClient()), {
        item: (value) => {
          setState({ key, value, error: undefined });
          return Promise.resolve();
        },
        end: (error) => setState({ key, value: undefined, error }),
      }),
    // The key names what is read.
    // oxlint-disable-next-line react/exhaustive-deps
    [key],
  );
  return state?.key === key ? state : { value: undefined, error: undefined };
}
