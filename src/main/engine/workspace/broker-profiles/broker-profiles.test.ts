import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWorkspace, type Workspace } from '../workspace.ts';

let folder: string;
let opened: Workspace[];
let runs = 0;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'profiles-'));
  opened = [];
});
afterEach(async () => {
  for (const workspace of opened) await workspace.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(): Promise<Workspace> {
  for (const workspace of opened.splice(0)) await workspace.close();
  const workspace = await openWorkspace({ folder, instance: `run-${(runs += 1)}`, hostName: 'here', cipher: 'key-file', now: Date.now });
  opened.push(workspace);
  return workspace;
}

const at = (name: string): string => path.join(folder, name);
const read = (name: string): Promise<string> => readFile(at(name), 'utf8');
async function write(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(at(name)), { recursive: true });
  await writeFile(at(name), text);
}
const files = async (): Promise<readonly string[]> => (await readdir(at('brokers'))).toSorted();

describe('a workspace from before there were profiles', () => {
  it('has everything in its first one, and starts with it from then on', async () => {
    const listeners = [{ kind: 'tls', id: 'a', port: 8883, tls: { labCertificate: 'server' } }];
    const broker = { tcpPort: 1999, webSocketPort: null, persistence: 'file', listeners, limits: { maximumQos: 1 } };
    await write('settings.json', JSON.stringify({ version: 1, theme: 'dark', broker }));
    const rules = [{ effect: 'deny', user: 'bob', action: 'publish', filter: 'a/#' }];
    await write('broker-access.json', JSON.stringify({ version: 1, login: 'users', anonymous: true, rules, otherwise: 'deny' }));
    for (const round of ['migrated', 'read again']) {
      const workspace = await open();
      expect(workspace.view().problems, round).toEqual([]);
      expect(workspace.view().settings).toMatchObject({ theme: 'dark', broker: { ...broker, engine: 'workbench', host: '127.0.0.1' } });
      expect(workspace.brokerAccess.settings()).toEqual({ login: 'users', anonymous: true, rules, otherwise: 'deny' });
    }
    expect(await read('brokers/default.yaml')).toContain('tcpPort: 1999');
    expect(JSON.parse(await read('settings.json'))).not.toHaveProperty('broker');
    expect(await readdir(folder)).not.toContain('broker-access.json');
  });

  it('lets nobody in when its rules cannot be read', async () => {
    await write('broker-access.json', '{"version":1,"login":"use');
    for (let round = 0; round < 2; round += 1) {
      expect((await open()).brokerAccess.settings()).toEqual({ login: 'users', anonymous: false, rules: [], otherwise: 'deny' });
    }
  });
});

describe('the current profile', () => {
  it('is changed in its file, where comments stay', async () => {
    await write('brokers/default.yaml', '# mine\ntcpPort: 1884 # here\naccess: {rules: []} # none\n');
    const workspace = await open();
    await workspace.updateSettings({ broker: { webSocketPort: null }, theme: 'light' });
    await workspace.brokerAccess.saveSettings({ ...workspace.brokerAccess.settings(), otherwise: 'deny' });
    expect(await read('brokers/default.yaml')).toBe('# mine\ntcpPort: 1884 # here\naccess: {rules: [], otherwise: deny} # none\nwebSocketPort: off\n');
    expect(workspace.view().settings).toMatchObject({ theme: 'light', broker: { tcpPort: 1884, webSocketPort: null } });
  });

  it('follows its file, and what is saved goes on from what the file says by then', async () => {
    await write('brokers/default.yaml', 'tcpPort: 1884\n');
    const workspace = await open();
    await write('brokers/default.yaml', 'tcpPort: 1885\nhost: "::1"\n');
    await vi.waitFor(() => expect(workspace.view().settings.broker).toMatchObject({ tcpPort: 1885, host: '::1' }), { timeout: 10_000 });
    // Faster than it is noticed.
    await write('brokers/default.yaml', 'tcpPort: 1886 # by hand\n');
    await workspace.updateSettings({ broker: { engine: 'aedes' } });
    expect(await read('brokers/default.yaml')).toBe('tcpPort: 1886 # by hand\nengine: aedes\n');
    expect(workspace.view().settings.broker).toMatchObject({ tcpPort: 1886, engine: 'aedes' });
  });

  it('that is broken is told with its place, not overwritten, and lets nobody in at a start', async () => {
    await write('brokers/default.yaml', 'tcpPort: 1884\n');
    const running = await open();
    const broken = 'tcpPort: 1884\nlimts: {}\n';
    await write('brokers/default.yaml', broken);
    await running.brokerProfiles.refresh();
    const problem = 'brokers/default.yaml, line 2, column 1: There is no key “limts” here. Did you mean “limits”?';
    expect(running.brokerProfiles.problem()).toBe(problem);
    // What was good last is still shown.
    expect(running.view().settings.broker.tcpPort).toBe(1884);
    await expect(running.updateSettings({ broker: { tcpPort: 1 } })).rejects.toMatchObject({ code: 'invalid-state', message: problem });
    expect(await read('brokers/default.yaml')).toBe(broken);

    const started = await open();
    expect(started.brokerProfiles.problem()).toBe(problem);
    expect(started.brokerAccess.settings()).toMatchObject({ login: 'users', anonymous: false, otherwise: 'deny' });
    await write('brokers/default.yaml', 'tcpPort: 1890\n');
    await started.brokerProfiles.refresh();
    expect(started.brokerProfiles.problem()).toBeNull();
    expect(started.brokerAccess.settings().login).toBe('anybody');
  });

  it('ends with the last of many changes made at once', async () => {
    const workspace = await open();
    await Promise.all(Array.from({ length: 50 }, (_, n) => workspace.updateSettings({ broker: { tcpPort: 2000 + n } })));
    expect(await read('brokers/default.yaml')).toContain('tcpPort: 2049');
    expect((await open()).view().settings.broker.tcpPort).toBe(2049);
  });

  it('finds files from its folder on, and keeps their paths as they are written', async () => {
    await write('brokers/default.yaml', 'listeners:\n  - {kind: tls, id: a, port: 1, tls: {certificateFile: c.pem, keyFile: k.pem}}\n');
    const workspace = await open();
    const [listener] = workspace.view().settings.broker.listeners;
    expect(listener).toMatchObject({ tls: { certificateFile: at('brokers/c.pem') } });
    if (listener) await workspace.updateSettings({ broker: { listeners: [{ ...listener, name: 'Lab' }] } });
    expect(await read('brokers/default.yaml')).toContain('tls: {certificateFile: c.pem, keyFile: k.pem}, name: Lab}');
  });

  it('may take its users from a file, which is then not changed from here', async () => {
    const hash = `$7$101$${'A'.repeat(16)}$${'B'.repeat(86)}==`;
    await write('brokers/users.txt', `alice:${hash}\nbroken\n`);
    await write('brokers/default.yaml', 'access: {login: users, usersFile: users.txt}\n');
    const workspace = await open();
    expect(workspace.brokerAccess.users()).toEqual([{ name: 'alice', hash }]);
    expect(await workspace.brokerAccess.refresh()).toContain('line 2: A line is NAME:HASH.');
    await expect(workspace.brokerAccess.saveUsers([])).rejects.toMatchObject({ code: 'invalid-state' });
    await rm(at('brokers/users.txt'));
    expect(await workspace.brokerAccess.refresh()).toContain('cannot be read');
    expect(workspace.brokerAccess.users()).toEqual([]);
  });
});

describe('profiles', () => {
  it('are made, chosen, renamed and deleted; the choice holds over a restart', async () => {
    const workspace = await open();
    const { brokerProfiles: profiles } = workspace;
    expect(await profiles.create('Lab: one', 'tcpPort: 1999\n')).toBe('Lab- one');
    expect(await profiles.create('lab- ONE', 'tcpPort: 1998\n')).toBe('lab- ONE (2)');
    await profiles.choose('Lab- one');
    expect(workspace.view().settings.broker.tcpPort).toBe(1999);
    await expect(profiles.remove('Lab- one')).rejects.toMatchObject({ code: 'invalid-state' });
    expect(await profiles.rename('Lab- one', 'bench')).toBe('bench');
    await expect(profiles.rename('bench', 'DEFAULT')).rejects.toMatchObject({ code: 'bad-input' });
    expect(await profiles.remove('lab- ONE (2)')).toBe('tcpPort: 1998\n');
    expect(await files()).toEqual(['bench.yaml', 'default.yaml']);
    const again = await open();
    expect(again.brokerProfiles.currentName()).toBe('bench');
    expect(again.view().settings.broker.tcpPort).toBe(1999);
  });

  it('that are broken are listed with their problems and cannot be chosen; those that are gone neither', async () => {
    await write('brokers/default.yaml', 'version: 1\n');
    await write('brokers/empty.yaml', '');
    await write('brokers/bad.yaml', 'tcpPort: often\n');
    await write('brokers/not-text.yaml', '\0');
    await writeFile(at('brokers/binary.yaml'), Buffer.from([0xff, 0xfe]));
    await mkdir(at('brokers/folder.yaml'));
    if (process.platform !== 'win32') await symlink('/etc/hostname', at('brokers/link.yaml'));
    const { brokerProfiles: profiles } = await open();
    const broken = profiles.list().filter((profile) => profile.broken);
    expect(broken.map(({ name }) => name)).toEqual(['bad', 'binary', 'empty', 'folder', ...(process.platform === 'win32' ? [] : ['link']), 'not-text']);
    expect(broken[0]?.problems).toEqual([{ line: 1, column: 10, message: '“tcpPort” has to be a port number or off, not “often”.' }]);
    await expect(profiles.choose('bad')).rejects.toMatchObject({ code: 'invalid-state' });
    await expect(profiles.choose('../default')).rejects.toMatchObject({ code: 'not-found' });
    expect(profiles.currentName()).toBe('default');
    await rm(at('brokers/default.yaml'));
    await profiles.refresh();
    expect(profiles.problem()).toContain('is not there (any more)');
  });

  it('are written only over what was seen', async () => {
    const { brokerProfiles: profiles } = await open();
    const name = await profiles.create('lab', 'tcpPort: 1\n');
    const { revision } = await profiles.file(name);
    await write('brokers/lab.yaml', 'tcpPort: 2\n');
    await expect(profiles.write(name, 'tcpPort: 3\n', revision)).rejects.toMatchObject({ code: 'invalid-state', data: { reason: 'changed' } });
    expect(await read('brokers/lab.yaml')).toBe('tcpPort: 2\n');
    await profiles.write(name, 'tcpPort: 3\n');
    expect(await read('brokers/lab.yaml')).toBe('tcpPort: 3\n');
  });
});
