import { afterEach, expect, it } from 'vitest';
import { messagesContract, type PublishInput } from '../../../shared/contract/messages.ts';
import { workspaceContract, type SavedPublish } from '../../../shared/contract/workspace.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { serveForTests, type ServedEngine } from '../serve-for-tests.ts';
import { createPublishStore, maxPublishBytes, problemsOf, type PublishRules, type PublishStore } from './publish-store.ts';

const { 'messages.publish': publish } = messagesContract;
const { 'workspace.savePublish': savePublish, 'workspace.removePublish': removePublish } = workspaceContract;
const contract = { 'messages.publish': publish, 'workspace.savePublish': savePublish, 'workspace.removePublish': removePublish };

const rules: PublishRules = {
  checkTopic: (topic) => (topic.includes('#') ? 'A wildcard.' : undefined),
  encode: (format, text) => (format === 'hex' && text !== '' ? { problem: 'Not hex.' } : { bytes: new TextEncoder().encode(text) }),
};

let served: ServedEngine | undefined;
afterEach(() => served?.close());

function open(answer: () => { readonly note: string | null } = () => ({ note: null })): readonly [PublishStore, PublishInput[], Map<string, SavedPublish>] {
  const sent: PublishInput[] = [];
  const saved = new Map<string, SavedPublish>();
  served = serveForTests(contract, {
    'messages.publish': (input) => {
      sent.push(input);
      return answer();
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
  expect(await store.publish('connection:x')).toBe(true);
  expect(sent).toEqual([{ source: 'connection:x', topic: 'a/b', payload: new TextEncoder().encode('{}'), qos: 1, retain: true }]);
  expect(store.state.getState()).toMatchObject({ sentCount: 1, outcome: { kind: 'sent', note: 'No matching subscribers' } });
});

it('sends nothing while something is wrong, and then shows what', async () => {
  const [store, sent] = open();
  expect(await store.publish('broker')).toBe(false);
  store.setTopic('a/#');
  store.setDraft({ format: 'hex', payload: 'zz' });
  expect(await store.publish('broker')).toBe(false);
  expect(sent).toEqual([]);
  expect(store.state.getState().reveal).toBe(true);
  expect(problemsOf(store.state.getState().draft, rules)).toEqual({ topic: 'A wildcard.', payload: 'Not hex.' });
});

it('sends the bytes of a file as they are', async () => {
  const [store, sent] = open();
  store.setTopic('fw');
  store.setDraft({ format: 'file' });
  expect(await store.publish('broker')).toBe(false);
  store.setFile({ name: 'big.bin', bytes: new Uint8Array(maxPublishBytes + 1) });
  expect(problemsOf(store.state.getState().draft, rules).payload).toContain('20 MiB');
  store.setFile({ name: 'fw.bin', bytes: Uint8Array.of(0, 255) });
  expect(await store.publish('broker')).toBe(true);
  expect(sent[0]?.payload).toEqual(Uint8Array.of(0, 255));
});

it('keeps the draft and tells the reason when the broker refuses', async () => {
  const [store] = open(() => {
    throw new CodedError('publish-refused', 'Not authorized.', { advice: 'Check the user.' });
  });
  store.setTopic('a');
  store.setDraft({ format: 'text', payload: 'x' });
  expect(await store.publish('broker')).toBe(false);
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
  await store.publish('broker');
  await store.publish('broker', true);
  expect(sent.map(({ knowingly }) => knowingly)).toEqual([undefined, true]);
});

it('saves, saves again to the same entry, and removes', async () => {
  const [store, , saved] = open();
  store.setTopic('a');
  await store.save('First', false);
  store.setDraft({ qos: 2 });
  await store.save('First', false);
  expect([...saved.values()]).toMatchObject([{ name: 'First', qos: 2 }]);
  await store.save('Second', true);
  expect(saved.size).toBe(2);
  await store.remove(store.state.getState().draft.savedId ?? '');
  expect(saved.size).toBe(1);
  expect(store.state.getState().draft.savedId).toBeNull();
});
