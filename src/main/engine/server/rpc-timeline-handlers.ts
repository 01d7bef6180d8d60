import type { rpcTimelineContract } from '../../../shared/contract/rpc-timeline.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { changesOf, sendSnapshots, whenNewText } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function rpcTimelineHandlers({ rpc }: Services): Handlers<typeof rpcTimelineContract> {
  return {
    'rpc.timeline'({ id }, sink) {
      const stopLooking = rpc.tracing.look();
      const read = whenNewText(() => rpc.timeline(id) ?? null);
      const stop = sendSnapshots(sink, read, changesOf(rpc.changed, rpc.tracing.changed));
      return () => {
        stop();
        stopLooking();
      };
    },
  };
}
