import { describe, expect, test } from 'vitest';
import { PacketDecoder } from '../packet/decoder.ts';
import { encodePacket } from '../packet/encoder.ts';
import { mutated, relabelled } from '../packet/packet-damage.ts';
import { below, bytesOf, packetTypesOf, pick, samplePacket, seeded, wire } from '../packet/packet-samples.ts';
import type { Packet, Properties, ProtocolLevel } from '../packet/packets.ts';
import { MqttProtocolError } from '../packet/protocol-error.ts';
import { dissect } from './dissect.ts';
import { findField, walkFields, type Dissection, type Field } from './fields.ts';

const levels = [3, 4, 5] as const;

/** A dissection as the packet that the codec reads: written apart from it, so that both have to agree. */
function asPacket(dissection: Dissection, fromServer: boolean): unknown {
  const { fields, level, type } = dissection;
  const raw = (key: string, from: readonly Field[] = fields): unknown => findField(from, key)?.raw;
  const bit = (key: string): boolean => raw(key) === 1;
  const properties = propertiesOf(fields.find(({ key }) => key === 'properties'));
  const packetId = raw('packetId');
  switch (type) {
    case 1: {
      const will = findField(fields, 'will')?.children;
      return {
        type: 'connect',
        level,
        bridge: ((raw('protocolLevel') as number) & 0x80) !== 0,
        cleanStart: bit('cleanStart'),
        keepAlive: raw('keepAlive'),
        clientId: raw('clientId'),
        username: raw('username') ?? null,
        password: raw('password') ?? null,
        will: will
          ? {
              topic: raw('willTopic', will),
              payload: raw('willPayload', will),
              qos: raw('willQos'),
              retain: bit('willRetain'),
              properties: propertiesOf(findField(will, 'willProperties')),
            }
          : null,
        properties,
      };
    }
    case 2:
      return { type: 'connack', sessionPresent: level !== 3 && bit('sessionPresent'), code: raw('code'), properties };
    case 3:
      return {
        type: 'publish',
        dup: bit('dup'),
        qos: raw('qos'),
        retain: bit('retain'),
        topic: raw('topic'),
        packetId: packetId ?? 0,
        properties,
        payload: raw('payload'),
      };
    case 4:
    case 5:
    case 6:
    case 7:
      return { type: (['puback', 'pubrec', 'pubrel', 'pubcomp'] as const)[type - 4], packetId, code: raw('code') ?? 0, properties };
    case 8: {
      const subscriptions = fields
        .filter(({ key }) => key === 'subscription')
        .map(({ children = [] }) => ({
          filter: raw('filter', children),
          qos: raw('qos', children),
          noLocal: raw('noLocal', children) === 1,
          retainAsPublished: raw('retainAsPublished', children) === 1,
          retainHandling: raw('retainHandling', children) ?? 0,
        }));
      return { type: 'subscribe', packetId, subscriptions, properties };
    }
    case 9:
    case 11:
      return { type: type === 9 ? 'suback' : 'unsuback', packetId, codes: fields.filter(({ key }) => key === 'code').map((field) => field.raw), properties };
    case 10:
      return { type: 'unsubscribe', packetId, filters: fields.filter(({ key }) => key === 'filter').map((field) => field.raw), properties };
    case 12:
      return { type: 'pingreq' };
    case 13:
      return { type: 'pingresp' };
    case 14:
      return { type: 'disconnect', code: raw('code') ?? 0, properties };
    default:
      return { type: 'auth', code: raw('code') ?? 0, properties, fromServer };
  }
}

function propertiesOf(group: Field | undefined): Properties | null {
  const found: Record<string, unknown> = {};
  for (const { key, children = [] } of group?.children ?? []) {
    if (key === 'propertyLength') continue;
    const value = children.find((child) => child.key === 'value')?.raw;
    if (key === 'userProperties') ((found[key] ??= []) as unknown[]).push([children.find((child) => child.key === 'name')?.raw, value]);
    else if (key === 'subscriptionIdentifiers') ((found[key] ??= []) as unknown[]).push(value);
    else found[key] = value;
  }
  return Object.keys(found).length === 0 ? null : found;
}

