import { duplexPair, type Duplex } from 'node:stream';
import { PacketDecoder } from '../../../shared/mqtt/packet/decoder.ts';
import { encodePacket } from '../../../shared/mqtt/packet/encoder.ts';
import type { ConnackPacket, Packet, ProtocolLevel } from '../../../shared/mqtt/packet/packets.ts';

// A server for tests that sends exactly what it is told to.

export interface ScriptedServer {
  /** The client's end of the connection. */
  readonly stream: Duplex;
  /** The next packet of the client; rejects when it closes instead. */
  next(): Promise<Packet>;
  send(packet: Packet): void;
  raw(bytes: Uint8Array): void;
  /** The client closed its side. */
  readonly closed: Promise<void>;
  end(): void;
  destroy(): void;
}

export function scriptedServer(level: ProtocolLevel): ScriptedServer {
  const [near, far] = duplexPair();
  const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 268_435_460 });
  const arrived: Packet[] = [];
  const waiting: { resolve: (packet: Packet) => void; reject: (error: Error) => void }[] = [];
  let over = false;
  far.on('data', (chunk: Uint8Array) => {
    decoder.push(new Uint8Array(chunk));
    for (let packet = decoder.next(); packet; packet = decoder.next()) {
      const next = waiting.shift();
      if (next) next.resolve(packet);
      else arrived.push(packet);
    }
  });
  const closed = new Promise<void>((resolve) => {
    far.once('end', () => {
      over = true;
      for (const { reject } of waiting.splice(0)) reject(new Error('The client closed the connection.'));
      resolve();
    });
  });
  return {
    stream: near,
    next: () => {
      const packet = arrived.shift();
      if (packet) return Promise.resolve(packet);
      if (over) return Promise.reject(new Error('The client closed the connection.'));
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    send: (packet) => void far.write(encodePacket(packet, level)),
    raw: (bytes) => void far.write(bytes),
    closed,
    end: () => void far.end(),
    destroy: () => void far.destroy(),
  };
}

export const accepted = (more: Partial<ConnackPacket> = {}): ConnackPacket => ({ type: 'connack', sessionPresent: false, code: 0, properties: null, ...more });
