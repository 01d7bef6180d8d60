import { ByteWriter } from '../../value/byte-writer.ts';
import { PayloadFailure } from '../../value/payload-failure.ts';
import { isList, isSpecial, type MapValue, type PayloadValue } from '../../value/payload-value.ts';
import { shownKey } from '../../value/value-text.ts';
import { entryType, unknownKey } from './message-reader.ts';
import { wireTypeOf, wireTypes, type EnumType, type FieldType, type MessageType, type ScalarType, type ValueType } from './message-type.ts';

const encoder = new TextEncoder();

/** Fields in the order they are written in the text. `null` leaves a field out. */
export function writeMessage(value: PayloadValue, type: MessageType): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writeFields(writer, value, type, '');
  return writer.finish();
}

function writeFields(writer: ByteWriter, value: PayloadValue, type: MessageType, path: string): void {
  for (const [key, item] of objectOf(value, `an object with the fields of ${type.name}`, path).entries) {
    if (key === unknownKey) {
      writeUnknownFields(writer, item, `${path}.${unknownKey}`);
      continue;
    }
    const field = type.fields.find(({ name, jsonName }) => name === key || jsonName === key);
    if (!field) throw new PayloadFailure(`${type.name} has no field ${JSON.stringify(key)}${at(path)}; it has ${list(type.fields.map(({ name }) => name))}`);
    if (item !== null) writeField(writer, item, field, `${path}.${field.name}`);
  }
}

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : `${names.slice(0, 20).join(', ')}${names.length > 20 ? ' and more' : ''}`);
const at = (path: string): string => (path === '' ? '' : ` at ${path}`);

function objectOf(value: PayloadValue, what: string, path: string): MapValue {
  if (isSpecial(value) && value.kind === 'map') return value;
  throw new PayloadFailure(`${what} is needed${at(path)}`);
}

function writeField(writer: ByteWriter, value: PayloadValue, field: FieldType, path: string): void {
  if (field.mapKey !== null) {
    for (const [key, item] of objectOf(value, 'an object', path).entries) {
      const entry = new ByteWriter();
      const type = entryType(field);
      writeTagged(entry, keyOf(key, field.mapKey, path), type.fields[0] as FieldType, `${path} key`);
      writeTagged(entry, item, type.fields[1] as FieldType, `${path}[${shownKey(key)}]`);
      writeTag(writer, field.number, wireTypes.bytes);
      writeBytes(writer, entry.finish());
    }
    return;
  }
  if (!field.repeated) return writeTagged(writer, value, field, path);
  if (!isList(value)) throw new PayloadFailure(`a list is needed${at(path)}`);
  if (!field.packed || value.length === 0) {
    for (const [index, item] of value.entries()) writeTagged(writer, item, field, `${path}[${index}]`);
    return;
  }
  const packed = new ByteWriter();
  for (const [index, item] of value.entries()) writeScalarOrEnum(packed, item, field.value, `${path}[${index}]`);
  writeTag(writer, field.number, wireTypes.bytes);
  writeBytes(writer, packed.finish());
}

/** Keys of maps are text in JSON, whatever they are in the message. */
function keyOf(key: PayloadValue, type: ScalarType, path: string): PayloadValue {
  if (type === 'string' || typeof key !== 'string') return key;
  if (type === 'bool' && (key === 'true' || key === 'false')) return key === 'true';
  if (/^-?\d{1,20}$/.test(key)) return BigInt(key);
  throw new PayloadFailure(`${JSON.stringify(key)} is no key of the type ${type}${at(path)}`);
}

function writeTagged(writer: ByteWriter, value: PayloadValue, field: FieldType, path: string): void {
  writeTag(writer, field.number, wireTypeOf(field.value));
  if (field.value.kind !== 'message') return writeScalarOrEnum(writer, value, field.value, path);
  if (field.value.delimited) {
    writeFields(writer, value, field.value.of(), path);
    return writeTag(writer, field.number, wireTypes.endGroup);
  }
  const inner = new ByteWriter();
  writeFields(inner, value, field.value.of(), path);
  writeBytes(writer, inner.finish());
}

const writeTag = (writer: ByteWriter, field: number, wire: number): void => writer.varint(BigInt(field) * 8n + BigInt(wire));

function writeBytes(writer: ByteWriter, bytes: Uint8Array): void {
  writer.varint(BigInt(bytes.length));
  writer.raw(bytes);
}

