import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EnvironmentInput } from '../../../shared/contract/environments.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { createEnvironments, type Environments } from './environments.ts';

let workspace: string;
let environments: Environments;
let vault: Map<string, string>;
let failsFor: string | undefined;

beforeEach(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'environments-'));
  vault = new Map();
  failsFor = undefined;
  const secrets = {
    has: (key: string) => vault.has(key),
    get: (key: string) => Promise.resolve(vault.get(key)),
    // As the real one: what cannot be written is in use all the same.
    set(key: string, value: string) {
      vault.set(key, value);
      return key === failsFor ? Promise.reject(new CodedError('workspace-unwritable')) : Promise.resolve();
    },
    remove: (key: string) => Promise.resolve(void vault.delete(key)),
    settle: () => Promise.resolve(),
  };
  environments = createEnvironments({ workspaceFolder: workspace, secrets });
});
afterEach(async () => {
  environments.close();
  await rm(workspace, { recursive: true, force: true });
});

type Variables = EnvironmentInput['environment']['variables'];
const save = (id: string, variables: Variables, more: { revision?: string; name?: string } = {}): Promise<{ revision: string }> =>
  environments.save({ environment: { id, name: more.name ?? id, variables }, ...(more.revision === undefined ? {} : { revision: more.revision }) });
const plant = async (name: string, content: string): Promise<void> => {
  await mkdir(path.join(workspace, 'environments'), { recursive: true });
  await writeFile(path.join(workspace, 'environments', name), content);
};
const viewed = async (): Promise<NonNullable<ReturnType<Environments['view']>>> => {
  await environments.refresh();
  return environments.view() ?? { environments: [], broken: [], activeId: null };
};
const valuesOf = async (id: string): Promise<unknown> => Object.fromEntries((await environments.variables(id)).values);

