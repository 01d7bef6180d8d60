import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { propertyOf, RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../../test/conformance/mqtt/streams.ts';
import { publish } from '../../../../../test/conformance/mqtt/wire.ts';
import { endBrokerCommands, portOf, runBrokerCommand as run, type BrokerCommand } from '../../../../../test/support/broker-command.ts';
import { makeUser } from '../access/make-user.ts';
import { userLine } from '../users/users-file.ts';
import { checkConfig, readCliConfig } from './cli-config.ts';
import { cliOptions } from './cli-options.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'broker-config-'));
});
afterEach(() => {
  endBrokerCommands();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function said(running: BrokerCommand, text: string): Promise<void> {
  await vi.waitFor(() => expect(running.stderr).toContain(text), { timeout: 15_000, interval: 10 });
}

const example = path.join(import.meta.dirname, '../../../../../docs/examples/broker.yaml');

describe('npm run broker -- --config', () => {
  it('starts from the example of the guide, with options of the command line in place of its own', async () => {
    expect(readFileSync(example, 'utf8')).toContain('tcpPort: 1883');
    const running = run('--config', example, '--port', '0', '--ws-port', '0', '--metrics', '0');
    const client = new RawClient(await dialTcp(await portOf(running)), 5);
    const connack = await client.connect({ clientId: 'c' });
    // What the example offers.
    expect(propertyOf(connack, 'maximumQos')).toBe(1);
    client.drop();
    await vi.waitFor(() => expect(running.stdout).toMatch(/^metrics on http/m), { timeout: 15_000, interval: 10 });
    const url = /^metrics on (\S+)$/m.exec(running.stdout)?.[1] ?? '';
    expect(await (await fetch(url)).text()).toContain('mqtt_broker_connections_total 1');
    running.child.kill('SIGTERM');
    expect(await running.exit).toBe(0);
    expect(running.stderr).toBe('');
  });

  it('may hold options of the command line under their names, with files from its folder on', async () => {
    const { given, profile } = await readCliConfig(write('lab.yaml', 'alone: {handlers: scripts, metrics: 9100, curl: true, persist: a.db}\n'), {
      metrics: '1',
    });
    expect(given).toEqual({ handlers: path.join(folder, 'scripts'), persist: path.join(folder, 'a.db'), curl: true, metrics: '1' });
    expect(Object.keys(profile.alone ?? {}).filter((name) => !Object.hasOwn(cliOptions, name))).toEqual([]);
    await expect(readCliConfig(write('bad.yaml', 'alone: {metric: 1}\n'), {})).rejects.toThrow(
      'bad.yaml:1:9: There is no key “metric” here. Did you mean “metrics”?',
    );
  });

  it('only checks it, and names file, line, column and the nearest key', async () => {
    const file = write('lab.yaml', 'tcpport: 1883\nengine: aedis\nlimits:\n  maximumQos: 3\n');
    const bad = run('--config', file, '--check');
    expect(await bad.exit).toBe(2);
    expect(bad.stderr.trimEnd().split('\n')).toEqual([
      `${file}:1:1: There is no key “tcpport” here. Did you mean “tcpPort”?`,
      `${file}:2:9: “engine” is workbench or aedes, not “aedis”. Did you mean “aedes”?`,
      `${file}:4:15: “limits.maximumQos” is 0, 1 or 2, not 3.`,
    ]);
    const good = run('--config', write('good.yaml', 'tcpPort: 0\n'), '--check');
    expect(await good.exit).toBe(0);
    expect(good.stdout).toContain('can be used');
  });

  it.each([
    ['a certificate that is not there', 'listeners:\n  - {kind: tls, port: 0, tls: {certificateFile: none.pem, keyFile: none.key}}\n', 'none.pem'],
    ['a certificate of a lab that is not there', 'listeners:\n  - {kind: tls, port: 0, tls: {labCertificate: server}}\n', 'no certificate “server”'],
    ['users that are not there', 'access: {login: users, usersFile: none.txt}\n', 'none.txt cannot be read'],
    ['users who are nowhere', 'access: {login: users}\n', 'there is no “usersFile”'],
    ['two listeners in one place', 'tcpPort: 1883\nwebSocketPort: 1883\n', '“tcpPort” listens there already'],
  ])('finds %s with --check', async (_what, text, message) => {
    const checking = readCliConfig(write('lab.yaml', text), {}).then((config) => checkConfig(config, {}));
    await expect(checking).rejects.toThrow(message);
  });

  it('prints what it would use, which is a configuration again', async () => {
    const file = write('lab.yaml', 'tcpPort: 1885\nwebSocketPort: off\nlimits: {maximumQos: 1}\n');
    const printed = run('--config', file, '--print-config', '--ws-port', '9001', '--tls-min', '1.2', '--tls-port', '0', '--cert', 'c.pem', '--key', 'k.pem');
    expect(await printed.exit).toBe(0);
    expect(printed.stdout).toMatch(/^tcpPort: 1885$/m);
    expect(printed.stdout).toMatch(/^webSocketPort: 9001$/m);
    const again = run('--config', write('again.yaml', printed.stdout), '--print-config');
    expect(await again.exit).toBe(0);
    expect(again.stdout).toBe(printed.stdout);
  });

  it.each(['lines', 'workspace'] as const)('lets in the users of its file, kept as %s', async (form) => {
    if (form === 'lines') write('users', `# of --hash-password\n${await userLine('alice', 'looking-glass')}\n`);
    else write('users', JSON.stringify({ version: 1, users: [await makeUser('alice', 'looking-glass', false)] }));
    const running = run('--config', write('lab.yaml', 'tcpPort: 0\nwebSocketPort: off\naccess: {login: users, usersFile: users}\nalone: {metrics: 0}\n'));
    const port = await portOf(running);
    await vi.waitFor(() => expect(running.stdout).toMatch(/^metrics on http/m), { timeout: 15_000, interval: 10 });
    for (const [username, password, code] of [
      ['alice', 'looking-glass', 0],
      ['alice', 'wrong', 4],
      ['bob', 'looking-glass', 4],
    ] as const) {
      const client = new RawClient(await dialTcp(port), 4);
      await client.connect({ clientId: 'c', username, password }, code);
      client.drop();
    }
  });

  it('reads it again on SIGHUP: rules at once, and says what needs a restart; a broken one changes nothing', async ({ skip }) => {
    skip(process.platform === 'win32', 'there is no SIGHUP on Windows');
    const text = (rule: string, qos: number): string =>
      `tcpPort: 0\nwebSocketPort: off\nlimits: {maximumQos: ${qos}, maximumConnections: ${qos}}\naccess:\n  rules:\n    - {effect: deny, action: publish, filter: ${rule}}\n`;
    const file = write('lab.yaml', text('a', 2));
    const running = run('--config', file);
    const port = await portOf(running);
    const mayPublish = async (topic: string): Promise<boolean> => {
      const client = new RawClient(await dialTcp(port), 5);
      await client.connect({ clientId: 'c' });
      const id = client.id();
      client.send(publish(5, { topic, qos: 1, id }));
      const { code } = await client.expectPacket('puback');
      client.drop();
      return code < 0x80;
    };
    expect([await mayPublish('a'), await mayPublish('b')]).toEqual([false, true]);
    write('lab.yaml', text('b', 1));
    running.child.kill('SIGHUP');
    await said(running, 'was read again');
    expect(running.stderr).toContain('limits.maximumQos (2 → 1) needs a restart.');
    expect(running.stderr).not.toContain('maximumConnections');
    expect([await mayPublish('a'), await mayPublish('b')]).toEqual([true, false]);
    const only = new RawClient(await dialTcp(port), 5);
    await only.connect({ clientId: 'only' });
    const second = new RawClient(await dialTcp(port), 5);
    await second.connect({ clientId: 'second' }, 0x89);
    for (const client of [only, second]) client.drop();
    // Its place is free a moment later.
    await vi.waitFor(async () => expect(await mayPublish('a')).toBe(true), { timeout: 15_000 });
    write('lab.yaml', 'acess: {}\n');
    running.child.kill('SIGHUP');
    await said(running, 'Everything stays as it was.');
    expect(running.stderr).toContain(`${file}:1:1: There is no key “acess” here. Did you mean “access”?`);
    expect([await mayPublish('a'), await mayPublish('b')]).toEqual([true, false]);
    running.child.kill('SIGTERM');
    expect(await running.exit).toBe(0);
  });
});
