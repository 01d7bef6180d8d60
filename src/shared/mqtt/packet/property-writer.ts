import { packetName } from './packet-type.ts';
import { binarySize, checkInteger, maxVariableByteInteger, packetWriter, stringSize, variableSize } from './packet-writer.ts';
import { propertyTable, willPlace, type PropertyEntry, type PropertyName } from './property-table.ts';
import type { Properties } from './packets.ts';

const userProperty = 0x26;
/** What each packet may have, in the order on the wire: that of table 2-4, user properties last in their own order. */
const entriesByPlace: readonly (readonly PropertyEntry[])[] = Array.from({ length: 16 }, (_, place) => {
  const entries = propertyTable.filter(({ places }) => places & (1 << place));
  return [...entries.filter(({ id }) => id !== userProperty), ...entries.filter(({ id }) => id === userProperty)];
});

/**
 * Bytes of the properties without the property length before them (§2.2.2). Throws a RangeError for a value that cannot be written or a property
 * that may not stand in the packet `place` (a packet type, or `willPlace`).
 */
export function propertiesLength(properties: Properties | null, place: number): number {
  if (properties === null) return 0;
  let size = 0;
  let known = 0;
  const entries = entriesByPlace[place]!;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index]!;
    const value = properties[entry.name];
    if (value === undefined) continue;
    known += 1;
    size += entrySize(entry, value);
  }
  let given = 0;
  for (const name in properties) if (properties[name as PropertyName] !== undefined) given += 1;
  if (given !== known) refuseStrangers(properties, place);
  return size;
}

/** Writes the property length, as `propertiesLength` has measured it, and the properties. */
export function writeProperties(properties: Properties | null, length: number, place: number): void {
  packetWriter.variable(length);
  if (properties === null || length === 0) return;
  const entries = entriesByPlace[place]!;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index]!;
    const value = properties[entry.name];
    if (value !== undefined) writeEntry(entry, value);
  }
}

function refuseStrangers(properties: Properties, place: number): never {
  const allowed = entriesByPlace[place]!;
  const strangers = Object.keys(properties).filter((name) => !allowed.some((entry) => entry.name === name));
  throw new RangeError(`${place === willPlace ? 'A will' : packetName(place)} may not have the property ${strangers.join(', ')} [§2.2.2.2].`);
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

function writeEntry({ id, kind }: PropertyEntry, value: Value): void {
  if (kind === 'pair') {
    for (const [name, text] of value as Pairs) {
      packetWriter.byte(id);
      packetWriter.string(name);
      packetWriter.string(text);
    }
    return;
  }
  if (kind === 'variable') {
    for (const identifier of value as readonly number[]) {
      packetWriter.byte(id);
      packetWriter.variable(identifier);
    }
    return;
  }
  packetWriter.byte(id);
  if (kind === 'flag') packetWriter.byte(value as number);
  else if (kind === 'uint16') packetWriter.uint16(value as number);
  else if (kind === 'uint32') packetWriter.uint32(value as number);
  else if (kind === 'string') packetWriter.string(value as string);
  else packetWriter.binary(value as Uint8Array);
}
