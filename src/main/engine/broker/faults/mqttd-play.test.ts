import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryPair } from '../../../../../test/conformance/mqtt/streams.ts';
import { activeFault, faultProfile, faultyCore } from '../../../../../test/support/faulty-core.ts';
import { readMqttdConfig, type MqttdKeys } from '../../../../shared/broker/faults/mqttd-keys.ts';
import type { BrokerCore } from '../core/broker-core.ts';

interface Item {
  readonly config?: string;
  readonly action?: string;
  readonly exchange?: readonly string[];
  readonly v311?: { readonly connack?: string; readonly after_subscribe?: string; readonly connection?: string };
  readonly v5?: { readonly connack?: string; readonly after_subscribe?: string };
}
const vectors = (name: string): readonly Item[] =>
  (JSON.parse(readFileSync(`${import.meta.dirname}/../../../../../test/fixtures/vectors/mqttd/${name}.json`, 'utf8')) as { readonly items: readonly Item[] })
    .items;

const folders: string[] = [];
const cores: BrokerCore[] = [];
const peers: { drop(): void }[] = [];
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.drop();
  for (const core of cores.splice(0)) await core.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Bytes on the wire, as they come. */
async function dial(core: BrokerCore, listener?: string) {
  const [ours, theirs] = memoryPair();
  peers.push({ drop: () => ours.destroy() });
  core.handle(theirs, { transport: 'tcp', address: 'memory', ...(listener === undefined ? {} : { listener }) });
  let got = '';
  let isClosed = false;
  ours.on('data', (chunk: Buffer) => (got += chunk.toString('hex')));
  ours.on('close', () => (isClosed = true));
  const send = (hex: string): void => void ours.write(Buffer.from(hex, 'hex'));
  return {
    send,
    drop: () => ours.destroy(),
    take: async (hex: string) => {
      await expect.poll(() => got, { interval: 2, timeout: 10_000 }).toBe(hex);
      got = '';
    },
    nothing: async () => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      expect(got).toBe('');
    },
    closed: () => expect.poll(() => isClosed, { interval: 2, timeout: 10_000 }).toBe(true),
    isClosed: () => isClosed,
  };
}

/** curl's CONNECT: the vectors leave out the random part of its client id. */
const curlConnect = (level: 4 | 5): string => {
  const id = Buffer.from('curl12345678').toString('hex');
  return level === 4 ? `101800044d5154540402003c000c${id}` : `101900044d5154540502003c00000c${id}`;
};
const subscribe = (body: string): string => `82${(body.length / 2).toString(16).padStart(2, '0')}${body}`;

function play(keys: MqttdKeys) {
  const lab = faultyCore();
  cores.push(lab.core);
  lab.on(activeFault(faultProfile([], { keys })));
  return lab;
}

describe('the server in C', () => {
  const items = vectors('curl-faults').filter(({ action }) => action === undefined);
  it('has its items', () => expect(items).toHaveLength(9));

  for (const source of ['a test file', 'an answer', 'a retained message'] as const) {
    for (const { config = '', exchange = [] } of items) {
      it(`sends the bytes of curl’s suite: “${config.replaceAll('\n', ', ')}” with ${source}`, async () => {
        const line = exchange.find((one) => one.startsWith('client SUBSCRIBE'))?.split(' ')[3];
        const server = exchange.filter((one) => one.startsWith('server')).map((one) => one.split(' ').at(-1) as string);
        const folder = mkdtempSync(path.join(os.tmpdir(), 'faults-'));
        folders.push(folder);
        writeFileSync(path.join(folder, 'test1190'), '<testcase>\n<reply>\n<data nocheck="yes">\nhello\n</data>\n</reply>\n</testcase>\n');
        const { keys, findings } = readMqttdConfig(config, 'c');
        expect(findings).toEqual([]);
        const more = source === 'a test file' ? { testnum: 1190, testFolder: folder } : source === 'an answer' ? { answer: 'hello\n' } : {};
        const { core } = play({ ...keys, ...more });
        const topic = line === undefined ? '1190' : Buffer.from(line.slice(8, -2), 'hex').toString();
        if (source === 'a retained message') await core.publish({ topic, payload: Buffer.from('hello\n'), qos: 0, retain: true });
        const client = await dial(core);
        client.send(curlConnect(4));
        await client.take(server[0] as string);
        if (line === undefined) return expect(client.isClosed()).toBe(false);
        client.send(subscribe(line));
        // The log of one test ends where curl has given up; the server says goodbye all the same.
        const rest = server.slice(1).join('');
        await client.take(config.startsWith('excessive') ? `${rest}e000` : rest);
        await client.closed();
      });
    }
  }

  it('sends a fixed text and no SUBACK for a test file it cannot read', async () => {
    const { core } = play({ dialect: 'c', testnum: 7, testFolder: '/nowhere/at/all' });
    const client = await dial(core);
    client.send(curlConnect(4));
    await client.take('20020000');
    client.send(subscribe('000100043131393000'));
    await client.take(`302a000431313930${Buffer.from('this is random payload yes yes it is').toString('hex')}e000`);
    await client.closed();
  });

  it('stays open after an error and serves', async () => {
    const { core, packets, off } = play({ dialect: 'c', errorConnack: 5 });
    const client = await dial(core);
    client.send(curlConnect(4));
    await client.take('20020005');
    client.send('c000');
    await client.take('d000');
    expect(packets.map(({ direction, fault }) => [direction, fault])).toEqual([
      ['in', undefined],
      ['out', { rule: 'Lab: mqttd', effect: 'forged' }],
      ['in', undefined],
      ['out', undefined],
    ]);
    off();
    client.send('c000');
    await client.take('d000');
  });

  it('gives SUBACK up for later only until the keys are off', async () => {
    const { core, off } = play({ dialect: 'c', publishBeforeSuback: true });
    const client = await dial(core);
    client.send(curlConnect(4));
    await client.take('20020000');
    client.send(subscribe('000100043131393000'));
    await client.nothing();
    off();
    await client.take('9003000100');
  });
});

