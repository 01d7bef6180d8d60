import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import { memoryTransportPair } from '../../src/shared/ipc/memory-transport.ts';
import { portTransport } from '../../src/shared/ipc/port-transport.ts';
import type { Transport } from '../../src/shared/ipc/transport.ts';
import { wsTransport } from '../../src/shared/ipc/ws-transport.ts';

export interface TransportKind {
  readonly name: string;
  /** A connected pair, serving side first. */
  open(): Promise<readonly [server: Transport, client: Transport]>;
  close(): Promise<void>;
}

export const maxFrameBytes = 1_000_000;

export const transportKinds: readonly (() => TransportKind)[] = [memory, messagePort, webSocket];

function memory(): TransportKind {
  return { name: 'memory', open: () => Promise.resolve(memoryTransportPair()), close: () => Promise.resolve() };
}

function messagePort(): TransportKind {
  const ports: Transport[] = [];
  return {
    name: 'MessagePort',
    open() {
      const { port1, port2 } = new MessageChannel();
      const pair = [portTransport(port1), portTransport(port2)] as const;
      ports.push(...pair);
      return Promise.resolve(pair);
    },
    close() {
      for (const port of ports) port.close();
      return Promise.resolve();
    },
  };
}

function webSocket(): TransportKind {
  let server: WebSocketServer | undefined;
  let listening: Promise<unknown> | undefined;
  const limits = { maxFrameBytes, maxBufferedBytes: 50_000_000 };
  return {
    name: 'WebSocket',
    async open() {
      if (!server) {
        server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
        listening = once(server, 'listening');
      }
      await listening;
      const accepted = once(server, 'connection') as Promise<[WebSocket]>;
      const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
      socket.binaryType = 'arraybuffer';
      await once(socket, 'open');
      const [peer] = await accepted;
      peer.binaryType = 'arraybuffer';
      return [wsTransport(peer, limits), wsTransport(socket, limits)];
    },
    async close() {
      for (const client of server?.clients ?? []) client.terminate();
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    },
  };
}
