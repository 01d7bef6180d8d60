import { afterEach, expect, it } from 'vitest';
import { publishingContract, type PublishOnce } from '../../../shared/contract/publishing.ts';
import { workspaceContract, type SavedPublish } from '../../../shared/contract/workspace.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { serveForTests, type ServedEngine } from '../serve-for-tests.ts';
import { createPublishStore, maxPublishBytes, problemsOf, type PublishRules, type PublishStore } from './publish-store.ts';

const { 'publishing.publish': publish, 'publishing.repeat': repeat, 'publishing.lines': lines } = publishingContract;
const { 'workspace.savePublish': savePublish, 'workspace.removePublish': removePublish } = workspaceContract;
const contract = {
  'publishing.publish': publish,
  'publishing.repeat': repeat,
  'publishing.lines': lines,
  'workspace.savePublish': savePublish,
  'workspace.removePublish': removePublish,
};

const rules: PublishRules = {
  checkTopic: (topic) => (topic.includes('#') ? 'A wildcard.' : undefined),
  encode: (format, text) => (format === 'hex' && text !== '' ? { problem: 'Not hex.' } : { bytes: new TextEncoder().encode(text) }),
};

let served: ServedEngine | undefined;
afterEach(() => served?.close());

function open(answer: () => { readonly note: string | null } = () => ({ note: null })): readonly [PublishStore, PublishOnce[], Map<string, SavedPublish>] {
  const sent: PublishOnce[] = [];
  const saved = new Map<string, SavedPublish>();
  served = serveForTests(contract, {
    'publishing.publish': (input) => {
      sent.push(input);
      const { topic, qos, retain } = input.message;
      return { topic, qos: qos ?? 0, retain: retain ?? false, ...answer() };
    },
    'publishing.repeat': (input) => {
      sent.push(input);
      return { id: 'r' };
    },
    'publishing.lines': (input) => {
      sent.push(input);
      return { id: 'l', lines: 3 };
    },
    'workspace.savePublish': (entry) => void saved.set(entry.id, entry),
    'workspace.removePublish': ({ id }) => void saved.delete(id),
  });
  return [createPublishStore(served.engine, rules), sent, saved];
}

it('publishes what stands in the draft', async () => {
  const [store, sent] = open(() => ({ note: 'No matching subscribers' }));
  store.setTopic('a/b');
  store.setDraft({ payload: '{}', qos: 1, retain: true });
  expect(await store.run('connection:x', { kind: 'once' })).toBe(true);
  expect(sent).toMatchObject([
    {
      source: 'connection:x',
      knowingly: false,
      message: { topic: 'a/b', payload: '{}', format: 'json', qos: 1, retain: true, fillIn: false, properties: null },
    },
  ]);
  expect(store.state.getState()).toMatchObject({ sentCount: 1, outcome: { kind: 'sent', note: 'No matching subscribers' } });
});

it('sends nothing while something is wrong, and then shows what', async () => {
  const [store, sent] = open();
  expect(await store.run('broker', { kind: 'once' })).toBe(false);
  store.setTopic('a/#');
  store.setDraft({ format: 'hex', payload: 'zz' });
  expect(await store.run('broker', { kind: 'once' })).toBe(false);
  expect(sent).toEqual([]);
  expect(store.state.getState().reveal).toBe(true);
  expect(problemsOf(store.state.getState().draft, rules)).toEqual({ topic: 'A wildcard.', payload: 'Not hex.' });
});

it('sends the bytes of a file as they are', async () => {
  const [store, sent] = open();
  store.setTopic('fw');
  store.setDraft({ format: 'file' });
  expect(await store.run('broker', { kind: 'once' })).toBe(false);
  store.setFile({ name: 'big.bin', bytes: new Uint8Array(maxPublishBytes + 1) });
  expect(problemsOf(store.state.getState().draft, rules).payload).toContain('20 MiB');
  store.setFile({ name: 'fw.bin', bytes: Uint8Array.of(0, 255) });
  expect(await store.run('broker', { kind: 'once' })).toBe(true);
  expect(sent[0]?.file).toEqual({ name: 'fw.bin', bytes: Uint8Array.of(0, 255) });
});

it('keeps the draft and tells the reason when the broker refuses', async () => {
  const [store] = open(() => {
    throw new CodedError('publish-refused', 'Not authorized.', { advice: 'Check the user.' });
  });
  store.setTopic('a');
  store.setDraft({ format: 'text', payload: 'x' });
  expect(await store.run('broker', { kind: 'once' })).toBe(false);
  expect(store.state.getState()).toMatchObject({
    sending: false,
    draft: { topic: 'a', payload: 'x' },
    outcome: { kind: 'failed', error: { advice: 'Check the user.' } },
  });
});

it('sends knowingly only when told to', async () => {
  const [store, sent] = open();
  store.setTopic('a');
  store.setDraft({ format: 'text', payload: 'x' });
  await store.run('broker', { kind: 'once' });
  await store.run('broker', { kind: 'once' }, true);
  expect(sent.map(({ knowingly }) => knowingly)).toEqual([false, true]);
});

it('saves, saves again to the same entry, and removes', async () => {
  const [store, , saved] = open();
  store.setTopic('a');
  await store.save('First', ' lab / lamps/', false);
  store.setDraft({ qos: 2 });
  await store.save('First', ' lab / lamps/', false);
  expect([...saved.values()]).toMatchObject([{ name: 'First', folder: 'lab/lamps', qos: 2, retain: null }]);
  await store.save('Second', '', true);
  expect(saved.size).toBe(2);
  await store.remove(store.state.getState().draft.savedId ?? '');
  expect(saved.size).toBe(1);
  expect(store.state.getState().draft.savedId).toBeNull();
});

it('asks for what the message leaves open, and remembers the answers', async () => {
  const [store, sent] = open();
  store.setTopic('lamp/{{$ask room}}');
  store.setDraft({ format: 'text', payload: '{{$ask level integer|20}}' });
  store.setDraft({ fillIn: true });
  await store.run('broker', { kind: 'repeat', everyMs: 100, count: 3 });
  expect(store.state.getState().asking?.prompts.map(({ name, offered }) => [name, offered])).toEqual([
    ['room', ''],
    ['level', '20'],
  ]);
  expect(await store.answer(null)).toBe(false);
  await store.run('broker', { kind: 'repeat', everyMs: 100, count: 3 });
  expect(await store.answer({ room: 'hall', level: '7' })).toBe(true);
  expect(sent).toMatchObject([{ message: { topic: 'lamp/{{$ask room}}' }, answers: { room: 'hall', level: '7' }, everyMs: 100, count: 3 }]);
  expect(store.state.getState().answers).toEqual({ room: 'hall', level: '7' });
});

it('publishes the lines of a file whatever stands as payload', async () => {
  const [store, sent] = open();
  store.setTopic('a');
  store.setDraft({ format: 'json', payload: '' });
  const file = { name: 'l.txt', bytes: Uint8Array.of(65) };
  expect(await store.run('broker', { kind: 'lines', file, everyMs: 0, skipEmpty: true })).toBe(true);
  expect(sent).toMatchObject([{ file: { name: 'l.txt' }, skipEmpty: true }]);
  expect(store.state.getState().outcome).toMatchObject({ kind: 'started', text: '3 lines are published.' });
});
