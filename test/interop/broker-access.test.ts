import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { makeCertificates, type KeyPair } from '../support/certificates.ts';
import { openAccess } from '../../src/shared/contract/broker-access.ts';
import { brokerLimitsSchema } from '../../src/shared/contract/broker-limits.ts';
import type { BrokerOptions } from '../../src/shared/contract/broker.ts';
import { listenerOptionsSchema } from '../../src/shared/contract/listeners.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';

const run = promisify(execFile);
const engines: TestEngine[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function open(folder?: string, options: Partial<BrokerOptions> = {}): Promise<TestEngine & { readonly port: number; readonly tlsPort: number }> {
  const engine = await openEngine(folder);
  engines.push(engine);
  const status = await engine.engine.startBroker({ tcpPort: 0, webSocketPort: null, ...options });
  const portOf = (kind: string): number => status.listeners.find((listener) => listener.kind === kind)?.port ?? 0;
  return { ...engine, port: portOf('tcp'), tlsPort: portOf('tls') };
}

const command = (which: 'pub' | 'sub'): string => `mosquitto_${which}`;

/** Exit code and what was said; mosquitto's clients end with 0 even when a publish was refused in 3.1.1. */
async function mosquitto(which: 'pub' | 'sub', port: number, ...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  try {
    const { stdout, stderr } = await run(command(which), ['-h', '127.0.0.1', '-p', String(port), ...args], { timeout: 20_000 });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { readonly code: number; readonly stdout: string; readonly stderr: string };
    return { code, text: stdout + stderr };
  }
}

it('takes the users of mosquitto_passwd and keeps its clients to the rules', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'access-'));
  folders.push(folder);
  const passwords = path.join(folder, 'passwords');
  await run('mosquitto_passwd', ['-b', '-c', passwords, 'alice', 'looking-glass']);
  const crypt = (await run('openssl', ['passwd', '-6', '-salt', 'pepper', 'builder'])).stdout.trim();
  const { port, page, first, bugs } = await open();
  const text = `${await readFile(passwords, 'utf8')}bob:${crypt}\nbroken line\n`;
  expect(await page.call('broker.importUsers', { text })).toEqual({ added: 2, replaced: 0, findings: [{ line: 3, message: 'A line is NAME:HASH.' }] });
  const { rules } = await page.call('broker.readAcl', { format: 'mosquitto', text: 'user alice\ntopic home/#\ntopic deny home/safe\npattern write own/%u/#' });
  await page.call('broker.saveAccess', { login: 'users', anonymous: false, rules: [...rules], otherwise: 'deny' });

  expect((await mosquitto('pub', port, '-t', 'home/x', '-m', '1')).text).toContain('not authorised');
  expect((await mosquitto('pub', port, '-u', 'alice', '-P', 'wrong', '-t', 'home/x', '-m', '1')).code).not.toBe(0);
  const alice = ['-u', 'alice', '-P', 'looking-glass', '-i', 'alice-1'];
  expect(await mosquitto('pub', port, ...alice, '-V', '5', '-q', '1', '-t', 'home/door', '-m', 'open', '-r')).toEqual({ code: 0, text: '' });
  expect((await mosquitto('pub', port, ...alice, '-V', '5', '-q', '1', '-t', 'home/safe', '-m', 'x')).text).toContain('Not authorized');
  expect((await mosquitto('sub', port, ...alice, '-V', '5', '-t', 'home/door', '-C', '1', '-W', '10')).text.trim()).toBe('open');
  expect((await mosquitto('sub', port, ...alice, '-t', 'home/#', '-C', '1', '-W', '10')).text).toContain('All subscription requests were denied');
  expect((await mosquitto('pub', port, '-u', 'bob', '-P', 'builder', '-i', 'b', '-V', '5', '-q', '1', '-t', 'own/bob/x', '-m', '1')).code).toBe(0);
  expect((await mosquitto('pub', port, '-u', 'bob', '-P', 'builder', '-i', 'b', '-V', '5', '-q', '1', '-t', 'own/alice/x', '-m', '1')).text).toContain(
    'Not authorized',
  );

  const refusals = await first('broker.refusals', undefined, ({ denied }) => denied >= 3);
  expect(refusals.recent.flatMap(({ clientId, denied }) => (denied ? [[clientId, denied.action, denied.topic]] : []))).toEqual([
    ['b', 'publish', 'own/alice/x'],
    ['alice-1', 'subscribe', 'home/#'],
    ['alice-1', 'publish', 'home/safe'],
  ]);
  // The workbench itself is not shut out.
  await first('broker.status', undefined, ({ demoDevice }) => demoDevice.running);
  expect(bugs).toEqual([]);
});

