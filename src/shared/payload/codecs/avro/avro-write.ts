import { ByteWriter } from '../../value/byte-writer.ts';
import { PayloadFailure } from '../../value/payload-failure.ts';
import { isList, isSpecial, type MapValue, type PayloadValue } from '../../value/payload-value.ts';
import { shownKey } from '../../value/value-text.ts';
import { readValueText } from '../../value/value-reader.ts';
import { branchName, type AvroType, type LogicalType } from './avro-type.ts';

const encoder = new TextEncoder();

export function writeAvro(value: PayloadValue, type: AvroType): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writeOne(writer, value, type, '');
  return writer.finish();
}

function writeOne(writer: ByteWriter, value: PayloadValue, type: AvroType, path: string): void {
  switch (type.kind) {
    case 'null':
      if (value !== null) throw needed('null', path);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw needed('true or false', path);
      return writer.u8(value ? 1 : 0);
    case 'int':
      return writeLong(writer, wholeOf(value, 32, path));
    case 'long':
      return writeLong(
        writer,
        type.logical?.name === 'timestamp' && isSpecial(value) && value.kind === 'time'
          ? units(value, type.logical.unitsPerSecond, path)
          : wholeOf(value, 64, path),
      );
    case 'float':
      return writer.f32(numberOf(value, path), true);
    case 'double':
      return writer.f64(numberOf(value, path), true);
    case 'bytes':
      return writeSized(writer, bytesOf(value, type.logical, path));
    case 'string':
      if (typeof value === 'string') return writeSized(writer, encoder.encode(value));
      if (isSpecial(value) && value.kind === 'broken-text') return writeSized(writer, value.bytes);
      throw needed('a text', path);
    case 'fixed':
      return writer.raw(fixedOf(value, type, path));
    case 'enum': {
      const index = typeof value === 'string' ? type.symbols.indexOf(value) : -1;
      if (index < 0) throw needed(`one of ${type.symbols.slice(0, 20).join(', ')}`, path);
      return writeLong(writer, BigInt(index));
    }
    case 'record':
      return writeRecord(writer, value, type, path);
    case 'array':
      if (!isList(value)) throw needed('a list', path);
      if (value.length > 0) writeLong(writer, BigInt(value.length));
      for (const [index, item] of value.entries()) writeOne(writer, item, type.items, `${path}[${index}]`);
      return writeLong(writer, 0n);
    case 'map': {
      const { entries } = objectOf(value, path);
      if (entries.length > 0) writeLong(writer, BigInt(entries.length));
      for (const [key, item] of entries) {
        writeOne(writer, key, { kind: 'string', logical: null }, `${path} key`);
        writeOne(writer, item, type.values, `${path}[${shownKey(key)}]`);
      }
      return writeLong(writer, 0n);
    }
    case 'union':
      return writeUnion(writer, value, type.branches, path);
  }
}

function writeRecord(writer: ByteWriter, value: PayloadValue, type: Extract<AvroType, { kind: 'record' }>, path: string): void {
  const given = new Map(objectOf(value, path).entries);
  const unknown = [...given.keys()].find((key) => !type.fields.some(({ name }) => name === key));
  if (unknown !== undefined) throw new PayloadFailure(`${type.name} has no field ${JSON.stringify(unknown)}${at(path)}`);
  for (const field of type.fields) {
    const item = given.get(field.name);
    const where = `${path}.${field.name}`;
    if (item !== undefined) writeOne(writer, item, field.type, where);
    else if (field.default) writeDefault(writer, field.default.text, field.type, where);
    else throw new PayloadFailure(`the field "${field.name}" of ${type.name} is missing${at(path)}`);
  }
}

/** The default of a union is of its first type that takes it, and is not named; bytes are text whose characters are the bytes. */
function writeDefault(writer: ByteWriter, text: string, type: AvroType, path: string): void {
  const value = readValueText(text);
  if (type.kind === 'union') {
    const index = type.branches.findIndex((branch) => fits(value, branch));
    const branch = type.branches[index];
    if (!branch) throw needed('a default that fits the type', path);
    writeLong(writer, BigInt(index));
    return writeOne(writer, value, branch, path);
  }
  if ((type.kind === 'bytes' || type.kind === 'fixed') && typeof value === 'string')
    return writeOne(writer, { kind: 'bytes', bytes: Uint8Array.from(value, (character) => character.charCodeAt(0)) }, type, path);
  writeOne(writer, value, type, path);
}

function fits(value: PayloadValue, type: AvroType): boolean {
  try {
    writeOne(new ByteWriter(), value, type, '');
    return true;
  } catch (error) {
    if (error instanceof PayloadFailure) return false;
    throw error;
  }
}

