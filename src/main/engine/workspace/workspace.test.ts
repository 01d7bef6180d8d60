import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionProfileSchema, type ConnectionProfile } from '../../../shared/contract/connections.ts';
import { rpcNodeSchema } from '../../../shared/contract/rpc-nodes.ts';
import { diskAccess, type FileAccess } from './file-access.ts';
import { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts';

const now = (): number => Date.UTC(2026, 10, 21, 4, 17, 58);
const stamp = '2026-11-21-041758';
const profile = (id: string, name = id): ConnectionProfile => connectionProfileSchema.parse({ id, name, uri: 'mqtt://localhost:1883' });

let folder: string;
let opened: Workspace[];
let instances = 0;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'workspace-'));
  opened = [];
});
afterEach(async () => {
  for (const workspace of opened) await workspace.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(more: Partial<WorkspaceOptions> = {}): Promise<Workspace> {
  const workspace = await openWorkspace({ folder, instance: `run-${(instances += 1)}`, hostName: 'here', cipher: 'key-file', now, ...more });
  opened.push(workspace);
  return workspace;
}

async function reopen(workspace: Workspace): Promise<Workspace> {
  await workspace.close();
  return open();
}

const read = (name: string): Promise<string> => readFile(path.join(folder, name), 'utf8');
const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);

/** Files of a disk on which every write fails with this code once `broken` is set. */
function failingFiles(code: string): { readonly files: FileAccess; broken: boolean } {
  const state = { broken: false, files: diskAccess };
  const fail = async (): Promise<never> => {
    throw Object.assign(new Error(`${code}: simulated`), { code });
  };
  state.files = {
    ...diskAccess,
    writeAtomic: (...args) => (state.broken ? fail() : diskAccess.writeAtomic(...args)),
    create: (...args) => (state.broken ? fail() : diskAccess.create(...args)),
    makeFolder: (...args) => (state.broken ? fail() : diskAccess.makeFolder(...args)),
    rename: (...args) => (state.broken ? fail() : diskAccess.rename(...args)),
  };
  return state;
}

describe('a workspace', () => {
  it('starts with the defaults and keeps what is changed over a restart', async () => {
    const first = await open();
    expect(first.view().settings.theme).toBe('system');
    await first.updateSettings({ theme: 'dark', keymap: { 'b.two': 'Mod+2', 'a.one': null } });
    first.setLayout({ 'z.panel': 1, 'a.panel': { y: 1, x: [1] } });
    await first.savePublish({
      id: 'p1',
      name: 'On',
      topic: 'lamp/set',
      payload: 'on',
      format: 'text',
      qos: 1,
      retain: false,
      folder: '',
      fillIn: false,
      properties: null,
    });
    await first.saveProfile(profile('lab'));
    await first.secrets.set('connection/lab/password', 'hunter2');

    const second = await reopen(first);
    expect(second.view()).toMatchObject({ settings: { theme: 'dark', demoDevice: true }, layout: { 'z.panel': 1 }, problems: [] });
    expect(second.view().savedPublishes).toHaveLength(1);
    expect(second.profiles()).toEqual([profile('lab')]);
    expect(await second.secrets.get('connection/lab/password')).toBe('hunter2');
  });

  it('writes files people can read and compare', async () => {
    const workspace = await open();
    await workspace.updateSettings({ keymap: { 'b.two': 'Mod+2', 'a.one': null } });
    workspace.setLayout({ b: { d: 1, c: 2 }, a: 0 });
    await workspace.saveProfile(profile('lab'));
    await workspace.close();
    expect(await read('settings.json')).toMatch(
      /^\{\n {2}"version": 1,\n {2}"theme": "system",\n[^]*"keymap": \{\n {4}"a.one": null,\n {4}"b.two": "Mod\+2"\n {2}\}\n\}\n$/,
    );
    expect(await read('layout.json')).toBe('{\n  "version": 1,\n  "layout": {\n    "a": 0,\n    "b": {\n      "c": 2,\n      "d": 1\n    }\n  }\n}\n');
    expect(JSON.parse(await read('connections/lab.json'))).toEqual({ version: 1, connection: profile('lab') });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('keeps passwords out of every file that is shared', async () => {
    const workspace = await open();
    await workspace.saveProfile(profile('lab'));
    await workspace.secrets.set('connection/lab/password', 'hunter2');
    await workspace.close();
    for (const name of await readdir(folder, { recursive: true })) {
      const file = path.join(folder, name);
      if ((await stat(file)).isFile()) expect(await readFile(file, 'utf8')).not.toContain('hunter2');
    }
    expect(await read('.secrets/.gitignore')).toBe('*\n');
    expect(await read('.gitignore')).toContain('.secrets/');
    if (process.platform !== 'win32') {
      expect((await stat(path.join(folder, '.secrets/key'))).mode & 0o777).toBe(0o600);
      expect((await stat(path.join(folder, '.secrets/secrets.key-file.json'))).mode & 0o777).toBe(0o600);
      expect((await stat(path.join(folder, '.secrets'))).mode & 0o777).toBe(0o700);
    }
  });

  it('leaves absent fields of a settings change alone', async () => {
    const workspace = await open();
    await workspace.updateSettings({ theme: 'light' });
    await workspace.updateSettings({ demoDevice: false, theme: undefined });
    expect(workspace.view().settings).toMatchObject({ theme: 'light', demoDevice: false });
  });

  it('ends with the last of many changes made at once', async () => {
    const workspace = await open();
    await Promise.all(Array.from({ length: 100 }, (_, n) => workspace.updateSettings({ historyBudgetBytes: 1_048_576 + n })));
    expect(JSON.parse(await read('settings.json'))).toMatchObject({ historyBudgetBytes: 1_048_675 });
    await Promise.all(Array.from({ length: 50 }, (_, n) => workspace.saveProfile(profile(n % 2 ? 'odd' : 'even', `Name ${n}`))));
    expect(JSON.parse(await read('connections/odd.json'))).toMatchObject({ connection: { name: 'Name 49' } });
    expect(JSON.parse(await read('connections/even.json'))).toMatchObject({ connection: { name: 'Name 48' } });
  });

  it('refuses connection ids that cannot be told apart, or named, on every system', async () => {
    const workspace = await open();
    await workspace.saveProfile(profile('lab'));
    await expect(workspace.saveProfile(profile('LAB'))).rejects.toMatchObject({ code: 'bad-input' });
    await expect(workspace.saveProfile(profile('con'))).rejects.toMatchObject({ code: 'bad-input' });
    expect(workspace.profiles()).toHaveLength(1);
  });

  it('forgets a removed connection', async () => {
    const workspace = await open();
    await workspace.saveProfile(profile('lab'));
    await workspace.removeProfile('lab');
    expect(await readdir(path.join(folder, 'connections'))).toEqual([]);
    expect((await reopen(workspace)).profiles()).toEqual([]);
  });
});

describe('a damaged file', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['truncated', '{\n  "version": 1,\n  "theme": "da', /not valid JSON/],
    ['empty', '', /not valid JSON/],
    ['no object', '[]', /not a JSON object/],
    ['without version', '{"theme":"dark"}', /no version number/],
    ['newer', '{"version":2,"theme":"dark"}', /newer version/],
    ['with an unknown value', '{"version":1,"theme":"pink"}', /not valid at "theme"/],
    ['deeply nested', `{"version":1,"keymap":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, /settings\.json/],
  ];
  it.each(cases)('that is %s is kept aside and reported', async (_name, text, message) => {
    await write('settings.json', text);
    const workspace = await open();
    const [problem] = workspace.view().problems;
    expect(problem).toMatchObject({ file: 'settings.json', keptAs: `settings.${stamp}.broken.json` });
    expect(problem?.message).toMatch(message);
    expect(workspace.view().settings.theme).toBe('system');
    expect(await read(`settings.${stamp}.broken.json`)).toBe(text);
    await workspace.updateSettings({ theme: 'light' });
    expect(await read(`settings.${stamp}.broken.json`)).toBe(text);
    workspace.dismissProblem('settings.json');
    expect(workspace.view().problems).toEqual([]);
  });

  it.each([
    ['settings.json', 'The default settings are in use.'],
    ['layout.json', 'The default layout is in use.'],
    ['saved-publishes.json', 'The workbench goes on without saved messages.'],
    ['connections/lab.json', 'The workbench goes on without this connection.'],
    ['.secrets/secrets.key-file.json', 'Enter the passwords of the connections again.'],
  ])('says once where it is, and how the workbench goes on without it: %s', async (name, advice) => {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await write(name, 'torn');
    const [problem] = (await open()).view().problems;
    // Where it was kept, the page says by itself.
    expect(problem).toMatchObject({ file: name, keptAs: name.replace('.json', `.${stamp}.broken.json`), message: `${name} is not valid JSON.`, advice });
  });

  it('that is not text is kept aside byte for byte', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    await writeFile(path.join(folder, 'layout.json'), bytes);
    await open();
    expect(await readFile(path.join(folder, `layout.${stamp}.broken.json`))).toEqual(bytes);
  });

  it('does not replace an earlier one of the same second', async () => {
    await write(`settings.${stamp}.broken.json`, 'earlier');
    await write('settings.json', 'later');
    const workspace = await open();
    expect(workspace.view().problems).toMatchObject([{ keptAs: `settings.${stamp}-2.broken.json` }]);
    expect(await read(`settings.${stamp}.broken.json`)).toBe('earlier');
    expect(await read(`settings.${stamp}-2.broken.json`)).toBe('later');
  });

  it('of one connection costs only that connection', async () => {
    await mkdir(path.join(folder, 'connections'));
    await write('connections/good.json', JSON.stringify({ version: 1, connection: profile('good') }));
    await write('connections/torn.json', '{"version":1,"id":"torn"');
    await write('connections/wrong.json', JSON.stringify({ version: 1, connection: profile('other') }));
    const workspace = await open();
    expect(workspace.profiles().map(({ id }) => id)).toEqual(['good']);
    expect(workspace.view().problems.map(({ file }) => file)).toEqual(['connections/torn.json', 'connections/wrong.json']);
    await workspace.close();
    expect((await open()).view().problems).toEqual([]);
  });

  it('of one RPC node costs only that node', async () => {
    const node = rpcNodeSchema.parse({ id: 'good', name: 'Good', source: 'broker', methods: [{ name: 'm', answer: { kind: 'static', result: 1 } }] });
    const first = await open();
    await first.rpcNodes.save(node);
    await first.rpcNodes.save({ ...node, id: 'gone' });
    await first.rpcNodes.remove('gone');
    await write('rpc-nodes/wrong.json', JSON.stringify({ version: 1, node: { ...node, id: 'wrong', dialect: 'morse' } }));
    const workspace = await reopen(first);
    expect(workspace.rpcNodes.list()).toEqual([node]);
    expect(workspace.view().problems).toMatchObject([{ file: 'rpc-nodes/wrong.json', advice: 'The workbench goes on without this node.' }]);
  });

  it('that cannot be moved aside is never written over', async () => {
    await write('settings.json', 'precious');
    const failing = failingFiles('EACCES');
    const files = { ...failing.files, rename: () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })) };
    const workspace = await open({ files });
    expect(workspace.view().problems).toMatchObject([{ file: 'settings.json', keptAs: null }]);
    await expect(workspace.updateSettings({ theme: 'dark' })).rejects.toMatchObject({ code: 'workspace-unwritable' });
    expect(workspace.view().settings.theme).toBe('dark');
    expect(await read('settings.json')).toBe('precious');
    expect((await readdir(folder)).filter((name) => name.includes('broken'))).toEqual([]);
  });
});

describe('a folder that cannot be written', () => {
  it.each([
    ['ENOSPC', /disk is full/],
    ['EROFS', /read-only/],
    ['EACCES', /access was denied/],
  ])('(%s) keeps the state in memory, says so, and saves again later', async (code, message) => {
    const failing = failingFiles(code);
    const workspace = await open({ files: failing.files });
    await workspace.updateSettings({ theme: 'light' });
    failing.broken = true;
    await expect(workspace.updateSettings({ theme: 'dark' })).rejects.toMatchObject({
      code: 'workspace-unwritable',
      message: expect.stringMatching(message) as string,
    });
    await expect(workspace.secrets.set('k', 'secret')).rejects.toMatchObject({ code: 'workspace-unwritable' });
    expect(workspace.view().settings.theme).toBe('dark');
    expect(await workspace.secrets.get('k')).toBe('secret');
    expect(workspace.view().problems).toMatchObject([{ file: 'settings.json', code: 'workspace-unwritable', keptAs: null }]);
    expect(JSON.parse(await read('settings.json'))).toMatchObject({ theme: 'light' });
    failing.broken = false;
    await workspace.updateSettings({ demoDevice: false });
    expect(workspace.view().problems).toEqual([]);
    expect(JSON.parse(await read('settings.json'))).toMatchObject({ theme: 'dark', demoDevice: false });
  });

  it('works from memory when there is no such folder and none can be made', async () => {
    await write('a-file', '');
    const workspace = await open({ folder: path.join(folder, 'a-file', 'workspace') });
    expect(workspace.view().problems).toMatchObject([{ code: 'workspace-unwritable', file: 'workspace folder' }]);
    await expect(workspace.updateSettings({ theme: 'dark' })).rejects.toMatchObject({ code: 'workspace-unwritable' });
    expect(workspace.view().settings.theme).toBe('dark');
  });
});

describe('a layout', () => {
  it('is saved a moment after the last change, and at the latest when the workspace closes', async () => {
    const workspace = await open();
    for (let n = 0; n < 50; n += 1) workspace.setLayout({ n });
    expect(workspace.view().layout).toEqual({ n: 49 });
    await expect.poll(() => read('layout.json').catch(() => '')).toContain('"n": 49');
    workspace.setLayout({ n: 50 });
    await workspace.close();
    expect(await read('layout.json')).toContain('"n": 50');
  });

  it('has a largest size', async () => {
    const workspace = await open();
    expect(() => workspace.setLayout({ text: 'x'.repeat(2_000_000) })).toThrow(/too large/);
  });
});
