import { ByteReader } from '../value/byte-reader.ts';
import { PayloadFailure } from '../value/payload-failure.ts';
import { floatValue, integerValue, isSpecial, mapOf, type PayloadValue } from '../value/payload-value.ts';
import { readHalf } from './half-float.ts';

/** Larger numbers are shown as their bytes: writing out their digits takes ever longer. */
const maxBignumBytes = 1024;
const breakCode = Symbol('break');

/** Reads one data item that fills the payload (RFC 8949 §3). Lists and strings of indefinite length read as any other. */
export function readCbor(bytes: Uint8Array): PayloadValue {
  const reader = new ByteReader(bytes);
  const value = readItem(reader, 0);
  reader.end('CBOR data item');
  return value;
}

function readItem(reader: ByteReader, depth: number): PayloadValue {
  const at = reader.at;
  const value = readItemOrBreak(reader, depth);
  if (value === breakCode) throw new PayloadFailure('a "break" where a data item has to be', at);
  return value;
}

function readItemOrBreak(reader: ByteReader, depth: number): PayloadValue | typeof breakCode {
  reader.enter(depth);
  const at = reader.at;
  const head = reader.u8('a data item');
  const major = head >> 5;
  const info = head & 0x1f;
  if (major === 7) return readSimple(reader, info, at);
  const count = readArgument(reader, info, at);
  switch (major) {
    case 0:
      return need(count, major, at);
    case 1: {
      const below = need(count, major, at);
      return typeof below === 'number' && below < Number.MAX_SAFE_INTEGER ? -1 - below : integerValue(-1n - BigInt(below));
    }
    case 2:
      return { kind: 'bytes', bytes: readString(reader, count, 2) };
    case 3:
      return count === null ? readChunkedText(reader) : reader.text(Number(count), 'a text string');
    case 4:
      return readArray(reader, count, depth);
    case 5:
      return readMap(reader, count, depth);
    default:
      return readTag(reader, need(count, major, at), depth);
  }
}

/** The argument of a head (§3); `null`: of indefinite length. */
function readArgument(reader: ByteReader, info: number, at: number): number | bigint | null {
  if (info < 24) return info;
  switch (info) {
    case 24:
      return reader.u8('a head');
    case 25:
      return reader.view.getUint16(reader.skip(2, 'a head'));
    case 26:
      return reader.view.getUint32(reader.skip(4, 'a head'));
    case 27:
      return reader.u64('a head');
    case 31:
      return null;
    default:
      throw new PayloadFailure(`additional information ${info} is reserved (RFC 8949 §3)`, at);
  }
}

function need(count: number | bigint | null, major: number, at: number): number | bigint {
  if (count === null) throw new PayloadFailure(`major type ${major} has no indefinite length (RFC 8949 §3.2)`, at);
  return count;
}

function readString(reader: ByteReader, count: number | bigint | null, major: 2 | 3): Uint8Array {
  const what = major === 2 ? 'a byte string' : 'a text string';
  if (count !== null) return reader.take(Number(count), what).slice();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const at = reader.at;
    const head = reader.u8(what);
    if (head === 0xff) break;
    // The chunks of a string are strings of the same type and of definite length (§3.2.3).
    if (head >> 5 !== major || (head & 0x1f) === 31) throw new PayloadFailure(`a part of ${what} of indefinite length is of another type`, at);
    const size = need(readArgument(reader, head & 0x1f, at), major, at);
    const chunk = reader.take(Number(size), what);
    chunks.push(chunk);
    length += chunk.length;
    reader.enter(0);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function readChunkedText(reader: ByteReader): PayloadValue {
  const bytes = readString(reader, null, 3);
  return new ByteReader(bytes).text(bytes.length, 'a text string');
}

function readArray(reader: ByteReader, announced: number | bigint | null, depth: number): PayloadValue {
  const items: PayloadValue[] = [];
  const count = announced === null ? Infinity : reader.announced(announced, 1, 'an array');
  while (items.length < count) {
    const item = announced === null ? readItemOrBreak(reader, depth + 1) : readItem(reader, depth + 1);
    if (item === breakCode) break;
    items.push(item);
  }
  return items;
}

function readMap(reader: ByteReader, announced: number | bigint | null, depth: number): PayloadValue {
  const entries: (readonly [PayloadValue, PayloadValue])[] = [];
  const count = announced === null ? Infinity : reader.announced(announced, 2, 'a map');
  while (entries.length < count) {
    const key = announced === null ? readItemOrBreak(reader, depth + 1) : readItem(reader, depth + 1);
    if (key === breakCode) break;
    entries.push([key, readItem(reader, depth + 1)]);
  }
  return mapOf(entries);
}

/** Large numbers (§3.4.3) are numbers; every other tag stays what it is, around its content. */
function readTag(reader: ByteReader, tag: number | bigint, depth: number): PayloadValue {
  const content = readItem(reader, depth + 1);
  if ((tag === 2 || tag === 3) && isSpecial(content) && content.kind === 'bytes' && isCanonicalBignum(content.bytes)) {
    const magnitude = content.bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return tag === 2 ? magnitude : -1n - magnitude;
  }
  return { kind: 'tagged', tag, value: content };
}

/** One that could not have been written shorter; others stay tagged bytes, so that nothing of them is lost. */
const isCanonicalBignum = (bytes: Uint8Array): boolean => bytes.length > 8 && bytes.length <= maxBignumBytes && bytes[0] !== 0;

/** Simple values and floating-point numbers (§3.3). */
function readSimple(reader: ByteReader, info: number, at: number): PayloadValue | typeof breakCode {
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
      return null;
    case 23:
      return { kind: 'undefined' };
    case 24: {
      const value = reader.u8('a simple value');
      if (value < 32) throw new PayloadFailure(`the simple value ${value} is written in two bytes, which is not allowed (RFC 8949 §3.3)`, at);
      return { kind: 'simple', value };
    }
    case 25:
      return floatValue(readHalf(reader.view.getUint16(reader.skip(2, 'a half float'))));
    case 26:
      return floatValue(reader.view.getFloat32(reader.skip(4, 'a float')));
    case 27:
      return floatValue(reader.view.getFloat64(reader.skip(8, 'a double')));
    case 31:
      return breakCode;
    default:
      if (info < 20) return { kind: 'simple', value: info };
      throw new PayloadFailure(`additional information ${info} is reserved (RFC 8949 §3)`, at);
  }
}
