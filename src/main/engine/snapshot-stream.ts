import type { StreamSink } from '../../shared/ipc/stream-sink.ts';

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
