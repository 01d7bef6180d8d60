import type { CallDetail } from '../../../shared/contract/rpc.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { createNotifier } from '../notifier.ts';
import { changesOf, sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

/** One call, again with each change: from memory while it is there, then as the history has it. */
export function sendCall({ rpc, callHistory }: Pick<Services, 'rpc' | 'callHistory'>, id: number, sink: StreamSink<CallDetail | null>): () => void {
  const loaded = createNotifier();
  /** Of the call in memory; `stored`: what was sent came from the history. */
  let sent: number | 'stored' | undefined;
  let stored: { readonly detail: CallDetail | null } | undefined;
  const load = (): void => {
    callHistory.stored(id).then(
      (detail) => {
        stored = { detail };
        loaded.notify();
      },
      (error: unknown) => sink.fail(error),
    );
  };
  const read = (): CallDetail | null | undefined => {
    const version = rpc.callVersion(id);
    if (version >= 0) {
      if (sent === version) return undefined;
      sent = version;
      return rpc.call(id);
    }
    if (stored) {
      const { detail } = stored;
      stored = undefined;
      return detail;
    }
    if (sent !== 'stored') {
      sent = 'stored';
      load();
    }
    return undefined;
  };
  const stopDeleted = callHistory.deleted.subscribe(() => {
    if (sent === 'stored') load();
  });
  const stop = sendSnapshots(sink, read, changesOf(rpc.changed, loaded));
  return () => {
    stop();
    stopDeleted();
  };
}