describe('the server in Python', () => {
  const configs = vectors('python-mqttd').filter(({ config }) => config !== undefined);
  for (const { config = '', v311, v5 } of configs) {
    it(`sends the bytes that were captured: “${config.replaceAll('\n', ', ')}”`, async () => {
      const { keys } = readMqttdConfig(config, 'python');
      const { core } = play({ ...keys, answer: 'hello\n' });
      if (v311 !== undefined) {
        const client = await dial(core);
        client.send(curlConnect(4));
        if (v311.connack === 'none, closed') await client.closed();
        else {
          await client.take(v311.connack ?? '20020000');
          if (v311.after_subscribe !== undefined) {
            client.send(subscribe('000100043131393000'));
            await client.take(v311.after_subscribe);
            expect(client.isClosed()).toBe(false);
          }
        }
      }
      // What it sends to MQTT 5 when nothing is wrong is against the rules; only the refusals are played.
      if (v5?.connack !== undefined && keys.errorConnack !== undefined) {
        const client = await dial(core);
        client.send(curlConnect(5));
        await client.take(v5.connack);
      }
    });
  }

  it('sends SUBACK alone when no message comes', async () => {
    const { core, clock } = play({ dialect: 'python', publishBeforeSuback: true });
    const client = await dial(core);
    client.send(curlConnect(4));
    await client.take('20020000');
    client.send(subscribe('000100043131393000'));
    await client.nothing();
    clock.advance(100);
    await client.take('9003000100');
  });
});

it('disconnects after the first message on a listener in curl mode, and nobody else', async () => {
  const lab = faultyCore();
  cores.push(lab.core);
  lab.configure({ active: [], curlListeners: ['lab'] });
  const [curl, other] = [await dial(lab.core, 'lab'), await dial(lab.core, 'tcp')];
  for (const client of [curl, other]) {
    client.send(curlConnect(4).replace(Buffer.from('12345678').toString('hex'), Buffer.from(client === curl ? '12345678' : '87654321').toString('hex')));
    await client.take('20020000');
    client.send(subscribe('000100043131393000'));
    await client.take('9003000100');
  }
  await lab.core.publish({ topic: '1190', payload: Buffer.from('hello\n'), qos: 0, retain: false });
  await other.take('300c00043131393068656c6c6f0a');
  await curl.take('300c00043131393068656c6c6f0ae000');
  await curl.closed();
  expect(other.isClosed()).toBe(false);
  expect(lab.bugs).toEqual([]);
});

it('asks for the keys anew at each connection', async () => {
  const seen: MqttdKeys[] = [
    { dialect: 'c', errorConnack: 1 },
    { dialect: 'c', errorConnack: 2 },
  ];
  const lab = faultyCore({ readKeys: () => seen.shift() ?? { dialect: 'c' } });
  cores.push(lab.core);
  for (const connack of ['20020001', '20020002', '20020000']) {
    const client = await dial(lab.core);
    client.send(curlConnect(4));
    await client.take(connack);
    client.drop();
  }
});
