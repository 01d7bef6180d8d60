import type { StreamSink } from '../../shared/ipc/stream-sink.ts';
import type { Notifier } from './notifier.ts';

const everyMs = 100;

/**
 * Sends the present state at once and after changes, at most ten times a second; always ends with the newest. `undefined` is no state to send:
 * nothing that matters has changed. Returns what stops it.
 */
export function sendSnapshots<T>(sink: StreamSink<T>, read: () => T | undefined, subscribe: (changed: () => void) => () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stale = false;
  const send = (): void => {
    stale = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (stale) send();
    }, everyMs);
    const state = read();
    // The only rejection is `cancelled`: the reader has gone, and the cleanup is under way.
    if (state !== undefined) sink.send(state).catch(() => {});
  };
  const unsubscribe = subscribe(() => {
    stale = true;
    if (timer === undefined) send();
  });
  send();
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
}

/** For `subscribe` above: whatever of them changes. */
export function changesOf(...notifiers: readonly Pick<Notifier, 'subscribe'>[]): (changed: () => void) => () => void {
  return (changed) => {
    const stops = notifiers.map((notifier) => notifier.subscribe(changed));
    return () => stops.forEach((stop) => stop());
  };
}

/** For `read` above: nothing is read, or sent, again while `version` is the same. */
export function whenNewVersion<T>(version: () => number, read: () => T): () => T | undefined {
  let sent: number | undefined;
  return () => {
    const now = version();
    if (now === sent) return undefined;
    sent = now;
    return read();
  };
}

/** For `read` above: nothing is sent again while it is the same as JSON. For small states. */
export function whenNewText<T>(read: () => T): () => T | undefined {
  let sent: string | undefined;
  return () => {
    const state = read();
    const text = JSON.stringify(state);
    if (text === sent) return undefined;
    sent = text;
    return state;
  };
}

/** For `read` above: nothing is sent again while the list holds the same items, as objects that are replaced when they change. */
export function whenNewItems<T>(read: () => readonly T[]): () => readonly T[] | undefined {
  let sent: readonly T[] | undefined;
  return () => {
    const items = read();
    if (sent?.length === items.length && items.every((item, at) => item === sent?.[at])) return undefined;
    sent = items;
    return items;
  };
}