function writeScalarOrEnum(writer: ByteWriter, value: PayloadValue, type: Exclude<ValueType, { kind: 'message' }> | ValueType, path: string): void {
  if (type.kind === 'message') throw new PayloadFailure(`a number is needed${at(path)}`);
  if (type.kind === 'enum') return writer.varint(enumNumber(value, type.of, path));
  const { scalar } = type;
  switch (scalar) {
    case 'double':
      return writer.f64(floatOf(value, path), true);
    case 'float':
      return writer.f32(floatOf(value, path), true);
    case 'int32':
    case 'int64':
      return writer.varint(wholeOf(value, scalar, path));
    case 'uint32':
    case 'uint64':
      return writer.varint(wholeOf(value, scalar, path));
    case 'sint32':
    case 'sint64': {
      const whole = wholeOf(value, scalar, path);
      return writer.varint(whole < 0n ? -whole * 2n - 1n : whole * 2n);
    }
    case 'fixed32':
    case 'sfixed32':
      return writer.u32(Number(BigInt.asUintN(32, wholeOf(value, scalar, path))), true);
    case 'fixed64':
    case 'sfixed64':
      return writer.u64(wholeOf(value, scalar, path), true);
    case 'bool':
      if (typeof value !== 'boolean') throw new PayloadFailure(`true or false is needed${at(path)}`);
      return writer.u8(value ? 1 : 0);
    case 'string':
      if (typeof value === 'string') return writeBytes(writer, encoder.encode(value));
      if (isSpecial(value) && value.kind === 'broken-text') return writeBytes(writer, value.bytes);
      throw new PayloadFailure(`a text is needed${at(path)}`);
    case 'bytes':
      return writeBytes(writer, bytesOf(value, path));
  }
}

function bytesOf(value: PayloadValue, path: string): Uint8Array {
  if (isSpecial(value) && value.kind === 'bytes') return value.bytes;
  throw new PayloadFailure(`bytes are needed${at(path)}: {"$bytes": "00ff"}`);
}

function enumNumber(value: PayloadValue, { name, values }: EnumType, path: string): bigint {
  const known = typeof value === 'string' ? values.find(([one]) => one === value)?.[1] : undefined;
  if (known !== undefined) return BigInt(known);
  if (typeof value === 'number' && Number.isInteger(value)) return wholeOf(value, 'int32', path);
  throw new PayloadFailure(`a value of ${name} is needed${at(path)}: ${list(values.map(([one]) => one))}`);
}

function floatOf(value: PayloadValue, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (isSpecial(value) && value.kind === 'float') return value.value;
  throw new PayloadFailure(`a number is needed${at(path)}`);
}

function wholeOf(value: PayloadValue, scalar: ScalarType, path: string): bigint {
  if (typeof value !== 'bigint' && (typeof value !== 'number' || !Number.isInteger(value))) throw new PayloadFailure(`a whole number is needed${at(path)}`);
  const whole = BigInt(value);
  const bits = scalar.endsWith('32') ? 32 : 64;
  const isUnsigned = scalar.startsWith('uint') || scalar.startsWith('fixed');
  if ((isUnsigned ? BigInt.asUintN(bits, whole) : BigInt.asIntN(bits, whole)) !== whole)
    throw new PayloadFailure(`${String(whole).slice(0, 30)} does not fit into ${scalar}${at(path)}`);
  return whole;
}

/** What `readUnknown` shows. */
function writeUnknownFields(writer: ByteWriter, fields: PayloadValue, path: string): void {
  if (!isList(fields)) throw new PayloadFailure(`a list of fields is needed${at(path)}`);
  for (const [index, field] of fields.entries()) writeUnknown(writer, field, `${path}[${index}]`);
}

function writeUnknown(writer: ByteWriter, value: PayloadValue, path: string): void {
  const { entries } = objectOf(value, 'an object such as {"field": 1, "varint": 150}', path);
  const [first, second, third] = entries;
  const number = first?.[0] === 'field' ? first[1] : null;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 536_870_911 || !second || third)
    throw new PayloadFailure(`a field has a number and one value${at(path)}: {"field": 1, "varint": 150}`);
  const [key, item] = second;
  switch (key) {
    case 'varint':
      writeTag(writer, number, wireTypes.varint);
      return writer.varint(wholeOf(item, 'uint64', path));
    case 'fixed32':
      writeTag(writer, number, wireTypes.fixed32);
      return writer.u32(Number(wholeOf(item, 'fixed32', path)), true);
    case 'fixed64':
      writeTag(writer, number, wireTypes.fixed64);
      return writer.u64(wholeOf(item, 'fixed64', path), true);
    case 'text':
      writeTag(writer, number, wireTypes.bytes);
      return writeScalarOrEnum(writer, item, { kind: 'scalar', scalar: 'string' }, path);
    case 'bytes':
      writeTag(writer, number, wireTypes.bytes);
      return writeBytes(writer, bytesOf(item, path));
    case 'message': {
      const inner = new ByteWriter();
      writeUnknownFields(inner, item, path);
      writeTag(writer, number, wireTypes.bytes);
      return writeBytes(writer, inner.finish());
    }
    case 'group':
      writeTag(writer, number, wireTypes.group);
      writeUnknownFields(writer, item, path);
      return writeTag(writer, number, wireTypes.endGroup);
    default:
      throw new PayloadFailure(`a field holds varint, fixed32, fixed64, text, bytes, message or group${at(path)}`);
  }
}