/** Every byte belongs to a field, fields are in order and inside the field they are part of. */
function checkRanges(fields: readonly Field[], start: number, end: number): void {
  let at = start;
  for (const field of fields) {
    if (field.bits) {
      expect(field.end - field.start).toBe(1);
      continue;
    }
    expect(field.start).toBe(at);
    expect(field.end).toBeGreaterThanOrEqual(field.start);
    at = field.end;
    if (field.children && !field.children.some(({ bits }) => bits)) checkRanges(field.children, field.start, field.end);
  }
  expect(at).toBe(end);
}

/** What our own decoder says, which accepts what the dissector finds nothing wrong with. */
function decoded(bytes: Uint8Array, level: ProtocolLevel | null, fromServer: boolean): Packet | MqttProtocolError | undefined {
  const decoder = new PacketDecoder({
    role: fromServer ? 'client' : 'server',
    ...(level === null ? {} : { level }),
    maximumPacketSize: 268_435_460,
    controlCharacters: 'accept',
  });
  decoder.push(bytes);
  try {
    return decoder.next();
  } catch (error) {
    if (error instanceof MqttProtocolError) return error;
    throw error;
  }
}

describe('every packet that can be written', () => {
  for (const level of levels) {
    for (const fromServer of [false, true]) {
      test.each(packetTypesOf(level, fromServer))(`%s of level ${level} from a ${fromServer ? 'server' : 'client'} has the same fields`, (type) => {
        const random = seeded(level * 1000 + type.length * 7 + Number(fromServer));
        for (let round = 0; round < 60; round += 1) {
          const packet = samplePacket(random, type, level, fromServer);
          const bytes = encodePacket(packet, level);
          const dissection = dissect(bytes, { level: type === 'connect' ? null : level, fromServer });
          const { fromServer: _, ...found } = asPacket(dissection, fromServer) as Record<string, unknown>;
          expect(found).toEqual(packet);
          expect(dissection.violations).toEqual([]);
          expect(dissection.level).toBe(level);
          checkRanges(dissection.fields, 0, bytes.length);
        }
      });
    }
  }
});

describe('damaged packets', () => {
  test('more than 100,000 of them are dissected without an error, and broken rules are found exactly where the decoder refuses', () => {
    const random = seeded(4711);
    let refused = 0;
    let accepted = 0;
    for (let round = 0; round < 105_000; round += 1) {
      const level = pick(random, levels);
      const fromServer = random() < 0.5;
      const type = pick(random, packetTypesOf(level, fromServer));
      const original = encodePacket(samplePacket(random, type, level, fromServer), level).subarray(0, 600);
      const damaged = mutated(random, original);
      const bytes = random() < 0.6 ? relabelled(damaged, 2 + below(random, 2)) : damaged;
      const known = type === 'connect' && !fromServer ? null : level;
      const { fields, violations } = dissect(bytes, { level: known, fromServer, connected: known !== null });
      const last = fields.at(-1);
      if (last?.end !== bytes.length) throw new Error(`bytes are missing in ${Buffer.from(bytes).toString('hex')}`);
      const result = decoded(bytes, known, fromServer);
      const isFine = result !== undefined && !(result instanceof MqttProtocolError);
      // What follows a whole packet is the next packet to a decoder.
      const rules = violations.filter(({ message }) => !message.includes('follow the end of the packet'));
      if (isFine !== (rules.length === 0))
        throw new Error(
          `${isFine ? 'accepted' : `refused (${String(result)})`}, but ${JSON.stringify(violations)}: ${Buffer.from(bytes).toString('hex')} level ${level}`,
        );
      // The first broken rule a decoder meets is one of those found.
      if (result instanceof MqttProtocolError && round % 10 === 0) expect(violations.map(({ clause }) => clause)).toContain(result.clause);
      if (isFine) accepted += 1;
      else refused += 1;
    }
    expect(accepted).toBeGreaterThan(5000);
    expect(refused).toBeGreaterThan(50_000);
  });

  test('any bytes at all are dissected', () => {
    const random = seeded(99);
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Uint8Array.from({ length: below(random, 40) }, () => below(random, 256));
      const level = pick(random, [null, 3, 4, 5] as const);
      expect(dissect(bytes, { level, fromServer: random() < 0.5 }).fields.at(-1)?.end ?? 0).toBe(bytes.length);
    }
  });

  test('a packet cut at any place tells all that is there', () => {
    const bytes = wire(0x10, "'MQTT' 05 c6 003c 05 11 0000000a 'device' 00 'will/topic' 'gone' 'user' 'secret'");
    const whole: string[] = [];
    walkFields(dissect(bytes, { level: null, fromServer: false }).fields, ({ key }) => whole.push(key));
    let before = 0;
    for (let length = 1; length < bytes.length; length += 1) {
      const { fields, violations } = dissect(bytes.subarray(0, length), { level: null, fromServer: false });
      expect(violations.length).toBeGreaterThan(0);
      expect(fields.at(-1)?.end).toBe(length);
      let read = 0;
      walkFields(fields, ({ raw }) => (read += raw === undefined ? 0 : 1));
      expect(read).toBeGreaterThanOrEqual(before);
      before = read;
      const partial = dissect(bytes.subarray(0, length), { level: null, fromServer: false, totalBytes: bytes.length });
      expect(partial.violations).toEqual([]);
    }
    expect(before).toBeGreaterThan(20);
    expect(whole).toContain('willPayload');
  });
});

