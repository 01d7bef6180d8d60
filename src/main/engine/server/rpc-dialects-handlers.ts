import type { rpcDialectsContract } from '../../../shared/contract/rpc-dialects.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function rpcDialectsHandlers({ rpcDialects }: Services): Handlers<typeof rpcDialectsContract> {
  return {
    'rpcDialects.watch': (_input, sink) => sendSnapshots(sink, () => ({ dialects: rpcDialects.list() }), rpcDialects.changed.subscribe),
    'rpcDialects.save': (dialect) => rpcDialects.save(dialect),
    'rpcDialects.remove': ({ id }) => rpcDialects.remove(id),
    'rpcDialects.test': ({ profile, ...samples }) => rpcDialects.test(profile, samples),
  };
}
