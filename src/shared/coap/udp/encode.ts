import { emptyCode, type CoapOption, type CoapPacket, type CoapType } from './packet.ts';

const typeBits: Readonly<Record<CoapType, number>> = { CON: 0, NON: 1, ACK: 2, RST: 3 };
const payloadMarker = 0xff;

/** Writes a message (RFC 7252 §3). Throws a RangeError for what has no form on the wire. */
export function encodeCoap(packet: CoapPacket): Uint8Array<ArrayBuffer> {
  const { type, code, messageId, token, payload } = packet;
  if (token.length > 8) throw new RangeError(`A token has at most 8 bytes, this one has ${token.length} (§5.3.1).`);
  if (!(Number.isInteger(messageId) && messageId >= 0 && messageId <= 0xffff)) throw new RangeError('A message id is an integer from 0 to 65,535 (§3).');
  if (code === emptyCode && (token.length > 0 || packet.options.length > 0 || payload.length > 0))
    throw new RangeError('An empty message has nothing behind its header (§4.1).');
  const options = packet.options.toSorted((a, b) => a.number - b.number);
  let size = 4 + token.length + (payload.length > 0 ? 1 + payload.length : 0);
  let before = 0;
  for (const { number, value } of options) {
    checkOption(number, value);
    size += 1 + extendedLength(number - before) + extendedLength(value.length) + value.length;
    before = number;
  }

  const bytes = new Uint8Array(size);
  bytes[0] = 0x40 | (typeBits[type] << 4) | token.length;
  bytes[1] = code;
  bytes[2] = messageId >> 8;
  bytes[3] = messageId & 0xff;
  bytes.set(token, 4);
  let at = 4 + token.length;
  before = 0;
  for (const option of options) {
    at = writeOption(bytes, at, option, before);
    before = option.number;
  }
  if (payload.length > 0) {
    bytes[at] = payloadMarker;
    bytes.set(payload, at + 1);
  }
  return bytes;
}

function checkOption(number: number, value: Uint8Array): void {
  if (!(Number.isInteger(number) && number >= 0 && number <= 0xffff)) throw new RangeError(`${number} is no number of an option (§3.1).`);
  if (value.length > 65_804) throw new RangeError(`Option ${number} has ${value.length} bytes, more than can be written (§3.1).`);
}

function writeOption(bytes: Uint8Array, start: number, { number, value }: CoapOption, before: number): number {
  const delta = number - before;
  bytes[start] = (nibble(delta) << 4) | nibble(value.length);
  let at = writeExtended(bytes, start + 1, delta);
  at = writeExtended(bytes, at, value.length);
  bytes.set(value, at);
  return at + value.length;
}

/** Lengths up to 12 are written as they are, 13 and 14 stand for one and two bytes more (§3.1). */
const nibble = (value: number): number => (value < 13 ? value : value < 269 ? 13 : 14);
const extendedLength = (value: number): number => (value < 13 ? 0 : value < 269 ? 1 : 2);

function writeExtended(bytes: Uint8Array, at: number, value: number): number {
  if (value < 13) return at;
  if (value < 269) {
    bytes[at] = value - 13;
    return at + 1;
  }
  bytes[at] = (value - 269) >> 8;
  bytes[at + 1] = (value - 269) & 0xff;
  return at + 2;
}
