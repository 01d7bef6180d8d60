import { afterEach, expect, test } from 'vitest';
import { collectionsContract, type RequestFile, type SavedRequest } from '../../../shared/contract/collections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { serveForTests } from '../serve-for-tests.ts';
import { createOpenRequests, shownDraft, type OpenRequests } from './open-requests.ts';

const contract = { 'collections.read': collectionsContract['collections.read'], 'collections.save': collectionsContract['collections.save'] } as const;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const request = (topic: string): SavedRequest => ({
  kind: 'rpc',
  name: 'Get',
  description: '',
  dialect: 'mqttxx2',
  topic,
  method: 'get',
  params: '',
  timeoutMs: 30_000,
  assertions: [],
  captures: [],
  script: '',
});

/** A disk with one file, that keeps to revisions as the engine does. */
function disk(): { open: OpenRequests; write(topic: string | null): void; topic(): string | undefined } {
  let file: RequestFile | null = { revision: '1', problem: null, text: null, request: request('a') };
  const served = serveForTests(contract, {
    'collections.read': () => {
      if (!file) throw new CodedError('not-found');
      return file;
    },
    'collections.save': ({ request: saved, revision }) => {
      if (revision !== undefined && revision !== file?.revision)
        throw new CodedError('invalid-state', 'The file was changed.', { data: { reason: 'changed' } });
      file = { revision: `${Number(file?.revision ?? 0) + 1}`, problem: null, text: null, request: saved };
      return { revision: file.revision };
    },
  });
  closing.push(() => served.close());
  return {
    open: createOpenRequests(served.engine),
    write: (topic) => {
      file = topic === null ? null : { revision: `${Number(file?.revision ?? 0) + 1}`, problem: null, text: null, request: request(topic) };
    },
    topic: () => topicIn(file?.request),
  };
}
const id = 'All/Get.request.json';
const topicIn = (one: { readonly kind: string; readonly topic?: unknown } | null | undefined): string | undefined => one?.topic as string | undefined;
const topicOf = (open: OpenRequests): string | undefined => topicIn(shownDraft(open.state.getState()[id]));

test('what is typed waits until it is saved, and going back to the file leaves nothing open', async () => {
  const { open, topic } = disk();
  await open.read(id);
  open.edit(id, { topic: 'b' });
  expect(open.state.getState()[id]?.draft).not.toBeNull();
  open.edit(id, { topic: 'a' });
  expect(open.state.getState()[id]?.draft).toBeNull();
  open.edit(id, { topic: 'c' });
  await expect(open.save(id, 'Get')).resolves.toBe(true);
  expect([topic(), topicOf(open), open.state.getState()[id]?.draft]).toEqual(['c', 'c', null]);
});

test('a file that was changed elsewhere is shown at once where nothing was changed here', async () => {
  const { open, write } = disk();
  await open.read(id);
  write('elsewhere');
  await open.read(id);
  expect(topicOf(open)).toBe('elsewhere');
  expect(open.state.getState()[id]).toMatchObject({ reloads: 1, foreign: null });
});

test('changes on both sides: nothing is lost until one is chosen', async () => {
  const { open, write, topic } = disk();
  await open.read(id);
  open.edit(id, { topic: 'mine' });
  write('theirs');
  await open.read(id);
  expect(topicOf(open)).toBe('mine');
  expect(open.state.getState()[id]?.foreign).toMatchObject({ request: { topic: 'theirs' } });
  await expect(open.save(id, 'Get')).resolves.toBe(false);
  expect(topic()).toBe('theirs');
  open.keepOwn(id);
  await expect(open.save(id, 'Get')).resolves.toBe(true);
  expect(topic()).toBe('mine');
  open.edit(id, { topic: 'mine again' });
  write('theirs again');
  // Found out only by saving.
  await expect(open.save(id, 'Get')).resolves.toBe(false);
  open.takeForeign(id);
  expect([topicOf(open), open.state.getState()[id]?.draft]).toEqual(['theirs again', null]);
});

test('the same change on both sides is no conflict', async () => {
  const { open, write } = disk();
  await open.read(id);
  open.edit(id, { topic: 'same' });
  write('same');
  await open.read(id);
  expect(open.state.getState()[id]).toMatchObject({ draft: null, foreign: null });
});

test('a file written anew with the same content is no conflict, found out before or by saving', async () => {
  const { open, write, topic } = disk();
  await open.read(id);
  open.edit(id, { topic: 'mine' });
  write('a');
  await open.read(id);
  expect(open.state.getState()[id]?.foreign).toBeNull();
  write('a');
  await expect(open.save(id, 'Get')).resolves.toBe(true);
  expect(topic()).toBe('mine');
});

test('a file that is gone takes no changes with it', async () => {
  const { open, write } = disk();
  await open.read(id);
  open.edit(id, { topic: 'mine' });
  write(null);
  open.keepOnly(new Set());
  expect(open.state.getState()[id]?.foreign).toBe('gone');
  expect(topicOf(open)).toBe('mine');
  open.discard(id);
  open.keepOnly(new Set());
  expect(open.state.getState()).toEqual({});
});

test('changes follow their file to its new place', async () => {
  const { open } = disk();
  await open.read(id);
  open.edit(id, { topic: 'mine' });
  open.move('All', 'Everything');
  expect(topicIn(shownDraft(open.state.getState()['Everything/Get.request.json']))).toBe('mine');
  open.drop('Everything');
  expect(open.state.getState()).toEqual({});
});

test('what is not complete is not saved, and is said', async () => {
  const { open, topic } = disk();
  await open.read(id);
  open.edit(id, { method: '' });
  await expect(open.save(id, 'Get')).resolves.toBe(false);
  expect(open.state.getState()[id]?.reveal).toBe(true);
  expect(topic()).toBe('a');
});
