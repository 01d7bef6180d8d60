import type { rpcBatchesContract } from '../../../shared/contract/rpc-batches.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots, whenNewVersion } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

/** Times go on while no call ends. */
const tickMs = 1000;

export function rpcBatchesHandlers({ rpc, callFiller }: Services): Handlers<typeof rpcBatchesContract> {
  const { batches } = rpc;
  return {
    'rpcBatches.start'(input) {
      if (input.call.method === '' && input.call.dialect !== 'mqtt5') throw new CodedError('bad-input', 'A call needs a method.');
      const { variables, ...batch } = input;
      return variables === true ? callFiller().then((filling) => ({ id: batches.start(batch, filling) })) : { id: batches.start(batch) };
    },
    'rpcBatches.watch': ({ source }, sink) =>
      sendSnapshots(
        sink,
        () => batches.of(source),
        (changed) => {
          const off = batches.changed.subscribe(changed);
          const timer = setInterval(() => {
            if (batches.isRunning(source)) changed();
          }, tickMs);
          timer.unref();
          return () => {
            off();
            clearInterval(timer);
          };
        },
      ),
    'rpcBatches.cancel': ({ id }) => batches.cancel(id),
    async 'rpcBatches.retry'({ id }) {
      // Calls of one batch are filled in from one environment: as it is now, for a value in it may be why they failed.
      const before = batches.fillingOf(id);
      return { peers: batches.retry(id, before && (await callFiller(before.environment?.id ?? null))) };
    },
    'rpcBatches.remove': ({ id }) => batches.remove(id),
    'rpcBatches.results'(query, sink) {
      const read = whenNewVersion(
        () => batches.resultsVersion(query.id),
        () => batches.results(query),
      );
      return sendSnapshots(sink, read, batches.changed.subscribe);
    },
    'rpcBatches.peers': (query) => rpc.knownPeers(query),
  };
}
