import { afterEach, expect, it, vi } from 'vitest';
import { messagesContract, type MessageRow, type MessageTail } from '../../../shared/contract/messages.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { serveForTests, testPacing, until, type ServedEngine } from '../serve-for-tests.ts';
import { MessageList } from './message-list.ts';

const message = (id: number): MessageRow => ({
  id,
  timeUs: id,
  topic: 't',
  qos: 0,
  retain: false,
  dup: false,
  direction: 'in',
  publisher: null,
  sizeBytes: 0,
  head: new Uint8Array(0),
});

/** A history of ids 1 to `newest`, and the tail of what is added. */
class Backend {
  newest: number;
  sink: StreamSink<MessageTail> | undefined;
  readonly requests: { readonly offset: number; readonly atOrBefore?: number | undefined }[] = [];
  failing = false;
  hold: Promise<void> = Promise.resolve();
  readonly served: ServedEngine;

  constructor(newest: number) {
    this.newest = newest;
    const { 'messages.history': history, 'messages.tail': tail } = messagesContract;
    const contract = { 'messages.history': history, 'messages.tail': tail };
    const handlers: Handlers<typeof contract> = {
      'messages.history': async (input) => {
        this.requests.push(input);
        await this.hold;
        if (this.failing) throw new CodedError('store-unavailable');
        const first = Math.min(this.newest, input.atOrBefore ?? this.newest) - input.offset;
        const rows = Array.from({ length: Math.max(0, Math.min(input.limit, first)) }, (_, at) => message(first - at));
        return { rows, total: this.newest };
      },
      'messages.tail': (_input, sink) => void (this.sink = sink),
    };
    this.served = serveForTests(contract, handlers);
  }

  async add(count: number, omitted = 0): Promise<void> {
    const rows = Array.from({ length: count }, (_, at) => message(this.newest + omitted + at + 1));
    this.newest += count + omitted;
    await vi.waitFor(() => expect(this.sink).toBeDefined(), 20_000);
    await this.sink?.send({ rows, omitted });
  }
}

let backend: Backend | undefined;
let list: MessageList | undefined;
afterEach(() => {
  list?.close();
  backend?.served.close();
});

async function open(newest: number, onNewest?: () => void): Promise<readonly [Backend, MessageList]> {
  backend = new Backend(newest);
  list = new MessageList(backend.served.engine, 'broker', 't', testPacing, onNewest);
  const opened = list;
  await until(opened.notifier, () => opened.status.phase === 'ready');
  return [backend, opened];
}

it('follows: new messages appear on top', async () => {
  const onNewest = vi.fn<() => void>();
  const [engine, rows] = await open(250, onNewest);
  expect(rows.status).toMatchObject({ length: 250, following: true, newCount: 0 });
  await engine.add(3);
  await until(rows.notifier, () => rows.row(0)?.id === 253);
  expect(rows.row(3)?.id).toBe(250);
  expect(onNewest).toHaveBeenCalled();
});

it('stands still for a reader, counts, and catches up on the way back', async () => {
  const [engine, rows] = await open(250);
  rows.setFollowing(false);
  await engine.add(2, 5);
  await until(rows.notifier, () => rows.status.newCount === 7);
  expect(rows.row(0)?.id).toBe(250);
  rows.jumpToNewest();
  await until(rows.notifier, () => rows.row(0)?.id === 257);
  expect(rows.status).toMatchObject({ newCount: 0, following: true, length: 257 });
});

it('pauses at the top with a counter', async () => {
  const [engine, rows] = await open(5);
  rows.setPaused(true);
  await engine.add(4);
  await until(rows.notifier, () => rows.status.newCount === 4);
  expect(rows.status).toMatchObject({ paused: true, length: 5 });
  rows.setPaused(false);
  await until(rows.notifier, () => rows.row(0)?.id === 9);
});

it('pages backwards pinned to the message it started from', async () => {
  const [engine, rows] = await open(1000);
  await engine.add(10);
  await until(rows.notifier, () => rows.row(0)?.id === 1010);
  rows.show(500, 530);
  await until(rows.notifier, () => rows.row(500) !== undefined && rows.row(530) !== undefined);
  expect([rows.row(500)?.id, rows.row(530)?.id]).toEqual([510, 480]);
  expect(engine.requests.slice(1).every((request) => request.atOrBefore === 1000)).toBe(true);
});

it('reads the newest page again when the stream left messages out', async () => {
  const [engine, rows] = await open(50);
  await engine.add(2, 500);
  await until(rows.notifier, () => rows.row(0)?.id === 552);
  expect(rows.row(3)?.id).toBe(549);
  expect(rows.status.length).toBe(552);
});

it('loses nothing that arrives while the newest page is on its way', async () => {
  backend = new Backend(10);
  let release: () => void = () => undefined;
  backend.hold = new Promise((resolve) => (release = resolve));
  list = new MessageList(backend.served.engine, 'broker', 't', testPacing);
  const [engine, rows] = [backend, list];
  await vi.waitFor(() => expect(engine.requests).toHaveLength(1), 20_000);
  await engine.add(2);
  release();
  await until(rows.notifier, () => rows.status.phase === 'ready' && rows.row(0)?.id === 12);
  expect(new Set(Array.from({ length: rows.status.length }, (_, at) => rows.row(at)?.id)).size).toBe(12);
});

it('says why there is no history', async () => {
  backend = new Backend(10);
  backend.failing = true;
  list = new MessageList(backend.served.engine, 'broker', 't', testPacing);
  const rows = list;
  await until(rows.notifier, () => rows.status.phase === 'failed');
  expect(rows.status.error?.code).toBe('store-unavailable');
});
