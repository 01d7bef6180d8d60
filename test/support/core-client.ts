import type { ConnectionInfo } from '../../src/main/engine/broker/broker-engine.ts';
import type { BrokerCore } from '../../src/main/engine/broker/core/broker-core.ts';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { memoryPair } from '../conformance/mqtt/streams.ts';
import type { ConnectFields, Level } from '../conformance/mqtt/wire.ts';

/** A connection to a core without a network; nothing is sent yet. */
export function dialCore(core: BrokerCore, level: Level = 5, more: Partial<ConnectionInfo> = {}): RawClient {
  const [ours, theirs] = memoryPair();
  core.handle(theirs, { transport: 'tcp', address: 'memory', ...more });
  return new RawClient(ours, level);
}

/** The same, let in. */
export async function connectToCore(core: BrokerCore, fields: ConnectFields | string, level: Level = 5): Promise<RawClient> {
  const client = dialCore(core, level);
  await client.connect(typeof fields === 'string' ? { clientId: fields } : fields);
  return client;
}
