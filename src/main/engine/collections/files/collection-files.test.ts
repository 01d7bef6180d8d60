import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { savedRequestSchema, type CollectionEntry, type SavedRequest, type SavedRequestInput } from '../../../../shared/contract/collections.ts';
import { openCollectionFiles, type CollectionFiles } from './collection-files.ts';

let workspace: string;
let collections: CollectionFiles;

beforeEach(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'collections-'));
  collections = openCollectionFiles(workspace);
});
afterEach(async () => {
  collections.close();
  await rm(workspace, { recursive: true, force: true });
});

const at = (...levels: string[]): string => path.join(workspace, 'collections', ...levels);
const text = (...levels: string[]): Promise<string> => readFile(at(...levels), 'utf8');
const request = (name: string, more: Partial<SavedRequestInput> = {}): SavedRequest =>
  savedRequestSchema.parse({ kind: 'rpc', name, topic: 'edge/a', method: 'get', ...more });
const entries = async (): Promise<readonly CollectionEntry[]> => {
  await collections.refresh();
  return collections.view()?.entries ?? [];
};
const ids = async (): Promise<readonly string[]> => (await entries()).map(({ id }) => id);
async function plant(content: string, ...levels: string[]): Promise<void> {
  await mkdir(path.dirname(at(...levels)), { recursive: true });
  await writeFile(at(...levels), content);
}
const plain = '{"version": 1, "kind": "rpc", "name": "A", "topic": "t", "method": "m"}';

