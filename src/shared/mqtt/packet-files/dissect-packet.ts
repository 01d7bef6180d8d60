import { dissect, maskSecrets, type Dissection } from '../dissect/index.ts';
import { packetType } from '../packet/packet-type.ts';
import type { FilePacket } from './file-packet.ts';

export function dissectFilePacket({ bytes, level, direction, connected, size, end }: FilePacket): Dissection {
  return dissect(bytes, { level, fromServer: direction === 'out' && end === null, connected, totalBytes: size });
}

/** The bytes as they may be told. */
export function tellableBytes(packet: FilePacket, secrets: boolean): Uint8Array {
  const type = (packet.bytes[0] ?? 0) >> 4;
  // Others hold no secrets, and need not be read for that.
  const mayHave = type === packetType.connect || type === packetType.auth || type === packetType.connack;
  return secrets || !mayHave ? packet.bytes : maskSecrets(packet.bytes, dissectFilePacket(packet).fields);
}

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
