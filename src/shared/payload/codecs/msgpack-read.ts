import { ByteReader } from '../value/byte-reader.ts';
import { PayloadFailure } from '../value/payload-failure.ts';
import { floatValue, mapOf, type PayloadValue } from '../value/payload-value.ts';

export interface MsgpackReading {
  /** What the older format has one word for, text and bytes, is read as bytes. */
  readonly rawAsBytes: boolean;
}

/** Reads one value that fills the payload (the MessagePack specification, "Formats"). */
export function readMsgpack(bytes: Uint8Array, reading: MsgpackReading): PayloadValue {
  const reader = new ByteReader(bytes);
  const value = readOne(reader, reading, 0);
  reader.end('MessagePack value');
  return value;
}

function readOne(reader: ByteReader, reading: MsgpackReading, depth: number): PayloadValue {
  reader.enter(depth);
  const head = reader.u8('a MessagePack value');
  if (head < 0x80) return head;
  if (head >= 0xe0) return head - 0x100;
  if (head < 0x90) return readMap(reader, reading, head & 0x0f, depth);
  if (head < 0xa0) return readList(reader, reading, head & 0x0f, depth);
  if (head < 0xc0) return readRaw(reader, reading, head & 0x1f);
  const { view } = reader;
  switch (head) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return { kind: 'bytes', bytes: reader.take(size(reader, head - 0xc4), 'a byte string').slice() };
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return readExtension(reader, size(reader, head - 0xc7));
    case 0xca:
      return floatValue(view.getFloat32(reader.skip(4, 'a float 32')));
    case 0xcb:
      return floatValue(view.getFloat64(reader.skip(8, 'a float 64')));
    case 0xcc:
    case 0xcd:
    case 0xce:
      return size(reader, head - 0xcc);
    case 0xcf:
      return reader.u64('a uint 64');
    case 0xd0:
      return view.getInt8(reader.skip(1, 'an int 8'));
    case 0xd1:
      return view.getInt16(reader.skip(2, 'an int 16'));
    case 0xd2:
      return view.getInt32(reader.skip(4, 'an int 32'));
    case 0xd3:
      return reader.i64('an int 64');
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return readExtension(reader, 1 << (head - 0xd4));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return readRaw(reader, reading, size(reader, head - 0xd9));
    case 0xdc:
    case 0xdd:
      return readList(reader, reading, size(reader, head - 0xdc + 1), depth);
    case 0xde:
    case 0xdf:
      return readMap(reader, reading, size(reader, head - 0xde + 1), depth);
    default:
      throw new PayloadFailure('the byte 0xc1 is never used in MessagePack', reader.at - 1);
  }
}

/** A size or unsigned number of 1, 2 or 4 bytes: `step` 0, 1 or 2. */
function size(reader: ByteReader, step: number): number {
  if (step === 0) return reader.u8('a size');
  return step === 1 ? reader.view.getUint16(reader.skip(2, 'a size')) : reader.view.getUint32(reader.skip(4, 'a size'));
}

function readRaw(reader: ByteReader, { rawAsBytes }: MsgpackReading, length: number): PayloadValue {
  return rawAsBytes ? { kind: 'bytes', bytes: reader.take(length, 'a string').slice() } : reader.text(length, 'a string');
}

function readList(reader: ByteReader, reading: MsgpackReading, announced: number, depth: number): PayloadValue {
  const count = reader.announced(announced, 1, 'an array');
  const items: PayloadValue[] = [];
  for (let index = 0; index < count; index += 1) items.push(readOne(reader, reading, depth + 1));
  return items;
}

function readMap(reader: ByteReader, reading: MsgpackReading, announced: number, depth: number): PayloadValue {
  const count = reader.announced(announced, 2, 'a map');
  const entries: (readonly [PayloadValue, PayloadValue])[] = [];
  for (let index = 0; index < count; index += 1) entries.push([readOne(reader, reading, depth + 1), readOne(reader, reading, depth + 1)]);
  return mapOf(entries);
}

/** Type -1 is a moment (the specification, "Timestamp extension type"); one that breaks its rules stays bytes. */
function readExtension(reader: ByteReader, length: number): PayloadValue {
  const type = reader.view.getInt8(reader.skip(1, 'an extension'));
  const start = reader.at;
  const bytes = reader.take(length, 'an extension').slice();
  const { view } = reader;
  if (type === -1 && length === 4) return { kind: 'time', seconds: BigInt(view.getUint32(start)), nanoseconds: 0 };
  if (type === -1 && length === 8) {
    const both = view.getBigUint64(start);
    const nanoseconds = Number(both >> 34n);
    if (nanoseconds < 1e9) return { kind: 'time', seconds: both & 0x3_ffff_ffffn, nanoseconds };
  }
  if (type === -1 && length === 12) {
    const nanoseconds = view.getUint32(start);
    if (nanoseconds < 1e9) return { kind: 'time', seconds: view.getBigInt64(start + 4), nanoseconds };
  }
  return { kind: 'extension', type, bytes };
}
