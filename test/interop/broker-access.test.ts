import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { openAccess } from '../../src/shared/contract/broker-access.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';

const run = promisify(execFile);
const engines: TestEngine[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function open(folder?: string): Promise<TestEngine & { readonly port: number }> {
  const engine = await openEngine(folder);
  engines.push(engine);
  const status = await engine.engine.startBroker({ tcpPort: 0, webSocketPort: null });
  return { ...engine, port: status.listeners[0]?.port ?? 0 };
}

/** Exit code and what was said; mosquitto's clients end with 0 even when a publish was refused in 3.1.1. */
async function mosquitto(command: 'pub' | 'sub', port: number, ...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  try {
    const { stdout, stderr } = await run(`mosquitto_${command}`, ['-h', '127.0.0.1', '-p', String(port), ...args], { timeout: 20_000 });
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
