import { ByteWriter } from '../value/byte-writer.ts';
import { PayloadFailure } from '../value/payload-failure.ts';
import { isList, type PayloadValue, type SpecialValue } from '../value/payload-value.ts';
import { writeHalf } from './half-float.ts';

const encoder = new TextEncoder();

/** In preferred serialization (RFC 8949 §4.1): shortest heads and floating-point numbers, definite lengths. Maps keep their order. */
export function writeCbor(value: PayloadValue): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writeItem(writer, value);
  return writer.finish();
}

function writeItem(writer: ByteWriter, value: PayloadValue): void {
  if (value === null) return writer.u8(0xf6);
  if (typeof value === 'boolean') return writer.u8(value ? 0xf5 : 0xf4);
  if (typeof value === 'string') return writeString(writer, 3, encoder.encode(value));
  if (typeof value === 'bigint') return writeLarge(writer, value);
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return writeFloat(writer, value);
    return value < 0 ? writeHead(writer, 1, -1 - value) : writeHead(writer, 0, value);
  }
  if (!isList(value)) return writeSpecial(writer, value);
  writeHead(writer, 4, value.length);
  for (const item of value) writeItem(writer, item);
}

function writeSpecial(writer: ByteWriter, value: SpecialValue): void {
  switch (value.kind) {
    case 'map':
      writeHead(writer, 5, value.entries.length);
      for (const [key, item] of value.entries) {
        writeItem(writer, key);
        writeItem(writer, item);
      }
      return;
    case 'bytes':
      return writeString(writer, 2, value.bytes);
    case 'broken-text':
      return writeString(writer, 3, value.bytes);
    case 'float':
      return writeFloat(writer, value.value);
    case 'undefined':
      return writer.u8(0xf7);
    case 'simple':
      return writeSimple(writer, value.value);
    case 'tagged':
      writeHead(writer, 6, value.tag);
      return writeItem(writer, value.value);
    case 'time':
      // Tag 1 with whole seconds (§3.4.2); with a fraction, a double would round it.
      if (value.nanoseconds !== 0) throw new PayloadFailure('CBOR has no time with nanoseconds: write {"$tag": 0, "value": "2026-11-21T14:00:00.5Z"}');
      writeHead(writer, 6, 1);
      return writeItem(writer, value.seconds);
    case 'extension':
      throw new PayloadFailure('CBOR has no extensions: they belong to MessagePack. Its own are {"$tag": …, "value": …}');
  }
}

function writeSimple(writer: ByteWriter, value: number): void {
  if (value >= 24 && value < 32) throw new PayloadFailure(`the simple values 24 to 31 are reserved (RFC 8949 §3.3), and ${value} is one of them`);
  if (value >= 24) writer.u8(0xf8);
  writer.u8(value < 24 ? 0xe0 | value : value);
}

function writeString(writer: ByteWriter, major: 2 | 3, bytes: Uint8Array): void {
  writeHead(writer, major, bytes.length);
  writer.raw(bytes);
}

function writeHead(writer: ByteWriter, major: number, argument: number | bigint): void {
  const head = major << 5;
  if (argument < 24) return writer.u8(head | Number(argument));
  if (argument <= 0xff) {
    writer.u8(head | 24);
    return writer.u8(Number(argument));
  }
  if (argument <= 0xffff) {
    writer.u8(head | 25);
    return writer.u16(Number(argument));
  }
  if (argument <= 0xffff_ffff) {
    writer.u8(head | 26);
    return writer.u32(Number(argument));
  }
  writer.u8(head | 27);
  writer.u64(BigInt(argument));
}

function writeLarge(writer: ByteWriter, value: bigint): void {
  const magnitude = value < 0n ? -1n - value : value;
  if (magnitude < 2n ** 64n) return writeHead(writer, value < 0n ? 1 : 0, magnitude);
  writeHead(writer, 6, value < 0n ? 3 : 2);
  const hex = magnitude.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  writeString(
    writer,
    2,
    Uint8Array.from({ length: even.length / 2 }, (_, at) => Number.parseInt(even.slice(at * 2, at * 2 + 2), 16)),
  );
}

function writeFloat(writer: ByteWriter, value: number): void {
  const half = writeHalf(value);
  if (half !== null) {
    writer.u8(0xf9);
    return writer.u16(half);
  }
  if (Math.fround(value) === value) {
    writer.u8(0xfa);
    return writer.f32(value);
  }
  writer.u8(0xfb);
  writer.f64(value);
}
