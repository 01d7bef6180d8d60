import { ByteWriter } from '../value/byte-writer.ts';
import { PayloadFailure } from '../value/payload-failure.ts';
import { isList, type PayloadValue, type SpecialValue } from '../value/payload-value.ts';

export interface MsgpackWriting {
  /** Off: text and bytes are both written as the one raw type of the older format. */
  readonly binType: boolean;
  /** Floating-point numbers that fit are written with 32 bits. */
  readonly float32: boolean;
}

const encoder = new TextEncoder();

/** Each value in the shortest form, as the specification asks for. */
export function writeMsgpack(value: PayloadValue, writing: MsgpackWriting): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writeOne(writer, value, writing);
  return writer.finish();
}

function writeOne(writer: ByteWriter, value: PayloadValue, writing: MsgpackWriting): void {
  if (value === null) return writer.u8(0xc0);
  if (typeof value === 'boolean') return writer.u8(value ? 0xc3 : 0xc2);
  if (typeof value === 'string') return writeText(writer, encoder.encode(value), writing);
  if (typeof value === 'bigint') return writeLarge(writer, value);
  if (typeof value === 'number') return Number.isInteger(value) ? writeInteger(writer, value) : writeFloat(writer, value, writing);
  if (isList(value)) {
    writeHead(writer, value.length, { fix: [0x90, 15], heads: [null, 0xdc, 0xdd] });
    for (const item of value) writeOne(writer, item, writing);
    return;
  }
  writeSpecial(writer, value, writing);
}

function writeSpecial(writer: ByteWriter, value: SpecialValue, writing: MsgpackWriting): void {
  switch (value.kind) {
    case 'map':
      writeHead(writer, value.entries.length, { fix: [0x80, 15], heads: [null, 0xde, 0xdf] });
      for (const [key, item] of value.entries) {
        writeOne(writer, key, writing);
        writeOne(writer, item, writing);
      }
      return;
    case 'bytes':
      if (!writing.binType) return writeText(writer, value.bytes, writing);
      writeHead(writer, value.bytes.length, { heads: [0xc4, 0xc5, 0xc6] });
      return writer.raw(value.bytes);
    case 'broken-text':
      return writeText(writer, value.bytes, writing);
    case 'float':
      return writeFloat(writer, value.value, writing);
    case 'extension':
      return writeExtension(writer, value.type, value.bytes);
    case 'time':
      return writeExtension(writer, -1, timeBytes(value.seconds, value.nanoseconds));
    case 'undefined':
      throw new PayloadFailure('MessagePack has no "undefined": write null');
    case 'simple':
      throw new PayloadFailure('MessagePack has no simple values: they belong to CBOR');
    case 'tagged':
      throw new PayloadFailure('MessagePack has no tags: they belong to CBOR. Its own is {"$extension": …}');
  }
}

function writeText(writer: ByteWriter, bytes: Uint8Array, { binType }: MsgpackWriting): void {
  // The older format has no str 8.
  writeHead(writer, bytes.length, { fix: [0xa0, 31], heads: [binType ? 0xd9 : null, 0xda, 0xdb] });
  writer.raw(bytes);
}

interface Heads {
  /** First byte and largest size in it. */
  readonly fix?: readonly [number, number];
  /** For sizes of 1, 2 and 4 bytes. */
  readonly heads: readonly [number | null, number, number];
}

function writeHead(writer: ByteWriter, size: number, { fix, heads }: Heads): void {
  if (fix && size <= fix[1]) return writer.u8(fix[0] | size);
  if (heads[0] !== null && size <= 0xff) {
    writer.u8(heads[0]);
    return writer.u8(size);
  }
  if (size <= 0xffff) {
    writer.u8(heads[1]);
    return writer.u16(size);
  }
  writer.u8(heads[2]);
  writer.u32(size);
}

function writeInteger(writer: ByteWriter, value: number): void {
  if (value >= 0) {
    if (value < 0x80) return writer.u8(value);
    if (value <= 0xffff_ffff) return writeHead(writer, value, { heads: [0xcc, 0xcd, 0xce] });
    return writeLarge(writer, BigInt(value));
  }
  if (value >= -32) return writer.u8(value & 0xff);
  if (value >= -0x80) {
    writer.u8(0xd0);
    return writer.u8(value & 0xff);
  }
  if (value >= -0x8000) {
    writer.u8(0xd1);
    return writer.u16(value & 0xffff);
  }
  if (value < -0x8000_0000) return writeLarge(writer, BigInt(value));
  writer.u8(0xd2);
  writer.u32(value >>> 0);
}

function writeLarge(writer: ByteWriter, value: bigint): void {
  if (value < -(2n ** 63n) || value >= 2n ** 64n) {
    throw new PayloadFailure(`MessagePack holds whole numbers from -2^63 to 2^64-1, and ${short(value)} is none of them: write it as text`);
  }
  writer.u8(value < 0n ? 0xd3 : 0xcf);
  writer.u64(value);
}

const short = (value: bigint): string => {
  const digits = String(value);
  return digits.length > 30 ? `${digits.slice(0, 30)}…` : digits;
};

function writeFloat(writer: ByteWriter, value: number, { float32 }: MsgpackWriting): void {
  if (float32 && (Number.isNaN(value) || Math.fround(value) === value)) {
    writer.u8(0xca);
    return writer.f32(value);
  }
  writer.u8(0xcb);
  writer.f64(value);
}

function writeExtension(writer: ByteWriter, type: number, bytes: Uint8Array): void {
  const step = [1, 2, 4, 8, 16].indexOf(bytes.length);
  if (step >= 0) writer.u8(0xd4 + step);
  else writeHead(writer, bytes.length, { heads: [0xc7, 0xc8, 0xc9] });
  writer.u8(type & 0xff);
  writer.raw(bytes);
}

function timeBytes(seconds: bigint, nanoseconds: number): Uint8Array {
  const writer = new ByteWriter();
  if (nanoseconds === 0 && seconds >= 0n && seconds < 2n ** 32n) writer.u32(Number(seconds));
  else if (seconds >= 0n && seconds < 2n ** 34n) writer.u64((BigInt(nanoseconds) << 34n) | seconds);
  else {
    writer.u32(nanoseconds);
    writer.u64(seconds);
  }
  return writer.finish();
}
