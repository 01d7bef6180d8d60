import { ByteReader } from '../../value/byte-reader.ts';
import { PayloadFailure } from '../../value/payload-failure.ts';
import { mapOf, type PayloadValue } from '../../value/payload-value.ts';
import { hasBinaryControls } from '../../utf8-text.ts';
import { wireTypes } from './message-type.ts';

/** Seven bits a byte, the lowest first, at most ten of them; as unsigned 64 bits. */
export function readVarint(reader: ByteReader): bigint {
  const start = reader.at;
  let low = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = reader.u8('a varint');
    low |= (byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt(low);
  }
  let value = BigInt(low);
  for (let shift = 28n; shift < 70n; shift += 7n) {
    const byte = reader.u8('a varint');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new PayloadFailure('a varint of more than ten bytes', start);
}

/** Signed numbers with small ones first: 0, -1, 1, -2 (sint32 and sint64, and all whole numbers of Avro). */
export const unzigzag = (value: bigint): bigint => (value >> 1n) ^ -(value & 1n);

export interface Tag {
  readonly field: number;
  readonly wire: number;
  readonly at: number;
}

export function readTag(reader: ByteReader): Tag {
  const at = reader.at;
  const tag = readVarint(reader);
  const field = Number(tag >> 3n);
  const wire = Number(tag & 7n);
  if (field < 1 || field > 536_870_911) throw new PayloadFailure(`${field} is no field number`, at);
  if (wire > 5) throw new PayloadFailure(`${wire} is no wire type`, at);
  return { field, wire, at };
}

/** The bytes of a length-delimited field. */
function readDelimited(reader: ByteReader): Uint8Array {
  return reader.take(Number(readVarint(reader)), 'a field');
}

/** A field that no schema explains: `{"field": 1, "varint": 150}`. What is inside bytes is guessed, and can be written back either way. */
export function readUnknown(reader: ByteReader, { field, wire, at }: Tag, depth: number): PayloadValue {
  reader.enter(depth);
  const entry = (name: string, value: PayloadValue): PayloadValue =>
    mapOf([
      ['field', field],
      [name, value],
    ]);
  switch (wire) {
    case wireTypes.varint:
      return entry('varint', integer(readVarint(reader)));
    case wireTypes.fixed64:
      return entry('fixed64', integer(reader.view.getBigUint64(reader.skip(8, 'a fixed64'), true)));
    case wireTypes.fixed32:
      return entry('fixed32', reader.view.getUint32(reader.skip(4, 'a fixed32'), true));
    case wireTypes.group:
      return entry('group', readUnknownFields(reader, depth + 1, field));
    case wireTypes.bytes:
      return entry(...guessBytes(readDelimited(reader), reader, depth));
    default:
      throw new PayloadFailure('the end of a group that did not begin', at);
  }
}

/** All fields up to the end, or to the end of the group. */
function readUnknownFields(reader: ByteReader, depth: number, group: number | null = null): readonly PayloadValue[] {
  const fields: PayloadValue[] = [];
  for (;;) {
    if (group === null && reader.left === 0) return fields;
    const tag = readTag(reader);
    if (tag.wire === wireTypes.endGroup && group === tag.field) return fields;
    fields.push(readUnknown(reader, tag, depth));
  }
}

const integer = (value: bigint): PayloadValue => (value <= 9_007_199_254_740_991n ? Number(value) : value);

/** Guessing inside guesses is given up early: the work would double with each level. */
const maxGuessDepth = 12;

function guessBytes(bytes: Uint8Array, outer: ByteReader, depth: number): readonly [string, PayloadValue] {
  if (bytes.length === 0) return ['text', ''];
  const text = new ByteReader(bytes).text(bytes.length, 'a string');
  if (typeof text === 'string' && !hasBinaryControls(text)) return ['text', text];
  if (depth < maxGuessDepth) {
    try {
      return ['message', readUnknownFields(new ByteReader(bytes, outer), depth + 1)];
    } catch (error) {
      if (!(error instanceof PayloadFailure)) throw error;
    }
  }
  return ['bytes', { kind: 'bytes', bytes: bytes.slice() }];
}
