import { PacketDecoder } from '../../../../shared/mqtt/packet/decoder.ts';
import { encodePacket } from '../../../../shared/mqtt/packet/encoder.ts';
import type { ConnectPacket } from '../../../../shared/mqtt/packet/packets.ts';
import { packetType } from '../../../../shared/mqtt/packet/packet-type.ts';

/** What CONNECT says instead; absent: as the device sent it. `%c` stands for its client id. */
export interface ConnectRewrite {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly clientId?: string | undefined;
}

/** A larger CONNECT is not rewritten. */
export const largestConnectBytes = 1_048_576;

type FirstPacket =
  /** At least so many bytes are needed to know more. */
  | { readonly kind: 'incomplete'; readonly needed: number }
  | { readonly kind: 'connect'; readonly packet: ConnectPacket; readonly length: number }
  /** Something else, or damaged. */
  | { readonly kind: 'other'; readonly why: string };

/** Reads the packet a stream begins with. */
export function readFirstPacket(bytes: Uint8Array): FirstPacket {
  if (bytes.length > 0 && bytes[0]! >> 4 !== packetType.connect) return { kind: 'other', why: 'it does not begin with CONNECT' };
  const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: largestConnectBytes, controlCharacters: 'accept' });
  decoder.push(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  try {
    const packet = decoder.next();
    if (packet === undefined) return { kind: 'incomplete', needed: lengthOf(bytes) };
    if (packet.type !== 'connect') return { kind: 'other', why: 'it does not begin with CONNECT' };
    return { kind: 'connect', packet, length: decoder.lastPacketBytes.length };
  } catch (error) {
    return { kind: 'other', why: `its CONNECT cannot be read (${(error as Error).message})` };
  }
}

/** Of the packet, as far as its fixed header has come (§2.1.4): it is tried again with that many bytes, not with each that comes. */
function lengthOf(bytes: Uint8Array): number {
  let length = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at += 1) {
    length += (bytes[at]! & 0x7f) * 128 ** (at - 1);
    if (bytes[at]! < 0x80) return at + 1 + length;
  }
  return bytes.length + 1;
}

/** The bytes of the CONNECT that goes on; a sentence where it cannot be written. */
export function rewriteConnect(packet: ConnectPacket, rewrite: ConnectRewrite): Uint8Array | string {
  const fill = (text: string): string => text.replaceAll('%c', () => packet.clientId);
  const username = rewrite.username === undefined ? packet.username : fill(rewrite.username);
  const password = rewrite.password === undefined ? packet.password : new TextEncoder().encode(rewrite.password);
  const clientId = rewrite.clientId === undefined ? packet.clientId : fill(rewrite.clientId);
  // [MQTT-3.1.2-22] of 3.1.1: no password without a user name.
  if (password !== null && username === null && packet.level !== 5)
    return 'MQTT 3.1 and 3.1.1 send a password only together with a user name, and the device sent none.';
  try {
    return encodePacket({ ...packet, clientId, username, password }, packet.level);
  } catch (error) {
    return `The changed CONNECT cannot be written: ${(error as Error).message}`;
  }
}

export const changesConnect = ({ username, password, clientId }: ConnectRewrite): boolean =>
  username !== undefined || password !== undefined || clientId !== undefined;

/** CONNACK "Server unavailable" in the words of the version (§3.2.2.3; 3.1.1, §3.2.2.3). */
export function unavailableConnack({ level }: Pick<ConnectPacket, 'level'>): Uint8Array {
  return encodePacket({ type: 'connack', sessionPresent: false, code: level === 5 ? 0x88 : 3, properties: null }, level);
}
