import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { RunningBroker } from './engines.ts';
import { dialTcp, dialTls, dialWebSocket, memoryPair } from './streams.ts';

/** A way to a broker. */
export interface Road {
  dial(): Promise<Duplex>;
  close(): Promise<void>;
}

export type TransportName = 'memory' | 'tcp' | 'tls' | 'ws';

/**
 * Roads to a broker core, laid by the tests themselves: what a core does must not depend on what carries its bytes. The product's
 * listeners have tests of their own.
 */
export async function layRoad(transport: TransportName, broker: RunningBroker): Promise<Road> {
  const { handle, port } = broker;
  if (!handle) {
    if (port === undefined || transport !== 'tcp') throw new Error('This broker has only a TCP port.');
    return { dial: () => dialTcp(port), close: () => Promise.resolve() };
  }
  switch (transport) {
    case 'memory':
      return {
        dial() {
          const [ours, theirs] = memoryPair();
          handle(theirs);
          return Promise.resolve(ours);
        },
        close: () => Promise.resolve(),
      };
    case 'tcp':
      return serve(net.createServer({ noDelay: true }, handle), dialTcp);
    case 'tls':
      return serve(tls.createServer({ ...sharedKey, noDelay: true, pskCallback: () => key }, handle), (port) =>
        dialTls(port, { ...sharedKey, pskCallback: () => ({ psk: key, identity: 'test' }), checkServerIdentity: () => undefined }),
      );
    case 'ws':
      return serveWebSocket(handle);
  }
}

/** A key that both sides know needs no certificate, and is TLS in everything else. */
const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const sharedKey = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;

async function serve(server: net.Server, dial: (port: number) => Promise<Duplex>): Promise<Road> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return {
    dial: () => dial(port),
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}

async function serveWebSocket(handle: (stream: Duplex) => void): Promise<Road> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', (socket) => handle(createWebSocketStream(socket)));
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return {
    dial: () => dialWebSocket(port),
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
