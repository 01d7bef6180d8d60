import type { EngineContract } from '../../../shared/contract/index.ts';
import type { JsonSchema, RpcMethodId } from '../../../shared/contract/rpc.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import { engineClient } from '../../data/index.ts';

type SetInput = InputOf<EngineContract['rpcSchemas.set']>;

/** Locks a schema, or with `null` unlocks it. Rejects with what is wrong with it. */
export async function setSchema(id: RpcMethodId, of: 'params' | 'result', schema: JsonSchema | null): Promise<void> {
  await engineClient().call('rpcSchemas.set', { ...id, of, schema: schema as SetInput['schema'] });
}
