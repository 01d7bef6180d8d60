import { PacketDecoder } from '../../../../shared/mqtt/packet/decoder.ts';
import { packetType } from '../../../../shared/mqtt/packet/packet-type.ts';
import type { ConnectPacket, Packet, ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';

/** Where the body of a packet begins; 0 where its length is damaged. */
export function bodyStart(packet: Uint8Array): number {
  for (let at = 1; at < Math.min(packet.length, 5); at += 1) if ((packet[at] as number) < 0x80) return at + 1;
  return 0;
}

/** CONNECT read as a broker would; `null` where it is damaged. */
export function peekConnect(packet: Uint8Array): ConnectPacket | null {
  const read = decoded(packet, 'server', undefined);
  return read?.type === 'connect' ? read : null;
}

/** A packet read as its receiver would; `null` where it is damaged. */
export function decoded(packet: Uint8Array, role: 'server' | 'client', level: ProtocolLevel | undefined): Packet | null {
  const decoder = new PacketDecoder({ role, maximumPacketSize: 268_435_460, controlCharacters: 'accept', ...(level === undefined ? {} : { level }) });
  try {
    decoder.push(packet);
    return decoder.next() ?? null;
  } catch {
    return null;
  }
}

/** Of PUBLISH: its topic and QoS, where its packet identifier or properties and its payload begin. `null` where it is damaged. */
export function peekPublish(packet: Uint8Array): { readonly topic: string; readonly qos: number; readonly afterTopic: number } | null {
  const start = bodyStart(packet);
  if (start === 0 || packet.length < start + 2) return null;
  const length = ((packet[start] as number) << 8) | (packet[start + 1] as number);
  const afterTopic = start + 2 + length;
  if (afterTopic > packet.length) return null;
  return { topic: Buffer.from(packet.buffer, packet.byteOffset + start + 2, length).toString('utf8'), qos: ((packet[0] as number) >> 1) & 3, afterTopic };
}

/** The identifier of an acknowledgement. */
export function peekPacketId(packet: Uint8Array): number {
  const start = bodyStart(packet);
  return start === 0 || packet.length < start + 2 ? 0 : ((packet[start] as number) << 8) | (packet[start + 1] as number);
}

export const typeOf = (packet: Uint8Array): number => (packet[0] as number) >> 4;

const acks: ReadonlySet<number> = new Set([packetType.puback, packetType.pubrec, packetType.pubcomp]);
export const isAnswer = (type: number): boolean => acks.has(type);
