import { packetName } from './packet-type.ts';
import { binarySize, checkInteger, maxVariableByteInteger, stringSize, variableSize, type PacketWriter } from './packet-writer.ts';
import { propertyTable, willPlace, type PropertyEntry } from './property-table.ts';
import type { Properties } from './packets.ts';

const userProperty = 0x26;
/** The order on the wire: that of table 2-4, user properties last in their own order. */
const writeOrder: readonly PropertyEntry[] = [
  ...propertyTable.filter(({ id }) => id !== userProperty),
  ...propertyTable.filter(({ id }) => id === userProperty),
];

/**
 * Bytes of the properties without the property length before them (§2.2.2). Throws a RangeError for a value that cannot be written or a property
 * that may not stand in the packet `place` (a packet type, or `willPlace`).
 */
export function propertiesLength(properties: Properties | null, place: number): number {
  if (properties === null) return 0;
  let size = 0;
  for (const entry of writeOrder) {
    const value = properties[entry.name];
    if (value === undefined) continue;
    if ((entry.places & (1 << place)) === 0)
      throw new RangeError(`${entry.words} may not stand in ${place === willPlace ? 'a will' : packetName(place)} [§2.2.2.2].`);
    size += entrySize(entry, value);
  }
  return size;
}

/** Writes the property length, as `propertiesLength` has measured it, and the properties. */
export function writeProperties(writer: PacketWriter, properties: Properties | null, length: number): void {
  writer.variable(length);
  if (properties === null || length === 0) return;
  for (const entry of writeOrder) {
    const value = properties[entry.name];
    if (value !== undefined) writeEntry(writer, entry, value);
  }
}

type Value = NonNullable<Properties[keyof Properties]>;
type Pairs = NonNullable<Properties['userProperties']>;

function entrySize({ kind, words, least }: PropertyEntry, value: Value): number {
  switch (kind) {
    case 'flag':
      checkInteger(value as number, 0, 1, words);
      return 2;
    case 'uint16':
      checkInteger(value as number, least, 0xffff, words);
      return 3;
    case 'uint32':
      checkInteger(value as number, least, 0xffff_ffff, words);
      return 5;
    case 'variable': {
      let size = 0;
      for (const identifier of value as readonly number[]) {
        checkInteger(identifier, least, maxVariableByteInteger, words);
        size += 1 + variableSize(identifier);
      }
      return size;
    }
    case 'string':
      return 1 + stringSize(value as string, words);
    case 'binary':
      return 1 + binarySize(value as Uint8Array, words);
    case 'pair': {
      let size = 0;
      for (const [name, text] of value as Pairs) size += 1 + stringSize(name, words) + stringSize(text, words);
      return size;
    }
  }
}

function writeEntry(writer: PacketWriter, { id, kind }: PropertyEntry, value: Value): void {
  if (kind === 'pair') {
    for (const [name, text] of value as Pairs) {
      writer.byte(id);
      writer.string(name);
      writer.string(text);
    }
    return;
  }
  if (kind === 'variable') {
    for (const identifier of value as readonly number[]) {
      writer.byte(id);
      writer.variable(identifier);
    }
    return;
  }
  writer.byte(id);
  if (kind === 'flag') writer.byte(value as number);
  else if (kind === 'uint16') writer.uint16(value as number);
  else if (kind === 'uint32') writer.uint32(value as number);
  else if (kind === 'string') writer.string(value as string);
  else writer.binary(value as Uint8Array);
}
