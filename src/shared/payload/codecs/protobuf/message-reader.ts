import { ByteReader } from '../../value/byte-reader.ts';
import { PayloadFailure } from '../../value/payload-failure.ts';
import { floatValue, integerValue, mapOf, type MapValue, type PayloadValue } from '../../value/payload-value.ts';
import { wireTypeOf, wireTypes, type FieldType, type MessageType, type ScalarType, type ValueType } from './message-type.ts';
import { readTag, readUnknown, readVarint, unzigzag } from './wire-reader.ts';

/** Name of the member that holds fields the schema does not have. */
export const unknownKey = '$unknown';

/** The payload as one message. `notes` say what is unusual. */
export function readMessage(bytes: Uint8Array, type: MessageType): { readonly value: MapValue; readonly notes: readonly string[] } {
  const notes = new Set<string>();
  const reader = new ByteReader(bytes);
  return { value: readFields(reader, type, { depth: 0, end: bytes.length, group: null, notes }), notes: [...notes] };
}

interface Extent {
  readonly depth: number;
  /** Offset of the first byte that does not belong to the message. */
  readonly end: number;
  /** Field number of the group that is read. */
  readonly group: number | null;
  readonly notes: Set<string>;
}

type Entry = [key: string, value: PayloadValue];

function readFields(reader: ByteReader, type: MessageType, extent: Extent): MapValue {
  const { depth, end, group, notes } = extent;
  reader.enter(depth);
  const fields = fieldsOf(type);
  const entries = new Map<FieldType, Entry>();
  const unknown: PayloadValue[] = [];
  for (;;) {
    if (group === null && reader.at >= end) break;
    const tag = readTag(reader);
    if (tag.wire === wireTypes.endGroup && tag.field === group) break;
    const field = fields.get(tag.field);
    const isMap = field !== undefined && field.mapKey !== null;
    const wanted = field && (isMap ? wireTypes.bytes : wireTypeOf(field.value));
    const isPacked = field !== undefined && field.repeated && tag.wire === wireTypes.bytes && wanted !== wireTypes.bytes && wanted !== wireTypes.group;
    if (!field || (tag.wire !== wanted && !isPacked)) {
      if (field)
        notes.add(`The field ${field.number} (${type.name}.${field.name}) was sent in another form than the schema says: it is under "${unknownKey}".`);
      unknown.push(readUnknown(reader, tag, depth + 1));
      if (reader.at > end) throw new PayloadFailure(`the field ${tag.field} goes on after the end of its message`, tag.at);
      continue;
    }
    const before = entries.get(field)?.[1];
    entries.set(field, [field.name, isPacked ? readPacked(reader, field, before, extent) : readField(reader, field, before, extent, type)]);
    if (reader.at > end) throw new PayloadFailure(`the field ${field.name} goes on after the end of its message`, tag.at);
  }
  const known = [...entries].map(([field, [key, value]]): Entry => [key, field.mapKey === null ? value : lastOfEachKey(value)]);
  return mapOf(unknown.length > 0 ? [...known, [unknownKey, unknown]] : known);
}

const tables = new WeakMap<MessageType, ReadonlyMap<number, FieldType>>();

function fieldsOf(type: MessageType): ReadonlyMap<number, FieldType> {
  let table = tables.get(type);
  if (!table) {
    table = new Map(type.fields.map((field) => [field.number, field]));
    tables.set(type, table);
  }
  return table;
}

function readField(reader: ByteReader, field: FieldType, before: PayloadValue | undefined, extent: Extent, type: MessageType): PayloadValue {
  if (field.mapKey !== null) return readMapEntry(reader, field, before, extent);
  const value = readValue(reader, field, extent);
  if (field.repeated) return append(before, [value]);
  if (before !== undefined) extent.notes.add(`The field ${field.number} (${type.name}.${field.name}) was sent more than once: the last one counts.`);
  return value;
}

/** Adds to the list in place: a list of a million items grows item by item. */
function append(before: PayloadValue | undefined, items: readonly PayloadValue[]): PayloadValue {
  if (before === undefined) return [...items];
  const list = before as PayloadValue[];
  for (const item of items) list.push(item);
  return list;
}

function readPacked(reader: ByteReader, field: FieldType, before: PayloadValue | undefined, { depth }: Extent): PayloadValue {
  const length = Number(readVarint(reader));
  const end = reader.skip(length, 'a packed list') + length;
  reader.at = end - length;
  const items: PayloadValue[] = [];
  while (reader.at < end) {
    reader.enter(depth + 1);
    items.push(readScalarOrEnum(reader, field.value));
  }
  if (reader.at > end) throw new PayloadFailure(`the packed list ${field.name} ends inside a number`, end);
  return append(before, items);
}

