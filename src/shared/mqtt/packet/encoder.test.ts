import { describe, expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { encodedPublish, encodePacket, publishHeader, type PublishFields } from './encoder.ts';
import { bytesOf, wire } from './packet-samples.ts';
import type { ConnectPacket, Packet, ProtocolLevel } from './packets.ts';

const connect: ConnectPacket = {
  type: 'connect',
  level: 4,
  bridge: false,
  cleanStart: true,
  keepAlive: 60,
  clientId: 'id',
  username: null,
  password: null,
  will: null,
  properties: null,
};
const message: PublishFields = { topic: 'a/b', qos: 1, retain: true, dup: false, properties: null, packetId: 0x1234, payload: bytesOf('=hello') };

describe('packets byte by byte', () => {
  test.each<[string, Packet, ProtocolLevel, Uint8Array]>([
    ['the smallest CONNECT of 3.1.1', { ...connect, clientId: '' }, 4, bytesOf('10 0c 0004 =MQTT 04 02 003c 0000')],
    ['CONNECT of 3.1', { ...connect, level: 3 }, 3, bytesOf('10 10 0006 =MQIsdp 03 02 003c 0002 =id')],
    ['CONNECT of a bridge', { ...connect, bridge: true }, 4, bytesOf('10 0e 0004 =MQTT 84 02 003c 0002 =id')],
    [
      'CONNECT of MQTT 5 with all it can have',
      {
        ...connect,
        level: 5,
        cleanStart: false,
        username: 'u',
        password: bytesOf('00ff'),
        will: { topic: 'w', payload: bytesOf('=x'), qos: 2, retain: true, properties: { willDelayInterval: 5 } },
        properties: { sessionExpiryInterval: 0xffff_ffff, receiveMaximum: 10 },
      },
      5,
      bytesOf('10 2a 0004 =MQTT 05 f4 003c 08 11 ffffffff 21 000a 0002 =id 05 18 00000005 0001 =w 0001 =x 0001 =u 0002 00ff'),
    ],
    ['CONNACK of 3.1.1', { type: 'connack', sessionPresent: true, code: 0, properties: null }, 4, bytesOf('20 02 01 00')],
    ['CONNACK of 3.1, which has no Session Present', { type: 'connack', sessionPresent: true, code: 0, properties: null }, 3, bytesOf('20 02 00 00')],
    ['CONNACK of MQTT 5', { type: 'connack', sessionPresent: false, code: 0x87, properties: { reasonString: 'no' } }, 5, bytesOf('20 08 00 87 05 1f 0002 =no')],
    ['PUBLISH of QoS 0', { type: 'publish', ...message, qos: 0, retain: false }, 4, bytesOf('30 0a 0003 =a/b =hello')],
    ['PUBLISH of QoS 1', { type: 'publish', ...message, dup: true }, 4, bytesOf('3b 0c 0003 =a/b 1234 =hello')],
    ['PUBLISH of MQTT 5', { type: 'publish', ...message, qos: 2, retain: false }, 5, bytesOf('34 0d 0003 =a/b 1234 00 =hello')],
    [
      'PUBLISH with an alias in place of the topic',
      { type: 'publish', ...message, topic: '', qos: 0, retain: false, properties: { topicAlias: 2 } },
      5,
      bytesOf('30 0b 0000 03 23 0002 =hello'),
    ],
    ['PUBACK', { type: 'puback', packetId: 7, code: 0, properties: null }, 5, bytesOf('40 02 0007')],
    ['PUBACK with a code', { type: 'puback', packetId: 7, code: 0x10, properties: null }, 5, bytesOf('40 03 0007 10')],
    ['PUBACK with a code before MQTT 5', { type: 'puback', packetId: 7, code: 0x10, properties: null }, 4, bytesOf('40 02 0007')],
    ['PUBREC with a reason', { type: 'pubrec', packetId: 7, code: 0, properties: { reasonString: 'r' } }, 5, bytesOf('50 08 0007 00 04 1f 0001 =r')],
    ['PUBREL', { type: 'pubrel', packetId: 0xffff, code: 0, properties: null }, 4, bytesOf('62 02 ffff')],
    ['PUBCOMP', { type: 'pubcomp', packetId: 7, code: 0x92, properties: null }, 5, bytesOf('70 03 0007 92')],
    [
      'SUBSCRIBE',
      {
        type: 'subscribe',
        packetId: 10,
        properties: { subscriptionIdentifiers: [200] },
        subscriptions: [
          { filter: 'a/+', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
          { filter: '#', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 },
        ],
      },
      5,
      bytesOf('82 10 000a 03 0b c801 0003 =a/+ 2e 0001 =# 00'),
    ],
    [
      'SUBSCRIBE of 3.1.1, without the options of MQTT 5',
      {
        type: 'subscribe',
        packetId: 10,
        properties: null,
        subscriptions: [{ filter: 'a', qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 }],
      },
      4,
      bytesOf('82 06 000a 0001 =a 01'),
    ],
    ['SUBACK', { type: 'suback', packetId: 10, codes: [0, 1, 2, 0x80], properties: null }, 4, bytesOf('90 06 000a 00 01 02 80')],
    ['SUBACK of MQTT 5', { type: 'suback', packetId: 10, codes: [0x8f], properties: null }, 5, bytesOf('90 04 000a 00 8f')],
    ['UNSUBSCRIBE', { type: 'unsubscribe', packetId: 11, filters: ['a', 'b/#'], properties: null }, 4, bytesOf('a2 0a 000b 0001 =a 0003 =b/#')],
    ['UNSUBACK of 3.1.1, which has no codes', { type: 'unsuback', packetId: 11, codes: [0], properties: null }, 4, bytesOf('b0 02 000b')],
    ['UNSUBACK of MQTT 5', { type: 'unsuback', packetId: 11, codes: [0, 0x11], properties: null }, 5, bytesOf('b0 05 000b 00 00 11')],
    ['PINGREQ', { type: 'pingreq' }, 4, bytesOf('c0 00')],
    ['PINGRESP', { type: 'pingresp' }, 5, bytesOf('d0 00')],
    ['DISCONNECT of 3.1.1', { type: 'disconnect', code: 0, properties: null }, 4, bytesOf('e0 00')],
    ['DISCONNECT of MQTT 5', { type: 'disconnect', code: 0, properties: null }, 5, bytesOf('e0 00')],
    ['DISCONNECT with a code', { type: 'disconnect', code: 0x8e, properties: null }, 5, bytesOf('e0 01 8e')],
    ['DISCONNECT with a session expiry', { type: 'disconnect', code: 0, properties: { sessionExpiryInterval: 1 } }, 5, bytesOf('e0 07 00 05 11 00000001')],
    ['AUTH', { type: 'auth', code: 0x18, properties: { authenticationMethod: 'M' } }, 5, bytesOf('f0 06 18 04 15 0001 =M')],
    ['AUTH without anything', { type: 'auth', code: 0, properties: null }, 5, bytesOf('f0 00')],
  ])('%s', (_, packet, level, bytes) => {
    expect(encodePacket(packet, level)).toEqual(bytes);
  });

  test.each([
    [3, 1],
    [127, 1],
    [128, 2],
    [16_383, 2],
    [16_384, 3],
    [2_097_151, 3],
    [2_097_152, 4],
  ])('a remaining length of %i takes %i bytes (§1.5.5)', (remaining, size) => {
    const bytes = encodePacket({ type: 'publish', ...message, topic: 't', qos: 0, payload: new Uint8Array(remaining - 3) }, 4);
    expect(bytes).toHaveLength(1 + size + remaining);
    const decoder = new PacketDecoder({ role: 'client', level: 4, maximumPacketSize: bytes.length });
    decoder.push(bytes);
    expect(decoder.next()).toMatchObject({ type: 'publish', topic: 't' });
  });
});

describe('one encoding for many receivers', () => {
  test.each([
    [4, 1],
    [5, 2],
    [3, 1],
  ] as const)('in level %i at QoS %i the packet identifier is where it is said to be', (level, qos) => {
    const { bytes, packetIdAt } = encodedPublish(level, { ...message, topic: 'é/€', qos });
    const copy = bytes.slice();
    copy[packetIdAt] = 0xab;
    copy[packetIdAt + 1] = 0xcd;
    expect(copy).toEqual(encodedPublish(level, { ...message, topic: 'é/€', qos, packetId: 0xabcd }).bytes);
    expect(copy).not.toEqual(bytes);
  });
  test('QoS 0 has none', () => {
    expect(encodedPublish(5, { ...message, qos: 0 }).packetIdAt).toBe(0);
  });
  test('a header and its payload are the packet', () => {
    for (const level of [3, 4, 5] as const) {
      for (const size of [0, 5, 200, 9000]) {
        const fields: PublishFields = { ...message, payload: new Uint8Array(size).fill(1), properties: level === 5 ? { contentType: 'x' } : null };
        const { bytes, packetIdAt } = encodedPublish(level, fields);
        const header = publishHeader(level, fields);
        expect(header.packetIdAt).toBe(packetIdAt);
        expect(Buffer.concat([header.bytes, fields.payload])).toEqual(Buffer.from(bytes));
      }
    }
  });
  test('properties are left out below MQTT 5', () => {
    expect(encodedPublish(4, { ...message, properties: { contentType: 'x' } }).bytes).toEqual(encodedPublish(4, message).bytes);
  });
});

test('packets that share memory do not touch each other', () => {
  const made = Array.from({ length: 3000 }, (_, index) => {
    const payload = new Uint8Array(index % 300).fill(index & 0xff);
    return { payload, bytes: encodePacket({ type: 'publish', ...message, qos: 0, retain: false, payload }, 4) };
  });
  const kept = made.map(({ bytes }) => bytes.slice());
  for (const [index, { bytes, payload }] of made.entries()) {
    expect(bytes).toEqual(kept[index]);
    expect(bytes.subarray(bytes.length - payload.length)).toEqual(payload);
  }
});

describe('what cannot be written is refused with a sentence', () => {
  const long = 'x'.repeat(65_536);
  test.each<[string, Packet, ProtocolLevel, string]>([
    ['a topic that is too long', { type: 'publish', ...message, topic: long }, 4, 'The topic has 65536 bytes; MQTT allows 65535.'],
    ['an empty topic', { type: 'publish', ...message, topic: '' }, 4, 'The topic of PUBLISH is empty'],
    ['an empty topic without an alias', { type: 'publish', ...message, topic: '', properties: { contentType: 'x' } }, 5, 'The topic of PUBLISH is empty'],
    ['half of a surrogate pair', { type: 'publish', ...message, topic: 'a\ud800' }, 4, 'surrogate pair'],
    ['DUP with QoS 0', { type: 'publish', ...message, qos: 0, dup: true }, 4, 'MQTT-3.3.1-2'],
    ['packet identifier 0', { type: 'publish', ...message, packetId: 0 }, 4, 'The packet identifier of PUBLISH is 0'],
    ['packet identifier 65536', { type: 'publish', ...message, packetId: 65_536 }, 4, 'from 1 to 65535'],
    ['packet identifier 0 of PUBACK', { type: 'puback', packetId: 0, code: 0, properties: null }, 4, 'The packet identifier is 0'],
    ['packet identifier 1.5', { type: 'unsubscribe', packetId: 1.5, filters: ['a'], properties: null }, 4, 'The packet identifier is 1.5'],
    ['reason code 256', { type: 'disconnect', code: 256, properties: null }, 5, 'The reason code is 256'],
    ['reason code -1 in SUBACK', { type: 'suback', packetId: 1, codes: [-1], properties: null }, 5, 'A reason code is -1'],
    ['return code 6', { type: 'connack', sessionPresent: false, code: 6, properties: null }, 4, 'The code of CONNACK is 6'],
    ['Session Present with a refusal', { type: 'connack', sessionPresent: true, code: 0x87, properties: null }, 5, 'MQTT-3.2.2-6'],
    ['SUBSCRIBE without filters', { type: 'subscribe', packetId: 1, subscriptions: [], properties: null }, 4, 'MQTT-3.8.3-2'],
    ['UNSUBSCRIBE without filters', { type: 'unsubscribe', packetId: 1, filters: [], properties: null }, 5, 'MQTT-3.10.3-2'],
    [
      'two subscription identifiers in SUBSCRIBE',
      {
        type: 'subscribe',
        packetId: 1,
        subscriptions: [{ filter: 'a', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
        properties: { subscriptionIdentifiers: [1, 2] },
      },
      5,
      '§3.8.2.1.2',
    ],
    ['AUTH before MQTT 5', { type: 'auth', code: 0, properties: null }, 4, 'AUTH exists only in MQTT 5'],
    ['a keep alive of 65536', { ...connect, keepAlive: 65_536 }, 4, 'The keep alive is 65536'],
    ['a password without a user name', { ...connect, password: bytesOf('00') }, 4, 'MQTT-3.1.2-22'],
    ['a bridge in MQTT 5', { ...connect, level: 5, bridge: true }, 5, 'MQTT 5 has no mark for bridges'],
    ['an empty will topic', { ...connect, will: { topic: '', payload: bytesOf('00'), qos: 0, retain: false, properties: null } }, 4, 'The will topic is empty'],
    ['a client identifier that is too long', { ...connect, clientId: long }, 4, 'The client identifier has 65536 bytes'],
    ['a password that is too long', { ...connect, username: '', password: new Uint8Array(65_536) }, 4, 'The password has 65536 bytes'],
    ['Receive Maximum 0', { ...connect, level: 5, properties: { receiveMaximum: 0 } }, 5, 'Receive Maximum is 0'],
    ['Topic Alias 0', { type: 'publish', ...message, properties: { topicAlias: 0 } }, 5, 'Topic Alias is 0'],
    ['a session expiry of 2^32', { ...connect, level: 5, properties: { sessionExpiryInterval: 0x1_0000_0000 } }, 5, 'Session Expiry Interval is 4294967296'],
    ['a subscription identifier of 2^28', { type: 'publish', ...message, properties: { subscriptionIdentifiers: [268_435_456] } }, 5, 'to 268435455'],
    ['a user property that is too long', { type: 'publish', ...message, properties: { userProperties: [['k', long]] } }, 5, 'User Property has 65536 bytes'],
  ])('%s', (_, packet, level, words) => {
    expect(() => encodePacket(packet, level)).toThrow(RangeError);
    expect(() => encodePacket(packet, level)).toThrow(words);
  });
  test('a remaining length above 268,435,455', () => {
    const payload = new Uint8Array(268_435_448);
    expect(() => publishHeader(4, { ...message, payload })).not.toThrow();
    expect(() => publishHeader(4, { ...message, topic: 'aaaa', payload })).toThrow(RangeError);
  });
  test('and the next packet is written as if nothing had happened', () => {
    expect(() => encodePacket({ type: 'suback', packetId: 1, codes: [0, 999], properties: null }, 4)).toThrow(RangeError);
    expect(encodePacket({ type: 'pingreq' }, 4)).toEqual(bytesOf('c0 00'));
    expect(encodePacket({ type: 'puback', packetId: 1, code: 0, properties: null }, 4)).toEqual(wire(0x40, '0001'));
  });
});
