import type net from 'node:net';
import { PacketDecoder } from '../../src/shared/mqtt/packet/decoder.ts';
import { encodePacket } from '../../src/shared/mqtt/packet/encoder.ts';
import type { ConnectPacket, Packet, ProtocolLevel } from '../../src/shared/mqtt/packet/packets.ts';

export interface ScriptedBroker {
  /** Every CONNECT so far, and what a proxy was asked before it. */
  readonly connects: ConnectPacket[];
  readonly proxied: string[];
  /** To be given to `peers.tcp`. */
  readonly onSocket: (socket: net.Socket) => void;
}

type Answer = (packet: Packet, send: (answer: Packet) => void) => void;

/** A broker that answers each packet as told, and is an HTTP proxy in front of itself where it is asked for one. */
export function scriptedBroker(answer: Answer): ScriptedBroker {
  const [connects, proxied]: [ConnectPacket[], string[]] = [[], []];
  return {
    connects,
    proxied,
    onSocket: (socket) => {
      const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 1_000_000 });
      let level: ProtocolLevel = 5;
      let first = true;
      socket.on('data', (chunk: Buffer) => {
        if (first && chunk.toString('latin1').startsWith('CONNECT ')) {
          proxied.push(chunk.toString('latin1'));
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          return;
        }
        first = false;
        decoder.push(new Uint8Array(chunk));
        for (let packet = decoder.next(); packet; packet = decoder.next()) {
          if (packet.type === 'connect') {
            level = packet.level;
            connects.push(packet);
          }
          if (packet.type === 'pingreq') socket.write(encodePacket({ type: 'pingresp' }, level));
          answer(packet, (reply) => socket.write(encodePacket(reply, level)));
        }
      });
    },
  };
}