function readValue(reader: ByteReader, field: FieldType, { depth, notes }: Extent): PayloadValue {
  const { value } = field;
  if (value.kind !== 'message') {
    reader.enter(depth + 1);
    return readScalarOrEnum(reader, value);
  }
  if (value.delimited) return readFields(reader, value.of(), { depth: depth + 1, end: reader.bytes.length, group: field.number, notes });
  const length = Number(readVarint(reader));
  const end = reader.skip(length, `the message ${field.name}`) + length;
  reader.at = end - length;
  return readFields(reader, value.of(), { depth: depth + 1, end, group: null, notes });
}

/** `map<key, value>` is a list of messages with the fields 1 and 2, either of which may be left out. Keys are shown as text. */
function readMapEntry(reader: ByteReader, field: FieldType, before: PayloadValue | undefined, { depth, notes }: Extent): PayloadValue {
  const length = Number(readVarint(reader));
  const end = reader.skip(length, `an entry of ${field.name}`) + length;
  reader.at = end - length;
  const entry = readFields(reader, entryType(field), { depth: depth + 1, end, group: null, notes });
  const part = (name: string): PayloadValue | undefined => entry.entries.find(([key]) => key === name)?.[1];
  const value =
    part('value') ?? (field.value.kind === 'scalar' ? defaultOf(field.value.scalar) : field.value.kind === 'enum' ? enumText(field.value, 0) : mapOf([]));
  return append(before, [[keyText(part('key') ?? defaultOf(field.mapKey as ScalarType)), value]]);
}

/** A key that comes again takes the place of the first. Keys that are no UTF-8 text stay as they are. */
function lastOfEachKey(list: PayloadValue): MapValue {
  return mapOf([...new Map(list as readonly [PayloadValue, PayloadValue][])]);
}

const entryTypes = new WeakMap<FieldType, MessageType>();

export function entryType(field: FieldType): MessageType {
  let type = entryTypes.get(field);
  if (!type) {
    const part = (number: number, name: string, value: ValueType): FieldType => ({
      number,
      name,
      jsonName: name,
      value,
      repeated: false,
      packed: false,
      mapKey: null,
    });
    type = { name: `${field.name} entry`, fields: [part(1, 'key', { kind: 'scalar', scalar: field.mapKey as ScalarType }), part(2, 'value', field.value)] };
    entryTypes.set(field, type);
  }
  return type;
}

const keyText = (key: PayloadValue): PayloadValue => (typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean' ? String(key) : key);

function defaultOf(scalar: ScalarType): PayloadValue {
  switch (scalar) {
    case 'string':
      return '';
    case 'bytes':
      return { kind: 'bytes', bytes: new Uint8Array(0) };
    case 'bool':
      return false;
    case 'float':
    case 'double':
      return floatValue(0);
    default:
      return 0;
  }
}

const enumText = ({ of }: Extract<ValueType, { kind: 'enum' }>, number: number): PayloadValue => of.values.find(([, one]) => one === number)?.[0] ?? number;

function readScalarOrEnum(reader: ByteReader, value: ValueType): PayloadValue {
  if (value.kind === 'enum') return enumText(value, Number(BigInt.asIntN(32, readVarint(reader))));
  if (value.kind === 'message') throw new PayloadFailure('a message inside a packed list', reader.at);
  const { view } = reader;
  switch (value.scalar) {
    case 'double':
      return floatValue(view.getFloat64(reader.skip(8, 'a double'), true));
    case 'float':
      return floatValue(view.getFloat32(reader.skip(4, 'a float'), true));
    case 'int32':
      return Number(BigInt.asIntN(32, readVarint(reader)));
    case 'int64':
      return integerValue(BigInt.asIntN(64, readVarint(reader)));
    case 'uint32':
      return Number(BigInt.asUintN(32, readVarint(reader)));
    case 'uint64':
      return integerValue(readVarint(reader));
    case 'sint32':
      return Number(BigInt.asIntN(32, unzigzag(BigInt.asUintN(32, readVarint(reader)))));
    case 'sint64':
      return integerValue(unzigzag(readVarint(reader)));
    case 'fixed32':
      return view.getUint32(reader.skip(4, 'a fixed32'), true);
    case 'fixed64':
      return integerValue(view.getBigUint64(reader.skip(8, 'a fixed64'), true));
    case 'sfixed32':
      return view.getInt32(reader.skip(4, 'an sfixed32'), true);
    case 'sfixed64':
      return integerValue(view.getBigInt64(reader.skip(8, 'an sfixed64'), true));
    case 'bool':
      return readVarint(reader) !== 0n;
    case 'string':
      return reader.text(Number(readVarint(reader)), 'a string');
    case 'bytes':
      return { kind: 'bytes', bytes: reader.take(Number(readVarint(reader)), 'a byte string').slice() };
  }
}