it('keeps users and rules in the workspace, passwords only as hashes that nobody else may read', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'access-'));
  folders.push(folder);
  const before = await open(folder);
  await before.page.call('broker.setUser', { name: 'alice', password: 'looking-glass', scram: true });
  await before.page.call('broker.setUser', { name: 'bob', password: 'builder', scram: false });
  await before.page.call('broker.setUser', { name: 'bob', password: 'builder 2', scram: false });
  await before.page.call('broker.saveAccess', { ...openAccess, login: 'users' });
  await expect(before.page.call('broker.setUser', { name: 'a:b', password: 'x', scram: false })).rejects.toMatchObject({ code: 'bad-input' });
  await expect(before.page.call('broker.removeUser', { name: 'nobody' })).rejects.toMatchObject({ code: 'not-found' });
  await before.close();
  engines.length = 0;

  const file = path.join(folder, 'broker', 'users.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).not.toMatch(/looking-glass|builder/);
  const after = await open(folder);
  expect(await after.first('broker.access', undefined)).toEqual({
    ...openAccess,
    login: 'users',
    users: [
      { name: 'alice', form: 'scrypt', scram: true },
      { name: 'bob', form: 'scrypt', scram: false },
    ],
  });
  expect((await mosquitto('pub', after.port, '-u', 'bob', '-P', 'builder 2', '-t', 't', '-m', '1')).code).toBe(0);
  await after.page.call('broker.removeUser', { name: 'bob' });
  expect((await mosquitto('pub', after.port, '-u', 'bob', '-P', 'builder 2', '-t', 't', '-m', '1')).code).not.toBe(0);
});

it('does not start aedes with users or rules, as it would ask nobody', async () => {
  const { engine, page } = await open();
  await page.call('broker.saveAccess', { ...openAccess, otherwise: 'deny' });
  await page.call('broker.stop', undefined);
  const status = await engine.startBroker({ engine: 'aedes', tcpPort: 0, webSocketPort: null });
  expect(status.phase).toBe('failed');
  expect(status.failure?.message).toContain('aedes knows no users');
});

it('lets nobody in with rules that cannot be read, also after the next start', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'access-'));
  folders.push(folder);
  await writeFile(path.join(folder, 'broker-access.json'), '{"version":1,"login":"use');
  for (let start = 0; start < 2; start += 1) {
    const engine = await open(folder);
    expect((await mosquitto('pub', engine.port, '-t', 't', '-m', '1')).text).toContain('not authorised');
    await engine.close();
    engines.length = 0;
  }
});

describe('a client certificate of mosquitto_pub and mosquitto_sub', () => {
  const certificates = makeCertificates();
  afterAll(() => certificates?.remove());

  it('says who the user is, in place of the name in CONNECT, unless it was revoked', async ({ skip }) => {
    if (!certificates) return skip('openssl is not installed');
    const { ca, server, client, second, lists } = certificates;
    const files = { certificateFile: server.certificate, keyFile: server.key, caFile: ca, crlFile: lists.second };
    const secure = listenerOptionsSchema.parse({
      kind: 'tls',
      id: 'secure',
      port: 0,
      tls: { ...files, clientCertificates: 'require', userFrom: 'common-name' },
    });
    const { port, tlsPort, page, first } = await open(undefined, { listeners: [secure] });
    const { rules } = await page.call('broker.readAcl', { format: 'mosquitto', text: 'user device-1\ntopic write of/device-1\ntopic read #' });
    await page.call('broker.saveAccess', { login: 'users', anonymous: false, rules: [...rules], otherwise: 'deny' });
    const by = ({ certificate, key }: KeyPair, ...args: readonly string[]): string[] => ['--cafile', ca, '--cert', certificate, '--key', key, ...args];
    const publish = async (pair: KeyPair, topic: string, ...more: readonly string[]): Promise<{ readonly code: number; readonly text: string }> =>
      mosquitto('pub', tlsPort, ...by(pair, '-V', '5', '-q', '1', '-r', '-t', topic, '-m', 'hi', ...more));
    // What it says itself counts for nothing, and its password is not asked for.
    expect(await publish(client, 'of/device-1', '-u', 'alice', '-P', 'wrong')).toEqual({ code: 0, text: '' });
    expect((await publish(client, 'of/device-2')).text).toContain('Not authorized');
    expect((await mosquitto('sub', tlsPort, ...by(client, '-t', 'of/#', '-C', '1', '-W', '10'))).text.trim()).toBe('hi');
    // Without the certificate the name is worth nothing.
    expect((await mosquitto('pub', port, '-u', 'device-1', '-t', 'of/device-1', '-m', 'x')).code).not.toBe(0);
    expect((await publish(second, 'of/device-1')).code).not.toBe(0);
    const { recent } = await first('broker.refusals', undefined, (refusals) => refusals.recent.some(({ reason }) => reason.includes('revoked')));
    expect(recent.map(({ reason }) => reason)).toContain('It showed a certificate which has been revoked.');
  });
});

