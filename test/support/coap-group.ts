import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { decodeCoap } from '../../src/shared/coap/udp/decode.ts';
import { encodeCoap } from '../../src/shared/coap/udp/encode.ts';
import type { CoapPacket } from '../../src/shared/coap/udp/packet.ts';

export const group = '224.0.1.187';

export interface GroupMembers {
  /** Of the group. */
  readonly port: number;
  /** `127.0.0.1:40123`, of each. */
  readonly addresses: readonly string[];
  /** What reached the group. */
  readonly received: readonly CoapPacket[];
  close(): void;
}

/**
 * Servers of a group on the loopback interface, each with a port of its own, which it responds from and can be asked at alone. `respond` gets the number of the server; `null`: it says nothing.
 */
export async function openGroup(
  count: number,
  respond: (server: number, request: CoapPacket) => Omit<CoapPacket, 'messageId' | 'token' | 'type'> | null,
): Promise<GroupMembers> {
  const listener = createSocket({ type: 'udp4', reuseAddr: true });
  listener.bind(0);
  await once(listener, 'listening');
  listener.addMembership(group, '127.0.0.1');
  const own = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      return socket;
    }),
  );
  for (const [at, socket] of own.entries()) {
    socket.on('message', (bytes, from) => {
      const packet = decodeCoap(new Uint8Array(bytes));
      const answer = 'problem' in packet ? null : respond(at, packet);
      if ('problem' in packet || !answer) return;
      socket.send(encodeCoap({ ...answer, type: 'ACK', messageId: packet.messageId, token: packet.token }), from.port, from.address);
    });
  }
  const received: CoapPacket[] = [];
  listener.on('message', (bytes, from) => {
    const packet = decodeCoap(new Uint8Array(bytes));
    if ('problem' in packet) return;
    received.push(packet);
    for (const [at, socket] of own.entries()) {
      const answer = respond(at, packet);
      if (!answer) continue;
      const response = encodeCoap({ ...answer, type: 'NON', messageId: 1000 + at, token: packet.token });
      socket.send(response, from.port, '127.0.0.1');
      // A copy is the same response.
      socket.send(response, from.port, '127.0.0.1');
    }
  });
  return {
    port: listener.address().port,
    addresses: own.map((socket) => `127.0.0.1:${socket.address().port}`),
    received,
    close() {
      listener.close();
      for (const socket of own) socket.close();
    },
  };
}
