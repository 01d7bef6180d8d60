import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MockDeviceInput } from '../../../../shared/contract/mock-devices.ts';
import { buildGfRequest } from '../../../../shared/coap/gf/build.ts';
import { createBrokerService, type BrokerService } from '../../broker/index.ts';

interface Running {
  readonly child: ChildProcess;
  out: string;
  err: string;
  readonly code: Promise<number | null>;
}

const program = path.join(import.meta.dirname, '../../../../../tools/workbench.ts');
const patience = { timeout: 20_000, interval: 20 };
let folder: string;
let broker: BrokerService;
let port: number;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-mock-'));
  broker = createBrokerService({
    workerUrl: new URL('../../broker/broker-worker.ts', import.meta.url),
    now: Date.now,
    random: Math.random,
    onMessages: () => undefined,
    onChange: () => undefined,
    demoDevice: { enabled: false },
  });
  await startBroker(0);
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await broker.close();
});

async function startBroker(tcpPort: number): Promise<void> {
  const status = await broker.start({ engine: 'workbench', host: '127.0.0.1', tcpPort, webSocketPort: null });
  port = status.listeners[0]?.port ?? 0;
}

function run(command: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [program, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanups.push(() => child.kill('SIGKILL'));
  const running: Running = { child, out: '', err: '', code: once(child, 'close').then(([code]) => code as number | null) };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (running.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (running.err += text));
  return running;
}

/** Resolves once everything is served. */
async function mock(...args: readonly string[]): Promise<Running> {
  const running = run('mock', ...args);
  await vi.waitFor(() => expect(running.out, running.err).toContain('serving'), patience);
  return running;
}

async function end(running: Running, signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
  running.child.kill(signal);
  return running.code;
}

function file(name: string, device: Partial<MockDeviceInput> & { readonly id: string }): string {
  const place = path.join(folder, name);
  mkdirSync(path.dirname(place), { recursive: true });
  const all = (['GET', 'PUT'] as const).map((method) => ({ method, answer: { kind: 'state' as const } }));
  const whole = { name: device.id, tag: device.id.toUpperCase(), resources: [{ path: 'it', state: 1, methods: all }], ...device };
  writeFileSync(place, JSON.stringify({ version: 1, device: whole }));
  return place;
}

/** Asks with the command for requests; resolves with what it printed. */
async function ask(device: string, resource: string, ...more: readonly string[]): Promise<readonly [number | null, string]> {
  const asked = run('request', `mqtt://127.0.0.1:${port}`, device, 'any', resource, ...more);
  return [await asked.code, asked.out.trim()];
}
const address = (): string => `mqtt://127.0.0.1:${port}`;

describe('mqtt-workbench mock', () => {
  it('serves devices over MQTT and UDP from their files, with a log, until it is asked to end', async () => {
    const one = file('one/one.json', { id: 'one', udp: { port: 0 } });
    file('one/two.json', {
      id: 'two',
      resources: [
        {
          path: 'sum',
          methods: [
            {
              method: 'GET',
              answer: {
                kind: 'script',
                source: "export default async () => { console.log('asking one'); return [await call('gf_int_v1/x/request/ONE', 'GET it')]; }",
              },
            },
          ],
        },
      ],
    });
    const running = await mock(path.dirname(one), '--broker', address());
    const [first, udp, second] = running.out.split('\n');
    expect([first, second]).toEqual([`serving ONE on gf_int_v1/+/request/ONE/+ at ${address()}`, `serving TWO on gf_int_v1/+/request/TWO/+ at ${address()}`]);
    const uri = /^serving ONE on (coap:\/\/127\.0\.0\.1:\d+)$/.exec(udp ?? '')?.[1];
    expect(await ask('ONE', 'it', '--method', 'PUT', '--body', '[2]')).toEqual([0, 'null']);
    const coap = run('coap', `${uri}/it`);
    expect([await coap.code, coap.out]).toEqual([0, '[2]\n']);
    expect(await ask('TWO', 'sum')).toEqual([0, '[\n  [\n    2\n  ]\n]']);
    expect((await ask('TWO', 'nope'))[0]).toBe(4);
    expect(await end(running)).toBe(0);
    expect(running.err).toMatch(/^\S+Z ONE info PUT it 204 Changed to \S+ \(\d+ ms\)$/m);
    expect(running.err).toMatch(/^\S+Z TWO log GET sum asking one$/m);
    expect(running.err).toMatch(/^ONE: 3 answered \(204: 1, 205: 2\)\nTWO: 2 answered \(205: 1, 404: 1\)\n$/m);
  });

  it('says everything in lines of JSON, or nothing', async () => {
    const one = file('json.json', { id: 'one' });
    const running = await mock(one, '--broker', address(), '--json');
    await ask('ONE', 'it');
    await vi.waitFor(() => expect(running.out.split('\n')).toHaveLength(3), patience);
    expect(await end(running, 'SIGTERM')).toBe(0);
    const [serving, line] = running.out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown);
    expect(serving).toEqual({ serving: 'ONE', broker: address(), topic: 'gf_int_v1/+/request/ONE/+' });
    expect(line).toMatchObject({ device: 'ONE', level: 'info', request: 'GET it', text: expect.stringContaining('205 Content') });
    const quiet = await mock(one, '--no-udp', '--broker', address(), '--quiet');
    await ask('ONE', 'it');
    expect(await end(quiet)).toBe(0);
    expect(quiet.err).toBe('');
  });

  it('is there again when the broker is', async () => {
    const running = await mock(file('again.json', { id: 'one' }), '--broker', address());
    await broker.stop();
    await vi.waitFor(() => expect(running.err).toContain('It is tried again.'), patience);
    await startBroker(port);
    await vi.waitFor(() => expect(running.err).toContain('ONE: serves again.'), patience);
    expect(await ask('ONE', 'it')).toEqual([0, '1']);
    expect(await end(running)).toBe(0);
  });

  it('ends with 6 when a device cannot be served', async () => {
    const one = file('six.json', { id: 'one' });
    const peer = await connectAsync(address(), { clientId: 'peer' });
    cleanups.push(() => peer.endAsync());
    await peer.publishAsync(
      'gf_int_v1/any/request/ONE/1',
      buildGfRequest({ method: 'GET', path: 'it', requestId: '1', source: 'peer', body: null, timestampMs: 1 }),
    );
    const nobody = run('mock', one, '--broker', 'mqtt://127.0.0.1:1');
    expect(await nobody.code).toBe(6);
    expect([nobody.out, nobody.err]).toEqual(['', expect.stringContaining('ONE: Nothing accepts connections at 127.0.0.1:1.')]);
    const running = await mock(one, '--udp', '0', '--quiet');
    const taken = /:(\d+)$/m.exec(running.out)?.[1] ?? '';
    const second = run('mock', one, '--udp', `127.0.0.1:${taken}`);
    expect(await second.code).toBe(6);
    expect(second.err).toContain(`The UDP port 127.0.0.1:${taken} is in use.`);
  });

  it.each([
    [[], 'The file of a mock device is missing.'],
    [['ONE'], 'There is nothing to serve: give --broker ADDRESS or --udp PORT.'],
    [['ONE', '--udp', '70000'], '--udp needs a port'],
    [['ONE', '--udp', '0', '--no-udp'], 'contradict'],
    [['ONE', '--broker', 'ftp://h'], 'ftp'],
    [['ONE', 'ONE', '--udp', '0'], 'two devices with the id "one"'],
    [['ONE', 'TWIN', '--broker', 'mqtt://h'], 'Two devices have the client id "ONE"'],
    [['ONE', 'TWIN', '--udp', '5683'], '--udp with a port is for one device'],
    [['EMPTY'], 'There is no mock device'],
    [['MISSING'], 'cannot be read (ENOENT)'],
    [['BROKEN'], 'is not valid JSON'],
    [['SHAPE'], 'is not valid at "device.tag"'],
    [['BAD', '--udp', '0'], 'The tag contains "/"'],
    [['ONE', '--colour'], "Unknown option '--colour'"],
  ])('refuses %j with exit code 2', async (args, problem) => {
    const places: Readonly<Record<string, string>> = {
      ONE: file('wrong/one.json', { id: 'one' }),
      TWIN: file('wrong/twin.json', { id: 'twin', tag: 'ONE' }),
      BAD: file('wrong/bad.json', { id: 'bad', tag: 'a/b' }),
      EMPTY: mkdtempSync(path.join(folder, 'empty-')),
      MISSING: path.join(folder, 'missing.json'),
      BROKEN: path.join(folder, 'broken.json'),
      SHAPE: path.join(folder, 'shape.json'),
    };
    writeFileSync(places['BROKEN'] ?? '', '{\n"device": }');
    writeFileSync(places['SHAPE'] ?? '', JSON.stringify({ version: 1, device: { id: 'x', name: 'x', tag: '' } }));
    const refused = run('mock', ...args.map((arg) => places[arg] ?? arg));
    expect(await refused.code).toBe(2);
    expect(refused.out).toBe('');
    expect(refused.err).toContain(problem);
    expect(refused.err).toContain('mqtt-workbench mock --help');
  });

  it('lists its arguments', async () => {
    const help = run('mock', '--help');
    expect(await help.code).toBe(0);
    expect(help.out).toMatch(/^Usage: mqtt-workbench mock FILE/);
    expect(help.out).not.toContain('--client-id');
  });
});
