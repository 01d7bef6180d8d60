import { describe, expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { encodePacket } from './encoder.ts';
import { bytesOf } from './packet-samples.ts';
import type { ProtocolLevel } from './packets.ts';

// Bytes that real clients and brokers sent. Each is read as what it is and written again as the same bytes.

type Captured = readonly [what: string, hex: string, expected: object];

const text = (bytes: string): Uint8Array => bytesOf(`=${bytes}`);

function check(rows: readonly Captured[], role: 'server' | 'client', level: ProtocolLevel): void {
  test.each(rows)('%s', (_, hex, expected) => {
    const bytes = bytesOf(hex);
    const isConnect = bytes[0] === 0x10;
    const decoder = new PacketDecoder({ role, maximumPacketSize: 10_000, ...(isConnect ? {} : { level }) });
    decoder.push(bytes);
    const packet = decoder.next()!;
    expect(packet).toMatchObject(expected);
    expect(decoder.bufferedBytes).toBe(0);
    expect(encodePacket(packet, decoder.level!)).toEqual(bytes);
  });
}

describe('the PikaPython device library', () => {
  check(
    [
      ['CONNECT of 3.1', '101100064d51497364700302003c00036d6163', { type: 'connect', level: 3, cleanStart: true, keepAlive: 60, clientId: 'mac', will: null }],
      ['CONNECT of 3.1.1', '100f00044d5154540402003c00036d6163', { type: 'connect', level: 4, clientId: 'mac', username: null, password: null }],
      [
        'CONNECT with a will, a user name and a password',
        '104f00044d51545404e6003c000770696b616f6e65000c2f6465766963652f77696c6c00157b226e616d65223a2270696b61736372697074227d000d70696b617363726970743132330006313233343536',
        {
          clientId: 'pikaone',
          username: 'pikascript123',
          password: text('123456'),
          will: { topic: '/device/will', payload: text('{"name":"pikascript"}'), qos: 0, retain: true, properties: null },
        },
      ],
      [
        'SUBSCRIBE',
        '8216000200112f70696b617363726970742f746573743101',
        { type: 'subscribe', packetId: 2, subscriptions: [{ filter: '/pikascript/test1', qos: 1 }] },
      ],
      ['UNSUBSCRIBE', 'a215000300112f70696b617363726970742f7465737431', { type: 'unsubscribe', packetId: 3, filters: ['/pikascript/test1'] }],
      ['PUBLISH of QoS 1', '321a00112f70696b617363726970742f7465737431000468656c6c6f', { type: 'publish', qos: 1, packetId: 4, payload: text('hello') }],
      ['PUBLISH of QoS 0', '301800112f70696b617363726970742f746573743168656c6c6f', { type: 'publish', qos: 0, packetId: 0, topic: '/pikascript/test1' }],
      ['PINGREQ', 'c000', { type: 'pingreq' }],
      ['DISCONNECT', 'e000', { type: 'disconnect', code: 0, properties: null }],
    ],
    'server',
    4,
  );
});

describe('distmqtt', () => {
  check(
    [
      [
        'CONNECT',
        '103e00044d51545404ee00090019646973746d7174742d7b676d6a736776626a7a627a6e677b6c00026c77000362796500077573253430657200057025324677',
        { keepAlive: 9, username: 'us%40er', password: text('p%2Fw'), will: { topic: 'lw', payload: text('bye'), qos: 1, retain: true, properties: null } },
      ],
      [
        'PUBLISH of QoS 2, retained',
        '3512000b2f736f6d655f746f7069630003713272',
        { qos: 2, retain: true, topic: '/some_topic', packetId: 3, payload: text('q2r') },
      ],
      ['PUBREL', '62020003', { type: 'pubrel', packetId: 3 }],
    ],
    'server',
    4,
  );
});

describe('what brokers answered them', () => {
  check(
    [
      ['CONNACK', '20020000', { type: 'connack', sessionPresent: false, code: 0 }],
      ['CONNACK that refuses', '20020004', { type: 'connack', code: 4 }],
      ['SUBACK', '9003000101', { type: 'suback', packetId: 1, codes: [1] }],
      ['SUBACK that refuses', '9003000280', { type: 'suback', packetId: 2, codes: [0x80] }],
      ['PUBREC', '50020003', { type: 'pubrec', packetId: 3 }],
      ['PUBCOMP', '70020003', { type: 'pubcomp', packetId: 3 }],
      ['UNSUBACK', 'b0020004', { type: 'unsuback', packetId: 4, codes: [] }],
      ['a retained PUBLISH', '31090003722f746b657074', { type: 'publish', retain: true, topic: 'r/t', payload: text('kept') }],
      ['PUBLISH of the curl test server', '300c00043131393068656c6c6f0a', { type: 'publish', topic: '1190', payload: Uint8Array.from([...text('hello'), 10]) }],
    ],
    'client',
    4,
  );
  test('a CONNACK of the Python mqttd, which says Maximum QoS 2, is refused', () => {
    const decoder = new PacketDecoder({ role: 'client', level: 5, maximumPacketSize: 1000 });
    decoder.push(bytesOf('201000000d21ffff24022501280129012a00'));
    expect(() => decoder.next()).toThrow('Maximum QoS is 2');
  });
});

describe('the gf_mqtt_client and mqttxx libraries', () => {
  check(
    [
      ['CONNECT', '101800044d5154540402003c000c32445f58585f305f39393939', { level: 4, clientId: '2D_XX_0_9999' }],
      ['CONNECT with a kept session', '101600044d5154540400003c000a6465766963655f303032', { cleanStart: false, clientId: 'device_002' }],
      [
        'SUBSCRIBE',
        '82270001002267665f696e745f76312f2b2f726571756573742f32445f58585f305f393939392f2b00',
        { type: 'subscribe', subscriptions: [{ filter: 'gf_int_v1/+/request/2D_XX_0_9999/+', qos: 0 }] },
      ],
    ],
    'server',
    4,
  );
  check(
    [
      [
        'a request in MQTT 5',
        '32960100107270632f722f636c69656e745f3132330002520800107270632f722f636c69656e745f34353609002465643361316333342d643161322d343033322d393932382d33626564643138366437303026000963616c6c65725f6964000a636c69656e745f3435367b226d6574686f64223a20226765745f737461747573222c2022706172616d73223a207b226964223a203132337d7d',
        {
          qos: 1,
          packetId: 2,
          topic: 'rpc/r/client_123',
          properties: {
            responseTopic: 'rpc/r/client_456',
            correlationData: text('ed3a1c34-d1a2-4032-9928-3bedd186d700'),
            userProperties: [['caller_id', 'client_456']],
          },
        },
      ],
    ],
    'server',
    5,
  );
});
