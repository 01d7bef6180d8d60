import { emptyCode, type CoapOption, type CoapPacket, type CoapType } from './packet.ts';

const types: readonly CoapType[] = ['CON', 'NON', 'ACK', 'RST'];
const payloadMarker = 0xff;

export interface MalformedCoap {
  /** A sentence with the clause. */
  readonly problem: string;
  /** `null`: not even the header can be read; else what a Reset would need, which a malformed Confirmable message is answered with (RFC 7252 §4.2). */
  readonly header: { readonly type: CoapType; readonly messageId: number } | null;
  /** A version that is not known: to be ignored without a word (§3). */
  readonly otherVersion?: true;
}

/** Reads one datagram. Never throws; what is returned has views into the bytes. */
export function decodeCoap(bytes: Uint8Array): CoapPacket | MalformedCoap {
  if (bytes.length < 4) return { problem: `A message has at least 4 bytes, this one has ${bytes.length} (RFC 7252 §3).`, header: null };
  const first = bytes[0] as number;
  if (first >> 6 !== 1) return { problem: `The version is ${first >> 6}, not 1 (RFC 7252 §3).`, header: null, otherVersion: true };
  const type = types[(first >> 4) & 3] as CoapType;
  const code = bytes[1] as number;
  const messageId = ((bytes[2] as number) << 8) | (bytes[3] as number);
  const malformed = (problem: string): MalformedCoap => ({ problem, header: { type, messageId } });

  const tokenLength = first & 0xf;
  if (tokenLength > 8) return malformed(`The token is ${tokenLength} bytes long, 9 to 15 are reserved (RFC 7252 §3).`);
  if (code === emptyCode) {
    if (tokenLength > 0 || bytes.length > 4) return malformed('An empty message has something behind its header (RFC 7252 §4.1).');
    return { type, code, messageId, token: bytes.subarray(4), options: [], payload: bytes.subarray(4) };
  }
  let at = 4 + tokenLength;
  if (at > bytes.length) return malformed('The message ends within its token (RFC 7252 §3).');
  const token = bytes.subarray(4, at);

  const options: CoapOption[] = [];
  let number = 0;
  const extended = (nibble: number): number | null => {
    if (nibble < 13) return nibble;
    const size = nibble - 12;
    if (at + size > bytes.length) return null;
    const value = size === 1 ? (bytes[at] as number) + 13 : (((bytes[at] as number) << 8) | (bytes[at + 1] as number)) + 269;
    at += size;
    return value;
  };
  while (at < bytes.length && bytes[at] !== payloadMarker) {
    const byte = bytes[at] as number;
    at += 1;
    if (byte >> 4 === 15 || (byte & 0xf) === 15) return malformed('An option has a reserved delta or length of 15 (RFC 7252 §3.1).');
    const delta = extended(byte >> 4);
    const length = delta === null ? null : extended(byte & 0xf);
    if (delta === null || length === null || at + length > bytes.length) return malformed('The message ends within an option (RFC 7252 §3.1).');
    number += delta;
    if (number > 0xffff) return malformed('The number of an option is above 65,535 (RFC 7252 §3.1).');
    options.push({ number, value: bytes.subarray(at, at + length) });
    at += length;
  }
  if (at >= bytes.length) return { type, code, messageId, token, options, payload: bytes.subarray(at) };
  if (at + 1 === bytes.length) return malformed('A payload marker without a payload (RFC 7252 §3).');
  return { type, code, messageId, token, options, payload: bytes.subarray(at + 1) };
}
