import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { diskAccess } from '../file-access.ts';
import { goneRevision, readOpenFile, writeOpenFile } from './open-file.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'open-file-'));
  file = path.join(folder, 'a.json');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const write = (value: number, known?: string): Promise<string> => writeOpenFile(file, 'a.json', { value }, 1000, known);
const valueNow = async (): Promise<unknown> => (JSON.parse(await readFile(file, 'utf8')) as { value: unknown }).value;
const other = '{"version": 1, "value": "of another program"}';

it('writes what it can read again, and answers with its revision', async () => {
  const revision = await write(1, goneRevision);
  expect(await readOpenFile(file, 'a.json', z.strictObject({ value: z.number() }), 1000)).toMatchObject({ revision, content: { value: 1 } });
  expect(await write(2, revision)).not.toBe(revision);
  expect(await valueNow()).toBe(2);
  await expect(write(3, revision)).rejects.toMatchObject({ code: 'invalid-state', data: { reason: 'changed' } });
  await write(4);
  expect(await valueNow()).toBe(4);
  expect(await readdir(folder)).toEqual(['a.json']);
});

/** What another program does while the new content is written. */
function meanwhile(act: () => Promise<void>): void {
  const { writeAtomic, createAtomic } = diskAccess;
  vi.spyOn(diskAccess, 'writeAtomic').mockImplementationOnce((where, content, mode, check) =>
    writeAtomic(where, content, mode, async () => {
      await act();
      await check?.();
    }),
  );
  vi.spyOn(diskAccess, 'createAtomic').mockImplementationOnce(async (where, content) => {
    await act();
    await createAtomic(where, content);
  });
}

it('overwrites nothing that came while it was written', async () => {
  const revision = await write(1);
  meanwhile(() => writeFile(file, other));
  await expect(write(2, revision)).rejects.toMatchObject({ code: 'invalid-state', data: { reason: 'changed' } });
  expect(await valueNow()).toBe('of another program');

  await rm(file);
  meanwhile(() => writeFile(file, other));
  await expect(write(2, goneRevision)).rejects.toMatchObject({ code: 'invalid-state', data: { reason: 'changed' } });
  expect(await valueNow()).toBe('of another program');

  const again = await write(1);
  meanwhile(() => rm(file));
  await expect(write(2, again)).rejects.toMatchObject({ code: 'invalid-state', data: { reason: 'gone' } });
  expect(await readdir(folder), 'nothing is left behind').toEqual([]);
});
