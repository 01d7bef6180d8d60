import type { rpcSchemasContract } from '../../../shared/contract/rpc-schemas.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { Services } from './services.ts';

export function rpcSchemasHandlers({ rpc }: Services): Handlers<typeof rpcSchemasContract> {
  return {
    'rpcSchemas.set': ({ of, schema, ...id }) => rpc.keeper.setSchema(id, of, schema),
    'rpcSchemas.resetCounts': (id) => rpc.keeper.resetCounts(id),
    'rpcSchemas.pin': ({ example, pinned, ...id }) => rpc.keeper.pin(id, example, pinned),
  };
}
