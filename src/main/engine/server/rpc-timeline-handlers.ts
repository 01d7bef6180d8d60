import type { rpcTimelineContract } from '../../../shared/contract/rpc-timeline.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function rpcTimelineHandlers({ rpc }: Services): Handlers<typeof rpcTimelineContract> {
  return {
    'rpc.timeline'({ id }, sink) {
      const stopLooking = rpc.tracing.look();
      let sent: string | undefined;
      const read = () => {
        const found = rpc.timeline(id) ?? null;
        const text = JSON.stringify(found);
        if (text === sent) return undefined;
        sent = text;
        return found;
      };
      const stop = sendSnapshots(sink, read, (changed) => {
        const offs = [rpc.changed.subscribe(changed), rpc.tracing.changed.subscribe(changed)];
        return () => offs.forEach((off) => off());
      });
      return () => {
        stop();
        stopLooking();
      };
    },
  };
}
