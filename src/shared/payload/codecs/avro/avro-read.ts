import { ByteReader } from '../../value/byte-reader.ts';
import { PayloadFailure } from '../../value/payload-failure.ts';
import { floatValue, integerValue, mapOf, type PayloadValue } from '../../value/payload-value.ts';
import { readVarint, unzigzag } from '../protobuf/wire-reader.ts';
import { branchName, type AvroType, type LogicalType } from './avro-type.ts';

/** One value that fills the bytes (Avro 1.12, "Binary Encoding"). */
export function readAvro(bytes: Uint8Array, type: AvroType): PayloadValue {
  const reader = new ByteReader(bytes);
  const value = readOne(reader, type, 0);
  reader.end('Avro value');
  return value;
}

/** Longer decimals are shown as their bytes: writing out their digits takes ever longer. */
const maxDecimalBytes = 1024;

function readOne(reader: ByteReader, type: AvroType, depth: number): PayloadValue {
  reader.enter(depth);
  switch (type.kind) {
    case 'null':
      return null;
    case 'boolean': {
      const byte = reader.u8('a boolean');
      if (byte > 1) throw new PayloadFailure(`a boolean is 0 or 1, not ${byte}`, reader.at - 1);
      return byte === 1;
    }
    case 'int': {
      const at = reader.at;
      const value = readLong(reader);
      if (BigInt.asIntN(32, value) !== value) throw new PayloadFailure(`an int has 32 bits, and ${value} more`, at);
      return Number(value);
    }
    case 'long':
      return type.logical?.name === 'timestamp' ? moment(readLong(reader), type.logical.unitsPerSecond) : integerValue(readLong(reader));
    case 'float':
      return floatValue(reader.view.getFloat32(reader.skip(4, 'a float'), true));
    case 'double':
      return floatValue(reader.view.getFloat64(reader.skip(8, 'a double'), true));
    case 'bytes':
      return bytesOrDecimal(reader.take(readSize(reader), 'a byte string'), type.logical, isPadded);
    case 'string':
      return reader.text(readSize(reader), 'a string');
    case 'fixed':
      return bytesOrDecimal(reader.take(type.size, `the ${type.size} bytes of ${type.name}`), type.logical, () => false);
    case 'enum': {
      const at = reader.at;
      const index = readLong(reader);
      const symbol = type.symbols[Number(index)];
      if (symbol === undefined) throw new PayloadFailure(`${type.name} has ${type.symbols.length} symbols, and this is number ${index}`, at);
      return symbol;
    }
    case 'record':
      return mapOf(type.fields.map((field) => [field.name, readOne(reader, field.type, depth + 1)]));
    case 'array': {
      const items: PayloadValue[] = [];
      readBlocks(reader, () => items.push(readOne(reader, type.items, depth + 1)));
      return items;
    }
    case 'map': {
      const entries: (readonly [PayloadValue, PayloadValue])[] = [];
      readBlocks(reader, () => entries.push([reader.text(readSize(reader), 'a key'), readOne(reader, type.values, depth + 1)]));
      return mapOf(entries);
    }
    case 'union':
      return readUnion(reader, type.branches, depth);
  }
}

const readLong = (reader: ByteReader): bigint => unzigzag(readVarint(reader));

function readSize(reader: ByteReader): number {
  const at = reader.at;
  const size = readLong(reader);
  if (size < 0n) throw new PayloadFailure(`a length is never negative (${size})`, at);
  return Number(size);
}

/** Blocks of items up to an empty one; a negative count is followed by the size of the block. */
function readBlocks(reader: ByteReader, item: () => void): void {
  for (;;) {
    let count = readLong(reader);
    if (count === 0n) return;
    if (count < 0n) {
      count = -count;
      readSize(reader);
    }
    for (let left = count; left > 0n; left -= 1n) item();
  }
}

/** With one branch beside null, the value says which; with more, an object names it, as JSON of Avro does. */
function readUnion(reader: ByteReader, branches: readonly AvroType[], depth: number): PayloadValue {
  const at = reader.at;
  const index = readLong(reader);
  const branch = branches[Number(index)];
  if (!branch) throw new PayloadFailure(`a union of ${branches.length} types has no number ${index}`, at);
  const value = readOne(reader, branch, depth + 1);
  if (branch.kind === 'null' || branches.filter(({ kind }) => kind !== 'null').length === 1) return value;
  return mapOf([[branchName(branch), value]]);
}

function moment(units: bigint, unitsPerSecond: number): PayloadValue {
  const perSecond = BigInt(unitsPerSecond);
  const rest = ((units % perSecond) + perSecond) % perSecond;
  return { kind: 'time', seconds: (units - rest) / perSecond, nanoseconds: Number(rest) * (1e9 / unitsPerSecond) };
}

/** A decimal that is longer than need be could not be written back the same; of a fixed size it could. */
function bytesOrDecimal(bytes: Uint8Array, logical: LogicalType | null, isTooLong: (bytes: Uint8Array) => boolean): PayloadValue {
  const isShort = bytes.length > 0 && bytes.length <= maxDecimalBytes && !isTooLong(bytes);
  if (logical?.name !== 'decimal' || !isShort) return { kind: 'bytes', bytes: bytes.slice() };
  const unscaled = BigInt.asIntN(
    bytes.length * 8,
    bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  );
  return decimalText(unscaled, logical.scale);
}

const isPadded = (bytes: Uint8Array): boolean =>
  bytes.length > 1 && ((bytes[0] === 0 && (bytes[1] as number) < 0x80) || (bytes[0] === 0xff && (bytes[1] as number) >= 0x80));

function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}
