import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockWorkspace, type LockOptions, type WorkspaceLock } from './workspace-lock.ts';

let folder: string;
let locks: WorkspaceLock[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lock-'));
  locks = [];
});
afterEach(async () => {
  for (const lock of locks) await lock.release();
  await rm(folder, { recursive: true, force: true });
});

const nowMs = 1_800_000_000_000;
async function lock(instance: string, more: Partial<LockOptions> = {}): Promise<WorkspaceLock> {
  const taken = await lockWorkspace({ folder, instance, hostName: 'here', now: () => nowMs, onLost: () => {}, ...more });
  locks.push(taken);
  return taken;
}
const leave = (content: object | string): Promise<void> =>
  writeFile(path.join(folder, '.lock'), typeof content === 'string' ? content : JSON.stringify(content));
const left = { pid: 4242, hostName: 'here', instance: 'before', renewedAt: nowMs - 1000 };
const inUse = { code: 'invalid-state', advice: expect.stringContaining('--workspace DIR') as string };

it('lets one engine in, and the next when it has left', async () => {
  const first = await lock('a');
  await expect(lock('b')).rejects.toMatchObject(inUse);
  await first.release();
  expect(await readdir(folder)).toEqual([]);
  await lock('b');
});

it('names the process that holds the workspace', async () => {
  await leave(left);
  await expect(lock('a', { isAlive: () => true })).rejects.toMatchObject({ ...inUse, message: expect.stringContaining('process 4242') as string });
});

it.each<readonly [name: string, content: typeof left | '', isAlive: () => boolean]>([
  ['of a process that has ended', left, () => false],
  ['of an earlier process with the same number as this one', { ...left, pid: process.pid }, () => true],
  ['that was not renewed, its number now another process', { ...left, renewedAt: nowMs - 60_000 }, () => true],
  ['of another machine that was not renewed', { ...left, hostName: 'there', renewedAt: nowMs - 60_000 }, () => false],
  ['that was only begun', '', () => true],
])('takes over a lock %s', async (_name, content, isAlive) => {
  await leave(content);
  await lock('a', { isAlive });
  expect(JSON.parse(await readFile(path.join(folder, '.lock'), 'utf8'))).toMatchObject({ pid: process.pid, instance: 'a' });
});

it('respects a fresh lock of another machine', async () => {
  await leave({ ...left, hostName: 'there' });
  await expect(lock('a', { isAlive: () => false })).rejects.toMatchObject({ ...inUse, message: expect.stringContaining('there') as string });
});

it('does not remove the lock of who took over', async () => {
  const first = await lock('a');
  await leave({ ...left, instance: 'rival' });
  await first.release();
  expect(await readFile(path.join(folder, '.lock'), 'utf8')).toContain('rival');
});

it('lets only one of several starters take over a stale lock', async () => {
  await leave(left);
  const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map((instance) => lock(instance, { isAlive: () => false })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
