import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../packet/packet-samples.ts';
import type { ProtocolLevel } from '../packet/packets.ts';
import { packetFile } from '../packet-files/index.ts';
import { dissect } from './dissect.ts';
import { findField } from './fields.ts';

// Packets of the five systems as they were captured (test/fixtures/vectors): what real peers send is read, and what is wrong with it is found.

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(`../../../../test/fixtures/vectors/${file}`, import.meta.url), 'utf8'));

/** One line a packet: its name, what is worth knowing, and the clauses it breaks. */
function told(hex: string, level: ProtocolLevel | null, fromServer: boolean): string {
  const { name, fields, violations } = dissect(bytesOf(hex), { level, fromServer });
  const facts = ['clientId', 'topic', 'filter', 'packetId', 'code', 'username'].map((key) => findField(fields, key)?.text).filter((text) => text !== undefined);
  return [name, ...facts, ...violations.map(({ clause }) => `!${clause}`)].join(' ');
}

/** Several packets one after the other. */
function split(hex: string): readonly string[] {
  const bytes = bytesOf(hex);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    // All of them are shorter than 128 bytes.
    const end = at + 2 + (bytes[at + 1] as number);
    parts.push(Buffer.from(bytes.subarray(at, end)).toString('hex'));
    at = end;
  }
  return parts;
}

test('the PikaPython device library: every packet, without a fault', () => {
  const { items } = read('pika/packets.json') as { items: { hex: string }[] };
  expect(items.map(({ hex }, at) => told(hex, at < 3 ? null : 4, false))).toEqual([
    'CONNECT “mac”',
    'CONNECT “mac”',
    'CONNECT “pikaone” “pikascript123”',
    'SUBSCRIBE “/pikascript/test1” 2',
    'UNSUBSCRIBE “/pikascript/test1” 3',
    'PUBLISH “/pikascript/test1” 4',
    'PUBLISH “/pikascript/test1”',
    'PINGREQ',
    'DISCONNECT',
  ]);
});

test('gf_mqtt_client', () => {
  const { items } = read('gf_mqtt_client/packets.json') as { items: { hex: string }[] };
  expect(items.map(({ hex }, at) => told(hex, at === 0 ? null : 4, false))).toEqual([
    'CONNECT “2D_XX_0_9999”',
    'SUBSCRIBE “gf_int_v1/+/request/2D_XX_0_9999/+” 1',
    'SUBSCRIBE “gf_int_v1/axuv/response/2D_XX_0_9999/4892ca4f-11b5-466a-9b81-20db38182c14” 2',
    'UNSUBSCRIBE “gf_int_v1/axuv/response/2D_XX_0_9999/4892ca4f-11b5-466a-9b81-20db38182c14” 4',
  ]);
});

test('mqttxx 4.x: properties of MQTT 5', () => {
  const { packets } = read('mqttxx/v4-exchange.json') as { packets: { hex: string }[] };
  const { fields, violations } = dissect(bytesOf(packets[0]?.hex ?? ''), { level: 5, fromServer: false });
  expect(violations).toEqual([]);
  expect(findField(fields, 'responseTopic')?.text).toBe('“rpc/r/client_456”');
  expect(findField(fields, 'userProperties')?.text).toBe('“caller_id” = “client_456”');
});

describe('distmqtt', () => {
  test('its client', () => {
    const { items } = read('distmqtt/client-packets.json') as { items: { dir: string; packet: string; hex: string }[] };
    for (const { dir, packet, hex } of items) {
      const isConnect = packet === 'CONNECT';
      expect(told(hex, isConnect ? null : 4, dir === 'in')).toMatch(new RegExp(`^${packet}[^!]*$`));
    }
  });

  test('its broker', () => {
    const { items } = read('distmqtt/broker-packets.json') as { items: { name: string; got: string }[] };
    const packets = items.flatMap(({ got }) => split(/^(?:[0-9a-f]{2})+(?= |$)/.exec(got)?.[0] ?? ''));
    expect(packets.map((hex) => told(hex, 4, true))).toEqual([
      'CONNACK 0x00',
      'CONNACK 0x01',
      'CONNACK 0x02',
      'CONNACK 0x04',
      'SUBACK 1 0x01',
      'SUBACK 2 0x80',
      'SUBACK 3 0x80',
      'PUBACK 5',
      'PUBLISH “t” 1',
      'SUBACK 1 0x00',
      'PUBLISH “r/1”',
    ]);
  });
});

describe('mqttd', () => {
  test('what the Python server sends, with its faults', () => {
    const { items } = read('mqttd/python-mqttd.json') as { items: { config?: string; v311?: { after_subscribe?: string }; v5?: { connack?: string } }[] };
    const short = items.find(({ config }) => config === 'short-PUBLISH TRUE')?.v311?.after_subscribe ?? '';
    expect(split(short).map((hex) => told(hex, 4, true))).toEqual(['SUBACK 1 0x00', 'PUBLISH “1190” !§4.8']);
    const connack = items[0]?.v5?.connack ?? '';
    const { violations } = dissect(bytesOf(connack), { level: 5, fromServer: true });
    expect(violations.map(({ message }) => message)).toEqual(['Maximum QoS is 2, but may only be 0 or 1.']);
    // A QoS 1 message that it passes on without its number.
    expect(told('32090003742f31514f5331', 4, true)).toBe('PUBLISH “t/1” 20815');
  });

  test('lines of curl: read, dissected, and written again as they were', () => {
    const { items } = read('mqttd/curl-faults.json') as { items: { exchange: string[] }[] };
    const file = packetFile('curl', { secrets: false, application: 'test' });
    let faults = 0;
    for (const line of items.flatMap(({ exchange }) => exchange)) {
      const [side = '', name = '', length = '', hex = ''] = line.split(' ');
      if (!/^[0-9a-f]+$/.test(hex)) continue;
      const isClient = side === 'client';
      const first = { CONNECT: '10', SUBSCRIBE: '82', PUBLISH: '30' }[name];
      const bytes = bytesOf(isClient && first !== undefined ? `${first}${length.padStart(2, '0')}${hex}` : hex);
      const { violations } = dissect(bytes, { level: name === 'CONNECT' ? null : 4, fromServer: !isClient });
      faults += violations.length > 0 ? 1 : 0;
      const about = {
        timeUs: 0,
        source: '',
        connection: 1,
        clientId: null,
        level: 4,
        connected: false,
        transport: null,
        address: null,
        end: null,
        fault: null,
      } as const;
      const written = Buffer.from(file.packet({ ...about, direction: isClient ? 'in' : 'out', bytes, size: bytes.length })).toString();
      // Its names for packets that are wrong on purpose are not those of the specification; of a cut length it writes the one it meant.
      if (!name.includes('-') && !hex.startsWith('30ffffff')) expect(written).toBe(`${line}\n`);
    }
    // Cut, too long a length, bytes too many; DISCONNECT that a server of 3.1.1 may not send; the client ids are cut in the vectors.
    expect(faults).toBeGreaterThan(6);
  });
});
