import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onPath } from '../../../../tools/system.ts';
import { dissect, findField } from '../dissect/index.ts';
import { encodePacket } from '../packet/encoder.ts';
import { bytesOf, packetTypesOf, samplePacket, seeded } from '../packet/packet-samples.ts';
import type { ConnectPacket, Packet, ProtocolLevel } from '../packet/packets.ts';
import { packetFile, type FilePacket, type PacketFileFormat } from './index.ts';
import { parseEndpoint } from './ip-address.ts';
import { needs } from '../../../../test/support/needs.ts';

const application = 'MQTT Workbench test';

function packet(over: Partial<FilePacket> = {}): FilePacket {
  const bytes = over.bytes ?? bytesOf('20020000');
  return {
    ...{ timeUs: 1_790_000_000_123_456, source: 'Local broker', connection: 1, clientId: 'device-1', direction: 'out', level: 4, connected: true },
    ...{ size: bytes.length, transport: 'tcp', address: '127.0.0.1:50123', end: null, fault: null },
    ...over,
    bytes,
  };
}

function fileOf(format: PacketFileFormat, packets: readonly FilePacket[], secrets = false): Buffer {
  const file = packetFile(format, { secrets, application });
  return Buffer.concat([file.begin(), ...packets.map((one) => file.packet(one))]);
}

const connect: ConnectPacket = {
  ...{ type: 'connect', level: 5, bridge: false, cleanStart: true, keepAlive: 60, clientId: 'device-1', username: 'me', will: null, properties: null },
  password: Buffer.from('topsecret'),
};
const login = packet({ direction: 'in', level: null, connected: false, bytes: encodePacket(connect, 5) });

describe('lines of curl', () => {
  test('are those of its test server', () => {
    const lines = fileOf('curl', [
      packet({ direction: 'in', level: null, bytes: bytesOf("1018 'MQTT' 04 02 003c 'curl12345678'") }),
      packet(),
      packet({ direction: 'in', bytes: bytesOf("8209 0001 '1190' 00") }),
      packet({ bytes: bytesOf("300c '1190' 68656c6c6f0a") }),
      packet({ direction: 'in', bytes: bytesOf('e000') }),
      packet({ end: 'over', bytes: new Uint8Array() }),
    ]).toString();
    expect(lines).toBe(
      [
        'client CONNECT 18 00044d5154540402003c000c6375726c3132333435363738',
        'server CONNACK 2 20020000',
        'client SUBSCRIBE 9 000100043131393000',
        'server PUBLISH c 300c00043131393068656c6c6f0a',
        'client DISCONNECT 0 e000',
        '',
      ].join('\n'),
    );
  });
});

describe('passwords', () => {
  test.each(['curl', 'jsonl', 'pcapng'] as const)('are left out of %s unless they are asked for', (format) => {
    const secret = format === 'pcapng' ? 'topsecret' : Buffer.from('topsecret').toString('hex');
    expect(fileOf(format, [login]).includes(secret)).toBe(false);
    expect(fileOf(format, [login]).includes('topsecret')).toBe(false);
    expect(fileOf(format, [login], true).includes(secret)).toBe(true);
    // User names are no secret.
    expect(fileOf(format, [login]).includes(format === 'pcapng' ? 'me' : Buffer.from('me').toString('hex'))).toBe(true);
  });
});

describe('JSON lines', () => {
  test('hold fields with their bytes, broken rules and the end of a connection', () => {
    const lines = fileOf('jsonl', [login, packet({ bytes: bytesOf('300500032b2f61') }), packet({ end: 'Lost.', bytes: new Uint8Array(), direction: 'in' })])
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ time: '2026-09-21T14:13:20.123456Z', type: 'CONNECT', client: 'device-1', direction: 'client-to-broker', size: 38 });
    expect(JSON.stringify(lines[0])).toContain('{"key":"clientId","name":"Client Identifier","bytes":[13,23],"value":"device-1"}');
    expect(lines[1]).toMatchObject({ type: 'PUBLISH', violations: [{ clause: 'MQTT-3.3.2-2' }] });
    expect(lines[2]).toMatchObject({ type: 'END', end: 'Lost.' });
  });
});