describe('a collection', () => {
  it('begins with nothing, and nothing is written before there is something', async () => {
    expect(await entries()).toEqual([]);
    expect(await readdir(workspace)).toEqual([]);
  });

  it('is made of files a person can read and review', async () => {
    expect(await collections.create('Thermostat: basics')).toEqual({ id: 'Thermostat- basics' });
    const { id: folder } = await collections.createFolder('Thermostat- basics', 'Targets');
    const { id } = await collections.createRequest(
      folder,
      request('Set target', { params: '{\n  "target": {{target}}\n}', assertions: [{ kind: 'path', path: '$.target', operator: 'equals', value: 21.5 }] }),
    );
    expect(id).toBe('Thermostat- basics/Targets/Set target.request.json');
    expect(await text('Thermostat- basics', 'collection.json')).toBe('{\n  "version": 1,\n  "name": "Thermostat: basics"\n}\n');
    expect(await text('Thermostat- basics', 'Targets', 'Set target.request.json')).toBe(`{
  "version": 1,
  "kind": "rpc",
  "name": "Set target",
  "dialect": "mqttxx2",
  "topic": "edge/a",
  "method": "get",
  "timeoutMs": 30000,
  "params": [
    "{",
    "  \\"target\\": {{target}}",
    "}"
  ],
  "assertions": [
    {
      "kind": "path",
      "path": "$.target",
      "operator": "equals",
      "value": 21.5
    }
  ]
}
`);
    expect(await entries()).toMatchObject([
      { id: 'Thermostat- basics', kind: 'collection', parentId: null, name: 'Thermostat: basics', requests: 1, depth: 0 },
      { id: folder, kind: 'folder', name: 'Targets', requests: 1, depth: 1 },
      { id, kind: 'request', name: 'Set target', depth: 2, request: { kind: 'rpc', topic: 'edge/a', method: 'get', assertions: 1 } },
    ]);
    const read = await collections.read(id);
    expect(read.request).toEqual(
      request('Set target', { params: '{\n  "target": {{target}}\n}', assertions: [{ kind: 'path', path: '$.target', operator: 'equals', value: 21.5 }] }),
    );
    // Saved as it was read, the file stays the same to the byte.
    const before = await text('Thermostat- basics', 'Targets', 'Set target.request.json');
    expect(await collections.save(id, read.request as SavedRequest, read.revision)).toEqual({ revision: read.revision });
    expect(await text('Thermostat- basics', 'Targets', 'Set target.request.json')).toBe(before);
  });

  it('takes names that systems would take for the same, and such that they would not take', async () => {
    await collections.create('Lab');
    const names = ['get', 'GET', 'nul', '../../out', 'x'.repeat(200)];
    const made = [];
    for (const name of names) made.push((await collections.createRequest('Lab', request(name))).id);
    expect(made).toEqual([
      'Lab/get.request.json',
      'Lab/GET (2).request.json',
      'Lab/_nul.request.json',
      'Lab/__-..-out.request.json',
      `Lab/${'x'.repeat(180)}.request.json`,
    ]);
    expect((await entries()).slice(1).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect((await collections.createFolder('Lab', 'collection.json')).id).toBe('Lab/collection.json (2)');
  });

  it('stands in the order of names, with numbers as numbers, until something is moved', async () => {
    await collections.create('Lab');
    for (const name of ['10 end', '2 middle', '1 begin']) await collections.createRequest('Lab', request(name));
    const [begin, middle, end] = ['Lab/1 begin.request.json', 'Lab/2 middle.request.json', 'Lab/10 end.request.json'] as const;
    expect(await ids()).toEqual(['Lab', begin, middle, end]);
    expect(await collections.move(end, 'Lab', begin)).toEqual({ id: end });
    expect(await ids()).toEqual(['Lab', end, begin, middle]);
    expect((await collections.readSettings('Lab')).settings?.order).toEqual(['10 end.request.json', '1 begin.request.json', '2 middle.request.json']);
    expect(await collections.rename(begin, 'first')).toEqual({ id: 'Lab/first.request.json' });
    expect(await ids()).toEqual(['Lab', end, 'Lab/first.request.json', middle]);
    await collections.move(end, 'Lab', null);
    await collections.rename('Lab/first.request.json', '1 begin');
    expect(await ids()).toEqual(['Lab', begin, middle, end]);
    expect((await collections.readSettings('Lab')).settings?.order).toHaveLength(3);
    await collections.move(end, 'Lab', middle);
    await collections.move(end, 'Lab', null);
    expect((await collections.readSettings('Lab')).settings?.order).toEqual([]);
  });

  it('lets requests and folders be moved, copied, renamed and removed', async () => {
    await collections.create('Lab');
    await collections.create('Other');
    const { id: folder } = await collections.createFolder('Lab', 'A');
    const { id } = await collections.createRequest(folder, request('r'));
    expect(await collections.move(folder, 'Other', null)).toEqual({ id: 'Other/A' });
    await expect(collections.read(id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await collections.duplicate('Other/A/r.request.json')).toEqual({ id: 'Other/A/r copy.request.json' });
    expect(await collections.duplicate('Other')).toEqual({ id: 'Other copy' });
    expect(await collections.rename('Other copy', 'Third')).toEqual({ id: 'Third' });
    expect(await ids()).toEqual(
      [
        'Lab',
        'Other',
        'Other/A',
        'Other/A/r.request.json',
        'Other/A/r copy.request.json',
        'Third',
        'Third/A',
        'Third/A/r.request.json',
        'Third/A/r copy.request.json',
      ].map(String),
    );
    await expect(collections.move('Other/A', 'Other/A', null)).rejects.toThrow('into itself');
    await expect(collections.move('Other', 'Lab', null)).rejects.toThrow('A collection cannot be moved');
    await collections.remove('Other');
    expect(await ids()).toEqual(['Lab', 'Third', 'Third/A', 'Third/A/r.request.json', 'Third/A/r copy.request.json']);
    expect(await collections.rename('Third/A/r.request.json', 'R')).toEqual({ id: 'Third/A/R.request.json' });
    expect((await collections.read('Third/A/R.request.json')).request?.name).toBe('R');
  });
});

it('refuses what could not be read again', async () => {
  await collections.create('Lab');
  let deep: unknown = 1;
  for (let n = 0; n < 45; n += 1) deep = [deep];
  const tooDeep = request('deep', { assertions: [{ kind: 'path', path: '$', operator: 'equals', value: deep as never }] });
  await expect(collections.createRequest('Lab', tooDeep)).rejects.toMatchObject({ code: 'bad-input' });
  const schema = { description: 'x'.repeat(1_000_000) };
  const tooLarge = request('large', { assertions: Array.from({ length: 5 }, () => ({ kind: 'schema', schema }) as const) });
  await expect(collections.createRequest('Lab', tooLarge)).rejects.toMatchObject({ code: 'payload-too-large' });
  expect(await readdir(at('Lab'))).toEqual(['collection.json']);
});

describe('what other programs do', () => {
  it('is seen', async () => {
    const seen = vi.fn();
    const stop = collections.changed.subscribe(seen);
    await vi.waitUntil(() => collections.view() !== undefined);
    await plant(plain, 'Lab', 'a.request.json');
    await vi.waitUntil(() => collections.view()?.entries.length === 2, { timeout: 20_000 });
    await plant(plain.replace('"A"', '"B"'), 'Lab', 'a.request.json');
    await vi.waitUntil(() => collections.view()?.entries[1]?.name === 'B', { timeout: 20_000 });
    await rm(at('Lab'), { recursive: true });
    await vi.waitUntil(() => collections.view()?.entries.length === 0, { timeout: 20_000 });
    stop();
  });

  it('is not overwritten by mistake', async () => {
    await plant(plain, 'Lab', 'a.request.json');
    const id = 'Lab/a.request.json';
    const { revision } = await collections.read(id);
    await plant(plain.replace('"A"', '"B"'), 'Lab', 'a.request.json');
    await expect(collections.save(id, request('mine'), revision)).rejects.toMatchObject({ code: 'invalid-state', data: { reason: 'changed' } });
    expect((await collections.read(id)).request?.name).toBe('B');
    await rm(at('Lab', 'a.request.json'));
    await expect(collections.save(id, request('mine'), revision)).rejects.toMatchObject({ data: { reason: 'gone' } });
    await collections.save(id, request('mine'), undefined);
    expect((await collections.read(id)).request?.name).toBe('mine');
  });

  it.each([
    ['{"version": 1,\n "kind" "rpc"}', 'is not valid JSON: line 2, column 9'],
    ['<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n', 'has a merge conflict in it'],
    ['[]', 'is not a JSON object'],
    ['{"kind": "rpc"}', 'has no version number'],
    ['{"version": 9}', 'newer version'],
    ['{"version": 1, "kind": "soap", "name": "x"}', 'is not valid at "kind"'],
    [plain.replace('"m"', '7'), 'is not valid at "method"'],
    [plain.replace('}', ', "extra": 1}'), 'is not valid: Unrecognized key: "extra"'],
    [plain.replace('}', `, "assertions": [{"kind": "schema", "schema": {"a": ${'['.repeat(60)}${']'.repeat(60)}}}]}`), 'nested deeper than 40 levels'],
    ['['.repeat(100_000), 'is not valid JSON'],
    [' '.repeat(4_200_000), 'has 4200000 bytes'],
    ['\ud800', 'is not valid JSON'],
  ])('is listed with its problem where it cannot be used, and left alone: %#', async (content, message) => {
    await plant(content, 'Lab', 'bad.request.json');
    await plant(plain, 'Lab', 'good.request.json');
    const [, bad, good] = await entries();
    expect(bad).toMatchObject({ name: 'bad', request: null, problem: { message: expect.stringContaining(message) } });
    expect(good).toMatchObject({ name: 'A', problem: null });
    expect(await collections.read('Lab/bad.request.json')).toMatchObject({ request: null, problem: { message: expect.stringContaining(message) } });
    expect(await text('Lab', 'bad.request.json')).toBe(content.toWellFormed());
    expect(await readdir(at('Lab'))).toHaveLength(2);
  });

  it('may be a link, which is not followed', async () => {
    const outside = await mkdtemp(path.join(os.tmpdir(), 'outside-'));
    await writeFile(path.join(outside, 'secret.request.json'), plain);
    await plant(plain, 'Lab', 'a.request.json');
    await symlink(outside, at('Lab', 'out'));
    await symlink(path.join(outside, 'secret.request.json'), at('Lab', 'file.request.json'));
    await symlink(outside, at('All'));
    expect(await entries()).toMatchObject([
      { id: 'All', problem: { message: expect.stringContaining('link') } },
      { id: 'Lab' },
      { id: 'Lab/a.request.json', problem: null },
      { id: 'Lab/file.request.json', request: null, problem: { message: expect.stringContaining('link') } },
      { id: 'Lab/out', kind: 'folder', problem: { message: expect.stringContaining('link') } },
    ]);
    expect(await collections.read('Lab/file.request.json').catch((error: Error) => error.message)).toContain('link');
    for (const id of ['Lab/out/secret.request.json', 'All/x.request.json']) {
      await expect(collections.read(id)).rejects.toThrow('links are not followed');
      await expect(collections.save(id, request('x'), undefined)).rejects.toThrow('links are not followed');
    }
    await expect(collections.createRequest('Lab/out', request('x'))).rejects.toThrow('links are not followed');
    await collections.duplicate('Lab');
    expect(await readdir(at('Lab copy'))).toEqual(['a.request.json', 'collection.json']);
    await collections.remove('Lab').catch(() => undefined);
    expect(await readdir(outside)).toEqual(['secret.request.json']);
    await rm(outside, { recursive: true });
  });

  it.each(['..', '../x', 'Lab/../../x.request.json', '/etc/passwd', 'Lab\\..\\x', 'Lab//x', '.git/config', 'C:/x', 'Lab/\u0000', ''])(
    'never leads elsewhere: %j',
    async (id) => {
      await expect(collections.read(id)).rejects.toMatchObject({ code: 'bad-input' });
      await expect(collections.remove(id)).rejects.toMatchObject({ code: 'bad-input' });
    },
  );

  it('may go deep: the rest is counted', async () => {
    await plant(plain, ...Array.from({ length: 30 }, () => 'd'), 'a.request.json');
    const all = await entries();
    expect(all).toHaveLength(10);
    expect(collections.view()).toMatchObject({ leftOut: 1, leftOutWhy: '1 are nested deeper than 10 levels.' });
    await expect(collections.createFolder(all.at(-1)?.id ?? '', 'x')).rejects.toThrow('10 levels');
  });

  it('may have names that not every system takes: they are named, and a run does not pass them by', async () => {
    await plant(plain, 'Lab', 'ok.request.json');
    for (const name of ['a:b', 'a\\b', 'a:c', 'a:d']) await plant(plain, 'Lab', `${name}.request.json`);
    expect(await ids()).toEqual(['Lab', 'Lab/ok.request.json']);
    const why = expect.stringMatching(/Names with “:”, “\\”.*: “a:b\.request\.json”.* and 1 more\.$/) as string;
    expect(collections.view()).toMatchObject({ leftOut: 4, leftOutWhy: why });
    await expect(collections.entriesOf('Lab')).rejects.toMatchObject({
      code: 'invalid-state',
      message: expect.stringContaining('“a:b.request.json”') as string,
    });
    await expect(collections.entriesOf('Lab')).rejects.not.toThrow('deeper');
  });

  it('may break collection.json: the requests stay, and the file as well', async () => {
    await plant('{', 'Lab', 'collection.json');
    await plant(plain, 'Lab', 'a.request.json');
    expect(await entries()).toMatchObject([{ name: 'Lab', problem: { message: expect.stringContaining('not valid JSON') } }, { name: 'A' }]);
    expect(await collections.readSettings('Lab')).toMatchObject({ settings: null, text: '{' });
    await expect(collections.rename('Lab', 'x')).rejects.toMatchObject({ code: 'invalid-state' });
    await collections.rename('Lab/a.request.json', 'b');
    expect(await text('Lab', 'collection.json')).toBe('{');
  });
});

it('copes with 10,000 requests, and a change of one of them costs no second reading of the others', { timeout: 60_000 }, async () => {
  await mkdir(at('Many'), { recursive: true });
  for (let block = 0; block < 100; block += 1) {
    await mkdir(at('Many', `f${block}`));
    await Promise.all(Array.from({ length: 100 }, (_, n) => writeFile(at('Many', `f${block}`, `r${n}.request.json`), plain)));
  }
  const all = await entries();
  expect(all).toHaveLength(10_101);
  expect(all[0]).toMatchObject({ requests: 10_000 });
  expect(all[102]?.id).toBe('Many/f1');
  await collections.save('Many/f7/r3.request.json', request('changed'), undefined);
  expect((await entries()).filter(({ name }) => name === 'changed')).toHaveLength(1);
});

it('does not replace settings that another program has made meanwhile', async () => {
  await plant(plain, 'Lab', 'a.request.json');
  const { revision } = await collections.readSettings('Lab');
  const settings = { name: 'Laboratory', description: '', variables: [] };
  await plant('{"version": 1, "name": "Theirs"}', 'Lab', 'collection.json');
  await expect(collections.saveSettings('Lab', settings, revision)).rejects.toMatchObject({ code: 'invalid-state', data: { reason: 'changed' } });
  expect(await text('Lab', 'collection.json')).toContain('Theirs');
  await rm(at('Lab', 'collection.json'));
  await collections.saveSettings('Lab', settings, revision);
  expect(await text('Lab', 'collection.json')).toContain('Laboratory');
});