describe('limits', () => {
  it('answer mosquitto_pub and mosquitto_sub with the codes of their version', async () => {
    const limits = brokerLimitsSchema.parse({ maximumConnections: 1, maximumPayloadBytes: 5, subscriptionsPerMinute: 1 });
    const { port, first } = await open(undefined, { limits });
    const say = async (...args: readonly string[]): Promise<string> => (await mosquitto('pub', port, '-t', 't', ...args)).text;
    expect(await say('-V', '5', '-q', '1', '-m', '123456')).toContain('Quota exceeded');
    expect(await say('-V', '311', '-q', '1', '-m', '123456')).toBe('');
    expect(await say('-V', '5', '-q', '1', '-m', '12345')).toBe('');
    expect((await mosquitto('sub', port, '-V', '311', '-d', '-t', 'a', '-t', 'b', '-W', '1')).text).toContain('Subscribed (mid: 1): 0, 128');
    const held = execFile(command('sub'), ['-h', '127.0.0.1', '-p', String(port), '-i', 'holder', '-t', 'x']);
    try {
      await first('broker.clients', undefined, (clients) => clients.some(({ clientId }) => clientId === 'holder'));
      expect(await say('-V', '5', '-m', '1')).toContain('Server busy');
      expect(await say('-V', '311', '-m', '1')).toContain('broker unavailable');
    } finally {
      held.kill();
    }
    expect((await first('broker.refusals', undefined)).overLimit).toBe(3);
  });

  it('disconnect a mosquitto_pub that is too fast, or let it wait without losing anything', async () => {
    const lines = Array.from({ length: 12 }, (_, at) => `line ${at}`).join('\n');
    const send = (port: number): Promise<number> =>
      new Promise((resolve) => {
        const child = execFile(command('pub'), ['-h', '127.0.0.1', '-p', String(port), '-V', '5', '-q', '1', '-t', 'lines', '-l'], (error) =>
          resolve(typeof error?.code === 'number' ? error.code : 0),
        );
        child.stdin?.end(`${lines}\n`);
      });
    const fast = await open(undefined, { limits: brokerLimitsSchema.parse({ messagesPerSecond: 5 }) });
    await send(fast.port);
    const { recent } = await fast.first('broker.refusals', undefined, ({ total }) => total > 0);
    expect(recent[0]?.reason).toBe('It published more than 5 messages per second.');
    await fast.close();
    engines.length = 0;

    const slow = await open(undefined, { limits: brokerLimitsSchema.parse({ messagesPerSecond: 5, whenTooFast: 'wait' }) });
    const took = performance.now();
    expect(await send(slow.port)).toBe(0);
    expect(performance.now() - took).toBeGreaterThan(1000);
    expect((await slow.first('broker.refusals', undefined)).total).toBe(0);
    const count = async (): Promise<number> => (await slow.page.call('messages.history', { source: 'broker', topic: 'lines', offset: 0, limit: 1 })).total;
    await expect.poll(count, { timeout: 10_000 }).toBe(12);
  });
});