describe('an environment', () => {
  it('leaves the vault as it was when it cannot be saved', async () => {
    const secret = (name: string, value: string) => ({ name, value, secret: true });
    await save('lab', [secret('token', 'old')]);
    const file = path.join(workspace, 'environments', 'lab.json');
    await rm(file);
    // The disk says no only when the secrets are in the vault already.
    await symlink(path.join(workspace, 'elsewhere.json'), file);
    const refused = { code: 'workspace-unwritable' };
    await expect(save('lab', [secret('token', 'new'), secret('other', 'x')])).rejects.toMatchObject(refused);
    expect(Object.fromEntries(vault)).toEqual({ 'environment/lab/token': 'old' });

    // So does a vault that refuses the second of them.
    await rm(file);
    failsFor = 'environment/lab/other';
    await expect(save('lab', [secret('token', 'new'), secret('other', 'x')])).rejects.toMatchObject(refused);
    expect(Object.fromEntries(vault)).toEqual({ 'environment/lab/token': 'old' });
  });

  it('keeps plain values in its file and secrets out of it, and out of what the page sees', async () => {
    await save('lab', [
      { name: 'topic', value: 'edge/a' },
      { name: 'token', value: 'hush-hush', secret: true },
    ]);
    const file = await readFile(path.join(workspace, 'environments', 'lab.json'), 'utf8');
    expect(JSON.parse(file)).toEqual({
      version: 1,
      name: 'lab',
      variables: [
        { name: 'topic', value: 'edge/a', secret: false },
        { name: 'token', value: '', secret: true },
      ],
    });
    const view = await viewed();
    expect(view.environments).toMatchObject([
      {
        id: 'lab',
        variables: [
          { value: 'edge/a', stored: false },
          { value: '', secret: true, stored: true },
        ],
      },
    ]);
    expect(file + JSON.stringify(view)).not.toContain('hush');
    expect(await environments.variables('lab')).toEqual({
      values: new Map([
        ['topic', 'edge/a'],
        ['token', 'hush-hush'],
      ]),
      secrets: ['hush-hush'],
    });
  });

  it('keeps a secret that is not entered again, also under another name, and forgets it with the variable', async () => {
    await save('lab', [
      { name: 'a', value: '1', secret: true },
      { name: 'b', value: '2', secret: true },
    ]);
    await save('lab', [
      { name: 'a', value: null, secret: true, was: 'b' },
      { name: 'b', value: null, secret: true, was: 'a' },
    ]);
    expect(await valuesOf('lab')).toEqual({ a: '2', b: '1' });
    await save('lab', [{ name: 'c', value: null, secret: true, was: 'a' }]);
    expect(await valuesOf('lab')).toEqual({ c: '2' });
    expect([...vault.keys()]).toEqual(['environment/lab/c']);
    await expect(save('lab', [{ name: 'c', value: null }])).rejects.toThrow('needs a value');
    await save('lab', [{ name: 'c', value: 'plain' }]);
    expect(vault.size).toBe(0);
    await save('lab', [{ name: 'c', value: null, secret: true }]);
    expect(await valuesOf('lab')).toEqual({ c: 'plain' });
    await environments.remove('lab');
    expect(vault.size).toBe(0);
    await expect(environments.variables('lab')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('says which secret has no value here', async () => {
    await plant('lab.json', '{"version": 1, "name": "Lab", "variables": [{"name": "token", "value": "", "secret": true}]}');
    await expect(environments.variables('lab')).rejects.toThrow('The secret "token" of the environment "Lab" has no value on this computer.');
    expect((await viewed()).environments[0]?.variables).toMatchObject([{ stored: false }]);
    await environments.choose('lab');
    expect(await environments.activeVariables()).toMatchObject({
      values: new Map(),
      secrets: [],
      missing: ['token'],
      environment: { id: 'lab', name: 'Lab' },
    });
  });

  it('can be the chosen one, until it is gone', async () => {
    expect(await environments.activeVariables()).toMatchObject({ values: new Map(), secrets: [], missing: [], environment: null });
    await save('lab', [{ name: 'a', value: '1' }]);
    await environments.choose('lab');
    expect((await viewed()).activeId).toBe('lab');
    expect((await environments.activeVariables()).values.get('a')).toBe('1');
    await save('other', [{ name: 'a', value: '2' }]);
    expect(await environments.activeVariables('other')).toMatchObject({ values: new Map([['a', '2']]), environment: { id: 'other', name: 'other' } });
    expect((await environments.activeVariables(null)).values.size).toBe(0);
    await expect(environments.activeVariables('gone')).rejects.toMatchObject({ code: 'not-found' });
    await expect(environments.choose('field')).rejects.toMatchObject({ code: 'not-found' });
    await environments.remove('lab');
    expect((await viewed()).activeId).toBeNull();
    expect((await environments.activeVariables()).values.size).toBe(0);
    await environments.choose(null);
  });

  it('needs an id that is a file name everywhere', async () => {
    await save('lab', []);
    await expect(save('LAB', [])).rejects.toThrow('only in capital letters');
    await expect(save('nul', [])).rejects.toThrow('name of a file');
  });
});

describe('what other programs do', () => {
  it('is seen, and not overwritten by mistake', async () => {
    const stop = environments.changed.subscribe(() => undefined);
    await plant('lab.json', '{"version": 1, "name": "Lab", "variables": [{"name": "a", "value": "1"}]}');
    await vi.waitUntil(() => environments.view()?.environments.length === 1, { timeout: 20_000 });
    const revision = environments.view()?.environments[0]?.revision ?? '';
    await plant('lab.json', '{"version": 1, "name": "Laboratory"}');
    await vi.waitUntil(() => environments.view()?.environments[0]?.name === 'Laboratory', { timeout: 20_000 });
    await expect(save('lab', [], { revision })).rejects.toMatchObject({ data: { reason: 'changed' } });
    stop();
  });

  it('keeps what is not saved from changing the secrets', async () => {
    const { revision } = await save('lab', [{ name: 'token', value: 'first', secret: true }]);
    await plant('lab.json', '{"version": 1, "name": "Laboratory", "variables": [{"name": "token", "value": "", "secret": true}]}');
    await expect(save('lab', [{ name: 'token', value: 'second', secret: true }], { revision })).rejects.toMatchObject({ data: { reason: 'changed' } });
    expect(await valuesOf('lab')).toEqual({ token: 'first' });
    await rm(path.join(workspace, 'environments', 'lab.json'));
    await expect(save('lab', [{ name: 'other', value: 'new', secret: true }], { revision })).rejects.toMatchObject({ data: { reason: 'gone' } });
    expect([...vault.keys()]).toEqual(['environment/lab/token']);
  });

  it.each([
    ['{"version": 1, "name": "x", "variables": [{"name": "a b", "value": "1"}]}', 'is not valid at "variables.0.name"'],
    ['{"version": 1, "name": "x", "variables": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]}', 'two variables named "a"'],
    ['{"version": 2}', 'newer version'],
    ['}', 'not valid JSON'],
  ])('may leave a file that cannot be used: it is listed and stays: %#', async (content, message) => {
    await plant('bad.json', content);
    expect(await viewed()).toMatchObject({
      environments: [],
      broken: [{ file: 'environments/bad.json', problem: { message: expect.stringContaining(message) } }],
    });
    await expect(environments.variables('bad')).rejects.toMatchObject({ code: 'invalid-state' });
    expect(await readFile(path.join(workspace, 'environments', 'bad.json'), 'utf8')).toBe(content);
  });

  it('may damage the file that says which one is chosen: that is told, and choosing mends it', async () => {
    await save('lab', []);
    await writeFile(path.join(workspace, 'active-environment.json'), '{"version": 1, "activeId": ');
    expect(await viewed()).toMatchObject({ activeId: null, broken: [{ file: 'active-environment.json' }] });
    await environments.choose('lab');
    expect(await viewed()).toMatchObject({ activeId: 'lab', broken: [] });
  });

  it('may put a link there, which is not followed', async () => {
    await symlink(os.tmpdir(), path.join(workspace, 'environments'));
    expect((await viewed()).broken).toMatchObject([{ problem: { message: expect.stringContaining('link') } }]);
    await expect(save('lab', [])).rejects.toThrow('links are not followed');
  });
});
