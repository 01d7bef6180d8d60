import { describe, expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { encodePacket } from './encoder.ts';
import { packetName, packetType } from './packet-type.ts';
import { bytesOf, wire } from './packet-samples.ts';
import { propertyTable, willPlace, type PropertyEntry } from './property-table.ts';
import type { ConnectPacket, Packet, Properties } from './packets.ts';

const { connect, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback, disconnect, auth } = packetType;
const places = [willPlace, connect, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback, disconnect, auth];

function placeName(place: number): string {
  return place === willPlace ? 'a will' : packetName(place);
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A packet with these properties, written by hand; the sides that may not send it read it as the other one. */
function packetWith(place: number, properties: readonly number[]): Uint8Array {
  const list = `${hex([properties.length])} ${hex(properties)}`;
  switch (place) {
    case willPlace:
      return wire(0x10, `'MQTT' 05 06 003c 00 'id' ${list} 'topic' 'bye'`);
    case connect:
      return wire(0x10, `'MQTT' 05 02 003c ${list} 'id'`);
    case connack:
      return wire(0x20, `00 00 ${list}`);
    case publish:
      return wire(0x30, `'topic' ${list} =payload`);
    case pubrel:
      return wire(0x62, `0001 00 ${list}`);
    case subscribe:
      return wire(0x82, `0001 ${list} 'filter' 01`);
    case suback:
    case unsuback:
      return wire(place << 4, `0001 ${list} 00`);
    case unsubscribe:
      return wire(0xa2, `0001 ${list} 'filter'`);
    case disconnect:
    case auth:
      return wire(place << 4, `00 ${list}`);
    default:
      return wire(place << 4, `0001 00 ${list}`);
  }
}

const serverPlaces = new Set<number>([connack, suback, unsuback]);

function read(place: number, properties: readonly number[], fromServer = serverPlaces.has(place)): Packet | undefined {
  const level = place === connect || place === willPlace ? {} : { level: 5 as const };
  const decoder = new PacketDecoder({ role: fromServer ? 'client' : 'server', maximumPacketSize: 1000, ...level });
  decoder.push(packetWith(place, properties));
  return decoder.next();
}

function refusal(...args: Parameters<typeof read>): unknown {
  try {
    return read(...args);
  } catch (error) {
    return error;
  }
}

function propertiesOf(packet: Packet | undefined, place: number): Properties | null | undefined {
  if (place === willPlace) return (packet as ConnectPacket).will?.properties;
  return (packet as { properties: Properties | null }).properties;
}

/** A property as it is written, with a value that every kind allows. */
function written({ id, kind }: PropertyEntry): number[] {
  switch (kind) {
    case 'flag':
    case 'variable':
      return [id, 1];
    case 'uint16':
      return [id, 0, 5];
    case 'uint32':
      return [id, 0x80, 0, 0, 1];
    case 'string':
    case 'binary':
      return [id, 0, 1, 0x78];
    case 'pair':
      return [id, 0, 1, 0x6b, 0, 1, 0x76];
  }
}

const authenticationMethod = propertyTable.find(({ name }) => name === 'authenticationMethod')!;

/** AUTH needs its method, and Authentication Data too; it comes first here. */
function inContext(entry: PropertyEntry, place: number): number[] {
  const needsMethod = (place === auth && entry !== authenticationMethod) || (entry.name === 'authenticationData' && place === connect);
  return needsMethod ? [...written(authenticationMethod), ...written(entry)] : written(entry);
}

describe.each(propertyTable.map((entry) => [entry.words, entry] as const))('%s', (_, entry) => {
  const allowed = places.filter((place) => entry.places & (1 << place));
  // A client may not send this one, a server may.
  const fromServer = (place: number): boolean => serverPlaces.has(place) || (entry.name === 'subscriptionIdentifiers' && place === publish);

  test.each(allowed.map((place) => [placeName(place), place] as const))('is read from %s', (_name, place) => {
    const value = { flag: 1, variable: [1], uint16: 5, uint32: 0x8000_0001, string: 'x', binary: bytesOf('=x'), pair: [['k', 'v']] }[entry.kind];
    expect(propertiesOf(read(place, inContext(entry, place), fromServer(place)), place)).toMatchObject({ [entry.name]: value });
  });

  test.each(places.filter((place) => !allowed.includes(place)).map((place) => [placeName(place), place] as const))(
    '§2.2.2.2: is refused in %s as malformed',
    (_name, place) => {
      expect(refusal(place, written(entry))).toMatchObject({ reasonCode: 0x81, clause: '§2.2.2.2' });
    },
  );

  test.each(allowed.map((place) => [placeName(place), place] as const))('may be given twice in %s only where the specification says so', (_name, place) => {
    const twice = [...inContext(entry, place), ...written(entry)];
    if (entry.kind === 'pair' || (entry.kind === 'variable' && place === publish)) {
      expect(propertiesOf(read(place, twice, fromServer(place)), place)?.[entry.name]).toHaveLength(2);
    } else expect(refusal(place, twice, fromServer(place))).toMatchObject({ reasonCode: 0x82, clause: '§2.2.2.2' });
  });

  test.each(allowed.map((place) => [placeName(place), place] as const))('is refused in %s when it is cut anywhere', (_name, place) => {
    const whole = inContext(entry, place);
    for (let length = whole.length - written(entry).length + 1; length < whole.length; length += 1) {
      expect(refusal(place, whole.slice(0, length), fromServer(place))).toMatchObject({ reasonCode: 0x81 });
    }
  });

  test.each(places.filter((place) => !allowed.includes(place)).map((place) => [placeName(place), place] as const))('is not written into %s', (_name, place) => {
    const value = { flag: 1, variable: [1], uint16: 5, uint32: 5, string: 'x', binary: new Uint8Array(1), pair: [['k', 'v']] }[entry.kind];
    const properties = { [entry.name]: value };
    const packet = read(place, place === auth ? written(authenticationMethod) : [])!;
    const changed = place === willPlace ? { ...packet, will: { ...(packet as ConnectPacket).will, properties } } : { ...packet, properties };
    expect(() => encodePacket(changed as Packet, 5)).toThrow(`may not have the property ${entry.name}`);
  });
});

describe('values out of range', () => {
  const ofKind = (...kinds: PropertyEntry['kind'][]): [string, PropertyEntry, number][] =>
    propertyTable.filter(({ kind }) => kinds.includes(kind)).map((entry) => [entry.words, entry, places.find((place) => entry.places & (1 << place))!]);

  test.each(ofKind('flag'))('§2.2.2.2: %s may only be 0 or 1', (_, { id }, place) => {
    for (const value of [2, 7, 255]) expect(refusal(place, [id, value])).toMatchObject({ reasonCode: 0x82, clause: '§2.2.2.2' });
  });
  test.each(ofKind('uint16', 'uint32'))('%s may be 0 only where the specification says so', (_, { id, kind, least, name }, place) => {
    const zero = [id, ...Array.from({ length: kind === 'uint16' ? 2 : 4 }, () => 0)];
    if (least === 1) expect(refusal(place, zero)).toMatchObject({ reasonCode: 0x82 });
    else expect(propertiesOf(read(place, zero), place)).toEqual({ [name]: 0 });
  });
  test('those that may not be 0 are the ones the specification names', () => {
    expect(propertyTable.filter(({ least }) => least === 1).map(({ name }) => name)).toEqual([
      'subscriptionIdentifiers',
      'receiveMaximum',
      'topicAlias',
      'maximumPacketSize',
    ]);
  });
  test.each(ofKind('string').filter(([, { name }]) => name !== 'responseTopic'))('%s may be empty', (_, { id, name }, place) => {
    expect(propertiesOf(read(place, [id, 0, 0]), place)).toEqual({ [name]: '' });
  });
});

describe('identifiers', () => {
  const known = new Set(propertyTable.map(({ id }) => id));
  test.each(places.map((place) => [placeName(place), place] as const))('§2.2.2.2: those that nobody knows are refused in %s', (_, place) => {
    for (let id = 0; id < 0x80; id += 1) {
      if (!known.has(id)) expect(refusal(place, [id, 1])).toMatchObject({ reasonCode: 0x81, clause: '§2.2.2.2' });
    }
    for (const id of [
      [0x80, 0x01],
      [0xff, 0x7f],
      [0x80, 0x80, 0x01],
      [0xff, 0xff, 0xff, 0x7f],
    ])
      expect(refusal(place, [...id, 1])).toMatchObject({ reasonCode: 0x81, clause: '§2.2.2.2' });
  });
  test('MQTT-1.5.5-1: one that is written longer than needed is refused', () => {
    expect(refusal(publish, [0x81, 0x00, 1])).toMatchObject({ reasonCode: 0x81, clause: 'MQTT-1.5.5-1' });
  });
  test('§1.5.5: one of five bytes is refused', () => {
    expect(refusal(publish, [0xff, 0xff, 0xff, 0xff, 0x01])).toMatchObject({ reasonCode: 0x81, clause: '§1.5.5' });
  });
});

describe('the property length', () => {
  test.each(places.map((place) => [placeName(place), place] as const))('one that is longer than %s is refused', (_, place) => {
    const bytes = packetWith(place, []);
    // The 00 that stands for no properties becomes 127.
    const at =
      { [willPlace]: bytes.length - 13, [connect]: 12, [connack]: 4, [publish]: 9, [subscribe]: 4, [suback]: 4, [unsubscribe]: 4, [unsuback]: 4 }[place] ??
      bytes.length - 1;
    expect(bytes[at]).toBe(0);
    bytes[at] = 0x7f;
    const level = place === connect || place === willPlace ? {} : { level: 5 as const };
    const decoder = new PacketDecoder({ role: serverPlaces.has(place) ? 'client' : 'server', maximumPacketSize: 1000, ...level });
    decoder.push(bytes);
    expect(() => decoder.next()).toThrow('longer than the packet');
  });
  test('a property does not reach beyond the property length into the payload', () => {
    expect(refusal(publish, [0x03, 0, 4, 0x78])).toMatchObject({ reasonCode: 0x81 });
  });
});

describe('the order on the wire', () => {
  test('user properties keep theirs with their duplicates, behind all others, which are in the order of table 2-4', () => {
    const properties: Properties = {
      userProperties: [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
        ['a', '1'],
      ],
      subscriptionIdentifiers: [300, 1],
      correlationData: bytesOf('ff'),
      contentType: 'c',
      payloadFormatIndicator: 1,
    };
    const packet = { type: 'publish', dup: false, qos: 0, retain: false, topic: 't', packetId: 0, properties, payload: bytesOf('=p') } as const;
    const bytes = encodePacket(packet, 5);
    expect(bytes).toEqual(wire(0x30, "'t' 2b 01 01 03 'c' 09 0001 ff 0b ac02 0b 01 26 'a' '1' 26 'b' '2' 26 'a' '3' 26 'a' '1' =p"));
    const decoder = new PacketDecoder({ role: 'client', level: 5, maximumPacketSize: 1000 });
    decoder.push(bytes);
    expect(decoder.next()).toEqual(packet);
  });
});