function writeUnion(writer: ByteWriter, value: PayloadValue, branches: readonly AvroType[], path: string): void {
  const others = branches.filter(({ kind }) => kind !== 'null');
  const only = others.length === 1 ? others[0] : undefined;
  const index = value === null ? branches.findIndex(({ kind }) => kind === 'null') : only ? branches.indexOf(only) : -1;
  const branch = branches[index];
  if (branch) {
    writeLong(writer, BigInt(index));
    return writeOne(writer, value, branch, path);
  }
  const entries = isSpecial(value) && value.kind === 'map' ? value.entries : [];
  const [name, item = null] = entries.length === 1 ? (entries[0] as readonly [PayloadValue, PayloadValue]) : [];
  const named = branches.findIndex((one) => branchName(one) === name);
  if (named < 0)
    throw needed(
      `an object that names the type (${branches.map(branchName).join(', ')}), such as {"${branchName(others[0] ?? (branches[0] as AvroType))}": …},`,
      path,
    );
  writeLong(writer, BigInt(named));
  writeOne(writer, item, branches[named] as AvroType, `${path}.${branchName(branches[named] as AvroType)}`);
}

const at = (path: string): string => (path === '' ? '' : ` at ${path}`);
const needed = (what: string, path: string): PayloadFailure => new PayloadFailure(`${what} is needed${at(path)}`);

function objectOf(value: PayloadValue, path: string): MapValue {
  if (isSpecial(value) && value.kind === 'map') return value;
  throw needed('an object', path);
}

const writeLong = (writer: ByteWriter, value: bigint): void => writer.varint(value < 0n ? -value * 2n - 1n : value * 2n);

function writeSized(writer: ByteWriter, bytes: Uint8Array): void {
  writeLong(writer, BigInt(bytes.length));
  writer.raw(bytes);
}

function wholeOf(value: PayloadValue, bits: number, path: string): bigint {
  if (typeof value !== 'bigint' && (typeof value !== 'number' || !Number.isInteger(value))) throw needed('a whole number', path);
  const whole = BigInt(value);
  if (BigInt.asIntN(bits, whole) !== whole) throw new PayloadFailure(`${String(whole).slice(0, 30)} does not fit into ${bits} bits${at(path)}`);
  return whole;
}

function numberOf(value: PayloadValue, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (isSpecial(value) && value.kind === 'float') return value.value;
  throw needed('a number', path);
}

function units({ seconds, nanoseconds }: { readonly seconds: bigint; readonly nanoseconds: number }, unitsPerSecond: number, path: string): bigint {
  const inUnits = nanoseconds / (1e9 / unitsPerSecond);
  const whole = seconds * BigInt(unitsPerSecond) + BigInt(Math.trunc(inUnits));
  if (!Number.isInteger(inUnits)) throw new PayloadFailure(`the time is finer than the type can hold${at(path)}`);
  return wholeOf(whole, 64, path);
}

function bytesOf(value: PayloadValue, logical: LogicalType | null, path: string): Uint8Array {
  if (isSpecial(value) && value.kind === 'bytes') return value.bytes;
  if (logical?.name !== 'decimal') throw needed('bytes, {"$bytes": "00ff"},', path);
  const match = typeof value === 'string' ? /^(-?)(\d{1,2400})(?:\.(\d{1,1000}))?$/.exec(value) : null;
  if (!match || (match[3] ?? '').length > logical.scale) throw needed(`a decimal as text with at most ${logical.scale} digits after the point`, path);
  return twosComplement(BigInt(`${match[1]}${match[2]}${(match[3] ?? '').padEnd(logical.scale, '0')}`));
}

/** In as few bytes as it takes, the highest first. */
function twosComplement(value: bigint): Uint8Array {
  let size = 1;
  while (BigInt.asIntN(size * 8, value) !== value) size += 1;
  return Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * (size - 1 - index))) & 0xffn));
}

function fixedOf(value: PayloadValue, { name, size, logical }: Extract<AvroType, { kind: 'fixed' }>, path: string): Uint8Array {
  const bytes = bytesOf(value, logical, path);
  if (bytes.length === size) return bytes;
  if (isSpecial(value) || bytes.length > size) throw new PayloadFailure(`${name} has ${size} bytes, and these are ${bytes.length}${at(path)}`);
  // A decimal of fixed size is filled up with its sign.
  const whole = new Uint8Array(size).fill((bytes[0] as number) >= 0x80 ? 0xff : 0);
  whole.set(bytes, size - bytes.length);
  return whole;
}
