// One of our engines, or aedes alone, in a process of its own: node node-broker.ts core|aedes|aedes-library
import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { Aedes, type Client, type Subscription } from 'aedes';
import { createAedesEngine } from '../../../../src/main/engine/broker/aedes/aedes-engine.ts';
import type { ConnectionInfo } from '../../../../src/main/engine/broker/broker-engine.ts';

type Handle = (stream: Duplex, info: ConnectionInfo) => void;

const engine = process.argv[2] ?? '';
/** What Paho's tests expect to be refused. They want a keep alive cut to 60 s as well, and mosquitto's cases ten topic aliases. */
const refusedFilter = 'test/nosubscribe';
const nowUs = (): number => Date.now() * 1000;

const handle = await open();
const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  handle(socket, { transport: 'tcp', address: `${socket.remoteAddress}:${socket.remotePort}` });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(`listening on mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`);

async function open(): Promise<Handle> {
  switch (engine) {
    case 'core': {
      const { BrokerCore } = await import('../../../../src/main/engine/broker/core/broker-core.ts');
      const core = new BrokerCore({
        nowUs,
        maximumKeepAliveSeconds: 60,
        topicAliasMaximum: 10,
        hooks: { authorizeSubscribe: (_clientId, { filter }) => filter !== refusedFilter },
      });
      return (stream, info) => core.handle(stream, info);
    }
    case 'aedes': {
      const aedes = await createAedesEngine({ nowUs });
      return (stream, info) => aedes.handle(stream, info);
    }
    case 'aedes-library': {
      const authorizeSubscribe = (
        _client: Client | null,
        subscription: Subscription,
        done: (error: Error | null, granted?: Subscription | null) => void,
      ): void => done(null, subscription.topic === refusedFilter ? null : subscription);
      const aedes = await Aedes.createBroker({ authorizeSubscribe });
      return (stream) => void aedes.handle(stream);
    }
    default:
      throw new Error(`No engine is called "${engine}".`);
  }
}