test.each<[string | null, number[] | null, number]>([
  ['127.0.0.1:1883', [127, 0, 0, 1], 1883],
  ['[::1]:80', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 80],
  ['[fe80::1%eth0]:5', [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 5],
  ['[::ffff:192.0.2.7]:9', [192, 0, 2, 7], 9],
  ['local', null, 0],
  ['1.2.3:4', null, 0],
  ['[1::2::3]:4', null, 0],
  ['300.1.1.1:4', null, 0],
  ['1.1.1.1:70000', null, 0],
  [null, null, 0],
])('%s is an address or none', (text, address, port) => {
  expect(parseEndpoint(text)).toEqual(address === null ? null : { address: Uint8Array.from(address), port });
});

const tshark = onPath('tshark');

describe('tshark', () => {
  needs(tshark !== undefined, 'tshark is not installed');

  let folder = '';
  beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'pcapng-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** One line of fields for each frame it shows; several values of a field are joined by `|`. */
  function read(packets: readonly FilePacket[], filter: string, fields: readonly string[]): string[][] {
    const file = path.join(folder, 'x.pcapng');
    writeFileSync(file, fileOf('pcapng', packets));
    const args = ['-r', file, '-Y', filter, '-T', 'fields', '-E', 'aggregator=|', ...fields.flatMap((field) => ['-e', field])];
    const options = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    const out = execFileSync(tshark as string, [...options, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 });
    return out
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t'));
  }

  test('sees handshake, data in order, and the end, with right checksums, ports, times and comments', () => {
    const big = encodePacket({ ...publish, payload: new Uint8Array(5000).fill(0x61) }, 4);
    const rows = read(
      [
        login,
        packet({ level: 5, bytes: bytesOf('2003000000') }),
        packet({ bytes: big, level: 4, connection: 2, address: '[2001:db8::9]:40000' }),
        packet({ end: 'The connection was lost.', bytes: new Uint8Array(), direction: 'in' }),
      ],
      'tcp',
      [
        'frame.time_epoch',
        'tcp.srcport',
        'tcp.dstport',
        'tcp.flags.str',
        'tcp.checksum.status',
        'tcp.analysis.flags',
        'frame.comment',
        'tcp.seq',
        'tcp.stream',
      ],
    );
    expect(rows.every(([time, , , , checksum, analysis]) => time === '1790000000.123456000' && checksum === '1' && analysis === '')).toBe(true);
    expect(rows[0]?.[6]).toBe('MQTT client “device-1”, over TCP from 127.0.0.1:50123, recorded at Local broker');
    expect(rows.slice(0, 5).map((row) => `${row[1]}>${row[2]} ${row[7]}`)).toEqual([
      '50123>1883 0',
      '1883>50123 0',
      '50123>1883 1',
      '50123>1883 1',
      '1883>50123 1',
    ]);
    expect(rows.filter((row) => row[8] === '1')).toHaveLength(3 + 4);
    expect(rows.at(-3)?.[6]).toBe('The connection was lost.');
    expect(rows.at(-3)?.[3]).toContain('F');
  });

  test('a packet of which only the beginning was kept leaves the next ones readable', () => {
    const whole = encodePacket({ ...publish, payload: new Uint8Array(6000).fill(0x61) }, 4);
    const rows = read([packet({ bytes: whole.subarray(0, 2000), size: whole.length }), packet({ bytes: bytesOf('d000') })], 'mqtt', ['mqtt.msgtype']);
    expect(rows.at(-1)).toEqual(['13']);
  });

  for (const level of [3, 4, 5] as const) {
    test(`reads every packet of ${{ 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5' }[level]} as it was written`, () => {
      const random = seeded(level);
      const packets: { readonly packet: Packet; readonly file: FilePacket }[] = [];
      const add = (one: Packet, fromServer: boolean): void => {
        const bytes = encodePacket(one, level);
        packets.push({ packet: one, file: packet({ bytes, level, direction: fromServer ? 'out' : 'in', timeUs: 1_790_000_000_000_000 + packets.length }) });
      };
      // It reads the properties of a version that CONNECT has told.
      add({ ...connect, level, password: level === 3 ? null : connect.password }, false);
      for (const fromServer of [false, true]) {
        for (const type of packetTypesOf(level, fromServer)) {
          if (type === 'connect' || type === 'auth') continue;
          for (let round = 0; round < 6; round += 1) add(sample(random, type, level, fromServer), fromServer);
        }
      }
      const rows = read(
        packets.map(({ file }) => file),
        'mqtt',
        ['mqtt.msgtype', 'mqtt.msgid', 'mqtt.topic', 'mqtt.qos', 'mqtt.len', 'mqtt.prop_key', 'mqtt.prop_number', '_ws.malformed'],
      );
      expect(rows).toHaveLength(packets.length);
      for (const [at, row] of rows.entries()) {
        const { packet: one, file } = packets[at] as (typeof packets)[number];
        const { fields, violations } = dissect(file.bytes, { level, fromServer: file.direction === 'out' });
        expect(violations).toEqual([]);
        const raw = (key: string): string => String(findField(fields, key)?.raw ?? '');
        const [type, id, topic, qos, length, keys, , malformed] = row;
        expect(malformed).toBe('');
        expect(type).toBe(String((file.bytes[0] as number) >> 4));
        expect(length).toBe(raw('remainingLength'));
        expect(id).toBe(raw('packetId'));
        if (one.type === 'publish') expect([topic, qos]).toEqual([one.topic, String(one.qos)]);
        if (one.type === 'subscribe') expect(topic).toBe(one.subscriptions.map(({ filter }) => filter).join('|'));
        if (one.type === 'unsubscribe') expect(topic).toBe(one.filters.join('|'));
        const names = 'properties' in one ? (one.properties?.userProperties ?? []).map(([name]) => name) : [];
        expect(keys).toBe(names.join('|'));
      }
    });
  }
});

const publish = { type: 'publish', dup: false, qos: 0, retain: false, topic: 't', packetId: 0, properties: null, payload: new Uint8Array() } as const;

/** Texts that its output can hold: no tabs, nothing very long. */
function sample(random: () => number, type: Packet['type'], level: ProtocolLevel, fromServer: boolean): Packet {
  for (;;) {
    const one = samplePacket(random, type, level, fromServer);
    const text = JSON.stringify(one);
    if (!/x{100}|ä{50}|\ufeff/.test(text) && (one.type !== 'publish' || one.payload.length < 100)) return one;
  }
}
