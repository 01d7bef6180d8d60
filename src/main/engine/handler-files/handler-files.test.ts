import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BrokerHandler } from '../../../shared/contract/broker-handlers.ts';
import { openHandlerFiles, type HandlerFiles } from './index.ts';

let above: string;
let folder: string;
let files: HandlerFiles;
beforeEach(async () => {
  above = await mkdtemp(path.join(os.tmpdir(), 'handler-files-'));
  folder = path.join(above, 'broker', 'handlers');
  files = openHandlerFiles(folder);
  await files.refresh();
});
afterEach(async () => {
  files.close();
  await rm(above, { recursive: true });
});

const handler = (id: string, part: Partial<BrokerHandler> = {}): BrokerHandler => ({
  ...{ id, name: id, on: 'publish', pattern: 'a', match: 'text', enabled: true, observe: false, stop: false, timeoutMs: 1000, failure: 'through' },
  source: 'export const handle = () => {};\n',
  ...part,
});
const ids = (): readonly string[] => files.view().handlers.map(({ id }) => id);

it('keeps a file for each, in an order that is theirs', async () => {
  expect(files.view()).toEqual({ handlers: [], folder, problem: null });
  for (const id of ['one', 'two', 'three']) await files.save(handler(id), null);
  expect(ids()).toEqual(['one', 'two', 'three']);
  await files.order(['three', 'one', 'two']);
  expect(ids()).toEqual(['three', 'one', 'two']);
  expect(await readFile(path.join(folder, 'three.js'), 'utf8')).toBe('// @handler publish a\n// @order 10\n\nexport const handle = () => {};\n');
  const { revision } = files.view().handlers[0] as { readonly revision: string };
  await files.save(handler('three', { enabled: false }), revision);
  expect([ids(), files.usable()[0]?.enabled]).toEqual([['three', 'one', 'two'], false]);
  await files.remove('one');
  expect(await readdir(folder)).toEqual(['three.js', 'two.js']);
  expect([files.freeId('Two!'), files.freeId('Ein Gerät'), files.freeId('///')]).toEqual(['two (2)', 'ein-gerät', 'unnamed']);
});

it('overwrites nothing that another program has changed, made or deleted', async () => {
  const { revision } = await files.save(handler('one'), null);
  await expect(files.save(handler('one'), null)).rejects.toMatchObject({ code: 'invalid-state', data: { reason: 'changed' } });
  await writeFile(path.join(folder, 'one.js'), '// @handler publish b\n');
  await expect(files.save(handler('one'), revision)).rejects.toMatchObject({ code: 'invalid-state', data: { reason: 'changed' } });
  await files.save(handler('one'), undefined);
  await rm(path.join(folder, 'one.js'));
  await expect(files.save(handler('one'), revision)).rejects.toMatchObject({ data: { reason: 'gone' } });
  await expect(files.remove('never')).rejects.toMatchObject({ code: 'not-found' });
  await expect(files.order(['a'])).rejects.toMatchObject({ code: 'invalid-state' });
});

it('leaves what cannot be used as it is, and says why', async () => {
  await files.save(handler('good'), null);
  await writeFile(path.join(folder, 'broken.js'), 'no header');
  await writeFile(path.join(folder, 'binary.js'), Buffer.of(0xff, 0xfe));
  await writeFile(path.join(folder, 'large.js'), 'x'.repeat(3_000_000));
  await writeFile(path.join(folder, 'notes.txt'), 'of no interest');
  await symlink(path.join(folder, 'good.js'), path.join(folder, 'link.js'));
  await files.refresh();
  expect(files.usable().map(({ id }) => id)).toEqual(['good']);
  expect(files.view().handlers.flatMap(({ problem }) => (problem ? [problem.message] : []))).toEqual([
    'binary.js is not text.',
    expect.stringContaining('broken.js, line 1: The file has to begin with'),
    expect.stringContaining('large.js has 3000000 bytes'),
    'link.js is not a file; links are not followed.',
  ]);
  await files.order(
    files
      .view()
      .handlers.map(({ id }) => id)
      .toReversed(),
  );
  expect(await readFile(path.join(folder, 'broken.js'), 'utf8')).toBe('no header');
});

it('tells of what other programs do, from before there is a folder', async () => {
  const stop = files.changed.subscribe(() => undefined);
  await files.refresh();
  const patience = { timeout: 15_000 };
  await files.save(handler('one'), null);
  await writeFile(path.join(folder, 'two.js'), '// @handler connect\n\nexport const handle = () => {};');
  await expect.poll(ids, patience).toEqual(['one', 'two']);
  await rm(path.join(folder, 'one.js'));
  await expect.poll(ids, patience).toEqual(['two']);
  stop();
});