describe('in words', () => {
  const told = (bytes: Uint8Array, level: ProtocolLevel | null, fromServer: boolean, key: string): Field | undefined =>
    findField(dissect(bytes, { level, fromServer }).fields, key);

  test('codes have the meaning of their packet and version', () => {
    expect(told(bytesOf('20020005'), 4, true, 'code')).toMatchObject({ text: '0x05', meaning: 'Refused: not authorised' });
    expect(told(bytesOf('2003008700'), 5, true, 'code')).toMatchObject({ meaning: 'Not authorized' });
    expect(told(bytesOf('9003000180'), 4, true, 'code')).toMatchObject({ meaning: 'Failure' });
    expect(told(bytesOf('900400010002'), 5, true, 'code')).toMatchObject({ meaning: 'Granted QoS 2' });
    expect(told(bytesOf('e0018e'), 5, true, 'code')).toMatchObject({ meaning: 'Session taken over' });
    expect(told(bytesOf('40030001 10'), 5, true, 'code')).toMatchObject({ meaning: 'No matching subscribers' });
  });

  test('passwords and authentication data are marked as secret', () => {
    const connect = wire(0x10, "'MQTT' 05 c2 003c 0b 15 'PLAIN' 16 0000 'c' 'user' 'secret'");
    const secrets: string[] = [];
    walkFields(dissect(connect, { level: null, fromServer: false }).fields, ({ secret, name }) => secret === true && secrets.push(name));
    expect(secrets).toEqual(['Authentication Data', 'Password']);
    expect(told(connect, null, false, 'authenticationData')?.text).toBe('');
  });

  test.each([
    ['PUBLISH of QoS 3', '36050001610001', 5, false, 'MQTT-3.3.1-4'],
    ['a wildcard in the topic', '300500032b2f61', 4, false, 'MQTT-3.3.2-2'],
    ['two topic aliases', '300a 00 00 06 230001 230002 78', 5, false, '§2.2.2.2'],
    ['SUBSCRIBE with wrong flags', '8006000100016100', 4, false, 'MQTT-3.8.1-1'],
    ['a filter that is none', '820800010000026123 00', 5, false, 'MQTT-4.7.1-1'],
    ['PUBLISH before CONNECT', '3003000161', null, false, 'MQTT-3.1.0-1'],
    ['the length of five bytes', '30ffffffff7f', 4, false, '§2.2.3'],
    ['the CONNACK of the Python mqttd, which says Maximum QoS 2', '201000000d21ffff24022501280129012a00', 5, true, '§2.2.2.2'],
  ] as const)('%s is named with its clause', (_, words, level, fromServer, clause) => {
    expect(dissect(bytesOf(words), { level, fromServer }).violations.map((violation) => violation.clause)).toContain(clause);
  });

  test('a second CONNECT is one too many', () => {
    const bytes = wire(0x10, "'MQTT' 04 02 003c 'c'");
    expect(dissect(bytes, { level: 4, fromServer: false, connected: true }).violations).toMatchObject([{ clause: 'MQTT-3.1.0-2', start: 0, end: 1 }]);
  });
});
