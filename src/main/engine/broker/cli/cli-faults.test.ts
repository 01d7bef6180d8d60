import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { execute } from '../../../../../tools/project.ts';
import { onPath } from '../../../../../tools/system.ts';
import { needs } from '../../../../../test/support/needs.ts';

const curl = onPath('curl') === undefined ? undefined : await execute('curl', ['--version']);
const hasCurl = curl?.stdout.match(/^Protocols:.*\bmqtt\b/m) !== null && curl !== undefined;
const hasMosquitto = onPath('mosquitto_pub') !== undefined;

let folder: string;
let child: ChildProcess;
let port: number;
let errors = '';

const configure = (text: string): void => writeFileSync(path.join(folder, 'faults.conf'), text);
const ask = (topic: string, ...more: readonly string[]) => execute('curl', ['-s', '--max-time', '5', ...more, `mqtt://127.0.0.1:${port}/${topic}`]);

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faults-'));
  configure('');
  child = spawn(process.execPath, [`${import.meta.dirname}/cli.ts`, '--port', '0', '--faults', path.join(folder, 'faults.conf'), '--faults-tests', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await vi.waitFor(() => expect(out + errors).toContain('\n'), { timeout: 30_000, interval: 10 });
  port = Number(/:(\d+)\n/.exec(out)?.[1]);
  if (hasMosquitto) expect((await execute('mosquitto_pub', ['-p', String(port), '-t', 'kept', '-m', 'hello', '-r', '-q', '1'])).code).toBe(0);
  writeFileSync(path.join(folder, 'test1190'), '<testcase>\n<reply>\n<data>\nfrom the test\n</data>\n</reply>\n</testcase>\n');
}, 40_000);
afterAll(async () => {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true });
});

describe('curl, asking the broker alone with a file of keys that is read at each connection', () => {
  needs(hasCurl && hasMosquitto, 'curl with MQTT and mosquitto’s clients are not installed');

  it.each([
    ['', 0],
    ['PUBLISH-before-SUBACK TRUE', 0],
    ['PUBLISH-before-SUBACK TRUE\nshort-PUBLISH TRUE', 18],
    ['error-CONNACK 1', 8],
    ['error-CONNACK 5', 8],
    ['excessive-remaining TRUE', 8],
    // Curl before 8.17 does not look at these; what is sent, mqttd-play.test.ts knows byte by byte.
    ['remlen-CONNACK 3', [0, 8]],
    ['PINGRESP-as-CONNACK TRUE', [0, 8]],
    ['DISCONNECT-malformed TRUE', [0, 8]],
  ])('“%s” ends with %j', async (config, code) => {
    configure(config);
    const asked = await ask('kept');
    expect([code].flat()).toContain(asked.code);
    if (asked.code === 0) expect(asked.stdout.endsWith('hello')).toBe(true);
  });

  it('gets the reply of a test file, and publishes', async () => {
    configure('Testnum 1190');
    expect((await ask('anything')).stdout).toContain('from the test\n');
    configure('');
    expect((await ask('kept2', '-d', 'from curl')).code).toBe(0);
    expect((await ask('kept')).stdout).toContain('hello');
  });

  it('says once what the server does not know', async () => {
    configure('short-publish TRUE\nerror-CONNACK 300\n');
    await ask('kept');
    await ask('kept');
    const lines = errors.trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/faults\.conf:1: The C server does not know/);
    expect(lines[1]).toMatch(/faults\.conf:2: .*takes 44/);
  });
});

it('refuses arguments that make no sense', async () => {
  const run = (...args: readonly string[]) => execute(process.execPath, [`${import.meta.dirname}/cli.ts`, '--port', '0', ...args]);
  const [file, dialect, alone, missing] = await Promise.all([
    run('--faults', ''),
    run('--faults', 'x', '--faults-dialect', 'perl'),
    run('--faults-tests', folder),
    run('--faults', path.join(folder, 'nothing')),
  ]);
  expect([file.code, dialect.code, alone.code, missing.code]).toEqual([2, 2, 2, 1]);
  expect(missing.stderr).toContain('cannot be read');
  writeFileSync(path.join(folder, 'bad.json'), '{"name": 1}');
  const bad = await run('--faults', path.join(folder, 'bad.json'));
  expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('is no profile of faults')]);
}, 30_000);
