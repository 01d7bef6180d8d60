import { crossedNetwork } from '../../messages/tapped-packet.ts';
import { packetName } from '../packet/packet-type.ts';
import { hex, tellableBytes } from './dissect-packet.ts';
import type { FilePacket, PacketFile, PacketFileOptions } from './file-packet.ts';

const utf8 = new TextEncoder();
const none = new Uint8Array(0);

/**
 * Lines as curl's test server logs them: `client CONNECT 18 00044d51…`, `server CONNACK 2 20020000`. The remaining length is hexadecimal without leading zeros;
 * packets of clients come without their fixed header, unless they are nothing else.
 */
export function curlFile({ secrets }: PacketFileOptions): PacketFile {
  return {
    begin: () => none,
    packet(packet) {
      if (packet.bytes.length === 0 || !crossedNetwork({ direction: packet.direction, ...(packet.fault === null ? {} : { fault: packet.fault }) })) return none;
      return utf8.encode(`${curlLine(packet, secrets)}\n`);
    },
  };
}

function curlLine(packet: FilePacket, secrets: boolean): string {
  const bytes = tellableBytes(packet, secrets);
  const { length, bodyAt } = remainingLength(bytes);
  const isClient = packet.direction === 'in' || packet.end !== null;
  const type = (bytes[0] ?? 0) >> 4;
  const name = type === 0 ? 'RESERVED' : packetName(type);
  const shown = isClient && bytes.length > bodyAt ? bytes.subarray(bodyAt) : bytes;
  return `${isClient ? 'client' : 'server'} ${name} ${length.toString(16)} ${hex(shown)}`;
}

function remainingLength(bytes: Uint8Array): { readonly length: number; readonly bodyAt: number } {
  let length = 0;
  for (let at = 1; at < Math.min(5, bytes.length); at += 1) {
    const byte = bytes[at] as number;
    length += (byte & 0x7f) * 2 ** (7 * (at - 1));
    if (byte < 0x80) return { length, bodyAt: at + 1 };
  }
  return { length, bodyAt: bytes.length };
}
