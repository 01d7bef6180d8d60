import { packetName, packetType } from '../packet/packet-type.ts';
import { propertyById, willPlace, type PropertyEntry } from '../packet/property-table.ts';
import { OutOfBytes, type Cursor } from './cursor.ts';
import type { Field } from './fields.ts';

const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;
const never = 0xffff_ffff;
const secondsProperties = new Set(['messageExpiryInterval', 'sessionExpiryInterval', 'serverKeepAlive', 'willDelayInterval']);

/** Property length and properties (§2.2.2). `place` is the packet type, or `willPlace`. */
export function dissectProperties(cursor: Cursor, place: number, fromServer: boolean): void {
  cursor.group(place === willPlace ? 'willProperties' : 'properties', place === willPlace ? 'Will Properties' : 'Properties', () => {
    const start = cursor.at;
    const length = cursor.variable('propertyLength', 'Property Length', { text: (value) => `${value} ${value === 1 ? 'byte' : 'bytes'}` });
    const outerEnd = cursor.end;
    const from = cursor.at;
    const end = from + length;
    if (end > outerEnd && !cursor.isPartial) cursor.violate('§2.2.2.1', `The properties are longer than ${placeName(place)}.`, start, outerEnd);
    cursor.end = Math.min(end, outerEnd);
    let count = 0;
    try {
      const seen = new Set<number>();
      while (cursor.left > 0) {
        count += 1;
        if (!property(cursor, place, fromServer, seen)) break;
      }
    } catch (error) {
      if (!(error instanceof OutOfBytes)) throw error;
      // Their length says where they end, whatever is wrong inside.
    }
    if (end > outerEnd) throw new OutOfBytes();
    cursor.at = end;
    cursor.end = outerEnd;
    return { text: count === 0 ? 'none' : String(count) };
  });
}

/** One property; false when nobody can tell where the next one begins. */
function property(cursor: Cursor, place: number, fromServer: boolean, seen: Set<number>): boolean {
  const start = cursor.at;
  const id = cursor.bytes[start] as number;
  const entry = propertyById[id];
  if (entry === undefined) {
    // Identifiers are variable byte integers, of which all that exist have one byte.
    const unknown = cursor.variable('unknownProperty', 'Unknown property', { text: hex });
    if (propertyById[unknown] === undefined) cursor.violate('§2.2.2.2', `${hex(unknown)} is no property of MQTT 5.`, start, cursor.at);
    cursor.rest('unknownValue', 'What follows it');
    return false;
  }
  const { words } = entry;
  if ((entry.places & (1 << place)) === 0) cursor.violate('§2.2.2.2', `${placeName(place)} may not have the property ${words}.`, start, start + 1);
  const mayRepeat = id === 0x26 || (id === 0x0b && place === packetType.publish);
  if (seen.has(id) && !mayRepeat) cursor.violate('§2.2.2.2', `${words} is given twice in ${placeName(place)}.`, start, start + 1);
  seen.add(id);
  cursor.group(entry.name, words, () => {
    cursor.byte('propertyId', 'Identifier', { text: hex });
    const text = value(cursor, entry);
    check(cursor, entry, place, fromServer, start);
    return { text };
  });
  return true;
}

function value(cursor: Cursor, { kind, name, words }: PropertyEntry): string {
  const unit = secondsProperties.has(name)
    ? { text: (seconds: number) => (seconds === never ? 'never' : `${seconds} s`) }
    : name === 'maximumPacketSize'
      ? { text: (size: number) => `${size} bytes` }
      : {};
  switch (kind) {
    case 'flag':
      cursor.byte('value', words);
      break;
    case 'uint16':
      cursor.uint16('value', words, unit);
      break;
    case 'uint32':
      cursor.uint32('value', words, unit);
      break;
    case 'variable':
      cursor.variable('value', words);
      break;
    case 'string':
      cursor.string('value', words);
      break;
    case 'binary':
      cursor.binary('value', words, { secret: name === 'authenticationData' });
      break;
    case 'pair':
      cursor.string('name', 'Name');
      cursor.string('value', 'Value');
      return cursor.fields
        .slice(-2)
        .map((field) => field.text)
        .join(' = ');
  }
  const field = cursor.fields.at(-1) as Field;
  return field.secret === true ? '' : field.text;
}

function check(cursor: Cursor, { id, kind, least, words }: PropertyEntry, place: number, fromServer: boolean, start: number): void {
  const { raw } = cursor.fields.at(-1) as Field;
  const wrong = (clause: string, message: string): void => cursor.violate(clause, message, start, cursor.at);
  if (kind === 'flag' && typeof raw === 'number' && raw > 1) wrong('§2.2.2.2', `${words} is ${raw}, but may only be 0 or 1.`);
  if (least === 1 && raw === 0) wrong(leastClauses[id] ?? (place === packetType.publish ? '§3.3.2.3.8' : '§3.8.2.1.2'), `${words} may not be 0.`);
  if (id === 0x0b && place === packetType.publish && !fromServer) wrong('MQTT-3.3.4-6', 'A client may not send a Subscription Identifier in PUBLISH.');
  if (id === 0x11 && place === packetType.disconnect && fromServer) wrong('MQTT-3.14.2-2', 'A server may not send a Session Expiry Interval in DISCONNECT.');
  if (id === 0x08 && typeof raw === 'string') {
    if (raw === '') wrong('MQTT-4.7.3-1', 'The Response Topic is empty.');
    else if (/[+#]/.test(raw)) wrong('MQTT-3.3.2-14', 'The Response Topic contains a wildcard.');
  }
}

const leastClauses: Readonly<Record<number, string>> = { 0x21: '§3.1.2.11.3', 0x23: 'MQTT-3.3.2-8', 0x27: '§3.1.2.11.4' };

function placeName(place: number): string {
  return place === willPlace ? 'a will' : packetName(place);
}
