import { afterEach, expect, it, vi } from 'vitest';
import { messagesContract, type MessageDetail } from '../../../shared/contract/messages.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { serveForTests, testPacing, until, type ServedEngine } from '../serve-for-tests.ts';
import { ShownMessageModel } from './shown-message.ts';

const { 'messages.latest': latest, 'messages.get': get, 'messages.payload': payload } = messagesContract;
const contract = { 'messages.latest': latest, 'messages.get': get, 'messages.payload': payload };

let served: ServedEngine | undefined;
let model: ShownMessageModel | undefined;
afterEach(() => {
  model?.close();
  served?.close();
});

interface State {
  /** Payloads by message id; the last one is the newest. */
  readonly payloads: Map<number, Uint8Array>;
  latestReads: number;
}

function open(first: Readonly<Record<number, Uint8Array>>, maxBytes = 16): readonly [State, ShownMessageModel] {
  const state: State = { payloads: new Map(Object.entries(first).map(([id, bytes]) => [Number(id), bytes])), latestReads: 0 };
  const detail = (id: number | undefined, max: number): MessageDetail | null => {
    const bytes = id === undefined ? undefined : state.payloads.get(id);
    if (id === undefined || !bytes) return null;
    const part = bytes.slice(0, max);
    return {
      id,
      timeUs: id,
      topic: 't',
      qos: 0,
      retain: false,
      dup: false,
      direction: 'in',
      publisher: null,
      sizeBytes: bytes.length,
      head: part,
      properties: null,
      payload: part,
    };
  };
  const handlers: Handlers<typeof contract> = {
    'messages.latest': ({ maxBytes: max }) => {
      state.latestReads += 1;
      return detail([...state.payloads.keys()].at(-1), max);
    },
    'messages.get': ({ id, maxBytes: max }) => detail(id, max),
    'messages.payload': ({ id, offset, length }) => (state.payloads.get(id) ?? new Uint8Array(0)).slice(offset, offset + Math.min(length, 10)),
  };
  served = serveForTests(contract, handlers);
  model = new ShownMessageModel(served.engine, 'broker', 't', maxBytes, testPacing);
  return [state, model];
}

const bytes = (length: number, fill = 0): Uint8Array => new Uint8Array(length).fill(fill);

it('follows the newest value, without one read per message', async () => {
  const [state, shown] = open({ 1: bytes(3) });
  await until(shown.notifier, () => shown.state.phase === 'ready');
  for (let id = 2; id <= 50; id += 1) {
    state.payloads.set(id, bytes(3));
    shown.newer();
  }
  await until(shown.notifier, () => shown.state.detail?.id === 50);
  expect(state.latestReads).toBeLessThan(5);
});

it('says that there is nothing yet', async () => {
  const [, shown] = open({});
  await until(shown.notifier, () => shown.state.phase === 'empty');
});

it('stays on a chosen message until asked for the newest', async () => {
  const [state, shown] = open({ 1: bytes(1), 2: bytes(2) });
  await until(shown.notifier, () => shown.state.phase === 'ready');
  await shown.show(1);
  expect(shown.state).toMatchObject({ mode: 'fixed', detail: { id: 1 } });
  state.payloads.set(3, bytes(3));
  shown.newer();
  expect(shown.state.detail?.id).toBe(1);
  shown.showLatest();
  await until(shown.notifier, () => shown.state.detail?.id === 3);
});

it('holds the newest value still while asked to', async () => {
  const [state, shown] = open({ 1: bytes(1) });
  await until(shown.notifier, () => shown.state.phase === 'ready');
  shown.setHeld(true);
  state.payloads.set(2, bytes(2));
  shown.newer();
  expect(shown.state.detail?.id).toBe(1);
  shown.setHeld(false);
  await until(shown.notifier, () => shown.state.detail?.id === 2);
});

it('shows the beginning of a large payload and loads further parts', async () => {
  const [, shown] = open({ 1: bytes(40, 7) });
  await until(shown.notifier, () => shown.state.phase === 'ready');
  expect(shown.state).toMatchObject({ complete: false });
  expect(shown.state.payload).toHaveLength(16);
  await shown.loadMore();
  expect(shown.state.payload).toHaveLength(26);
  await shown.loadMore();
  await shown.loadMore();
  expect(shown.state).toMatchObject({ complete: true, mode: 'fixed' });
  expect(shown.state.payload).toEqual(bytes(40, 7));
});

it('reads the whole payload for saving', async () => {
  const [, shown] = open({ 1: bytes(40, 7) });
  await until(shown.notifier, () => shown.state.phase === 'ready');
  const parts = await shown.wholePayload();
  expect(parts.reduce((sum, part) => sum + part.length, 0)).toBe(40);
});

it('does not pretend when the rest was deleted meanwhile', async () => {
  const [state, shown] = open({ 1: bytes(40, 7) });
  await until(shown.notifier, () => shown.state.phase === 'ready');
  state.payloads.delete(1);
  await expect(shown.wholePayload()).rejects.toThrow('no longer in the history');
});

it('ignores an answer that comes after another choice', async () => {
  const [, shown] = open({ 1: bytes(1), 2: bytes(2) });
  await until(shown.notifier, () => shown.state.phase === 'ready');
  const first = shown.show(1);
  await Promise.all([first, shown.show(2)]);
  await vi.waitFor(() => expect(shown.state.detail?.id).toBe(2), 20_000);
});
