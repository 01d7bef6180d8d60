import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallExportFormat, CallFilter, CallsExportPart, CallsFrame } from '../../../../shared/contract/call-history.ts';
import { callStates, type CallRow } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { StreamSink } from '../../../../shared/ipc/stream-sink.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { createStore, type Store } from '../../store/index.ts';
import { CallBook } from '../calls/call-book.ts';
import { DialectRegistry } from '../dialects/index.ts';
import { observe } from '../observer.ts';
import { createCallHistory, type CallHistory } from './call-history.ts';

const dialects = new DialectRegistry();
let folder: string;
let store: Store;
let history: CallHistory;
let book: CallBook;
let clock: number;
let lastMessageId: number;
const cleanups: (() => void)[] = [];
const payloads = new Map<number, Uint8Array>();

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-call-history-'));
  clock = 0;
  lastMessageId = 0;
  payloads.clear();
  await open();
});
afterEach(async () => {
  for (const clean of cleanups.splice(0)) clean();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Memory holds ten calls, so that the others have to come from the disk. */
async function open(maxCalls = 10): Promise<void> {
  store = createStore({
    folder,
    workerUrl: new URL('../../store/store-worker.ts', import.meta.url),
    budgetBytes: 1e9,
    now: Date.now,
    onChange: () => history.storeChanged(),
  });
  const bounds = { maxCalls, maxBytes: 100_000_000 };
  const hooks = {
    onCall: (call: Parameters<CallHistory['changed']>[0]) => history.changed(call),
    onTakenOut: (call: Parameters<CallHistory['takenOut']>[0]) => history.takenOut(call),
  };
  book = new CallBook({ clock: () => clock, dialects, entryOf: () => null, onChange: () => undefined, lastId: await store.calls.lastId(), bounds, ...hooks });
  history = createCallHistory({
    recent: book,
    store: store.calls,
    dialects,
    payload: (id) => Promise.resolve(payloads.get(id) ?? null),
    appVersion: '1.2.3',
    onBug: (error) => {
      throw error;
    },
  });
}

type More = Partial<MessageRecord> & { readonly source?: SourceId };
function see(topic: string, payload: unknown, { source = 'broker', ...more }: More = {}): void {
  clock += 1;
  lastMessageId += 1;
  const facts = { qos: 1, retain: false, dup: false, direction: 'in', publisher: null, properties: null } as const;
  const bytes = payload instanceof Uint8Array ? payload : new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const record: MessageRecord = { id: lastMessageId, timeUs: 1_700_000_000_000_000 + clock * 1000, topic, payload: bytes, ...facts, ...more };
  observe({ book, dialects, peers: undefined, spokenOn: () => undefined, onDescriptor: () => undefined }, source, record, 'tap');
}
const longId = (n: number): string => `request-${String(n).padStart(6, '0')}`;
function ask(
  n: number,
  { method = 'run', params = null, caller = 'panel', topic = 'edge/pump', ...more }: More & { method?: string; params?: unknown; caller?: string } = {},
): void {
  see(topic, { type: 'rpc_request', request_id: longId(n), method, params, reply_to: 'edge/caller', caller_id: caller }, more);
}
function reply(n: number, { error, result = { n }, ...more }: More & { error?: string; result?: unknown } = {}): void {
  see('edge/caller', { type: 'rpc_response', request_id: longId(n), ...(error === undefined ? { result } : { error }) }, more);
}
const exchange = (n: number): void => {
  ask(n);
  reply(n);
};
const many = (from: number, to: number): void => {
  for (let n = from; n <= to; n += 1) exchange(n);
};

interface Opened {
  readonly view: ReturnType<CallHistory['open']>['view'];
  readonly frames: CallsFrame[];
  /** The frame that all has been found for. */
  settled(): Promise<CallsFrame>;
}
function list(filter: CallFilter = {}, window = { first: 0, count: 100, frozen: false }): Opened {
  const { view, changed, close } = history.open(filter, window);
  cleanups.push(close);
  const frames: CallsFrame[] = [];
  const read = (): void => {
    const frame = view.frame();
    if (frame) frames.push(frame);
  };
  changed.subscribe(() => queueMicrotask(read));
  read();
  return {
    view,
    frames,
    async settled() {
      await expect.poll(() => (read(), frames.at(-1)?.looked)).toBeNull();
      return frames.at(-1) as CallsFrame;
    },
  };
}
const ids = ({ rows }: CallsFrame): readonly number[] => rows.map(({ id }) => id);
const down = (from: number, to: number): readonly number[] => Array.from({ length: from - to + 1 }, (_, at) => from - at);

describe('lists', () => {
  it('have what is in memory and what is on disk, each call once', async () => {
    many(1, 35);
    const opened = list();
    const frame = await opened.settled();
    expect(frame).toMatchObject({ total: 35, looked: null, fresh: 0, notStored: 0, problem: null });
    expect(ids(frame)).toEqual(down(35, 1));
    expect([...book.newestFirst()]).toHaveLength(10);
    // A call goes from memory to disk while the list is open.
    many(36, 60);
    await expect.poll(() => ids(opened.frames.at(-1) as CallsFrame)).toEqual(down(60, 1));
  });

  it('say that the search goes on until it has come to its end', async () => {
    many(1, 20);
    const { frames, settled } = list();
    await settled();
    expect(frames[0]?.looked).not.toBeNull();
    for (const { total } of frames.slice(1)) expect(total).toBeLessThanOrEqual(20);
  });

  it('follow what becomes of a call', async () => {
    const pending = list({ states: ['pending'] });
    const repeated = list({ repeated: true });
    ask(1);
    await expect.poll(() => pending.frames.at(-1)?.total).toBe(1);
    reply(1);
    await expect.poll(() => pending.frames.at(-1)?.total).toBe(0);
    reply(1);
    await expect.poll(() => repeated.frames.at(-1)?.rows).toMatchObject([{ id: 1, duplicates: 1 }]);
    // On disk it is the same.
    many(2, 30);
    const again = await list({ repeated: true }).settled();
    expect(again.rows).toMatchObject([{ id: 1, state: 'ok', duplicates: 1 }]);
  });

  it('stand still when frozen, and count what comes', async () => {
    many(1, 30);
    const opened = list();
    await opened.settled();
    opened.view.setWindow({ first: 5, count: 10, frozen: true });
    await expect.poll(() => opened.frames.at(-1)).toMatchObject({ firstRow: 5, total: 30, fresh: 0 });
    const before = ids(opened.frames.at(-1) as CallsFrame);
    expect(before).toEqual(down(25, 16));
    many(31, 50);
    await expect.poll(() => opened.frames.at(-1)?.fresh).toBe(20);
    expect(opened.frames.at(-1)?.total).toBe(30);
    opened.view.setWindow({ first: 5, count: 11, frozen: true });
    await expect.poll(() => ids(opened.frames.at(-1) as CallsFrame)).toEqual(down(25, 15));
    opened.view.setWindow({ first: 0, count: 3, frozen: false });
    await expect.poll(() => opened.frames.at(-1)).toMatchObject({ total: 50, fresh: 0 });
    expect(ids(opened.frames.at(-1) as CallsFrame)).toEqual([50, 49, 48]);
  });

  it('keep a frozen call whose state does not fit any more, with its new state', async () => {
    ask(1);
    const opened = list({ states: ['pending'] }, { first: 0, count: 10, frozen: true });
    await opened.settled();
    expect(opened.frames.at(-1)?.total).toBe(1);
    reply(1);
    await expect.poll(() => opened.frames.at(-1)?.rows).toMatchObject([{ state: 'ok' }]);
    opened.view.setWindow({ first: 0, count: 10, frozen: false });
    await expect.poll(() => opened.frames.at(-1)?.total).toBe(0);
  });

  it('send nothing new while nothing that they show changes', async () => {
    many(1, 5);
    const opened = list({ method: 'other' });
    await opened.settled();
    const { length } = opened.frames;
    many(6, 9);
    await store.calls.rows([1]);
    expect(opened.frames).toHaveLength(length);
  });

  it('find the same in memory as on disk', async () => {
    // Pseudo-random, the same each time.
    let seed = 7;
    const pick = <T>(...from: readonly T[]): T => from[(seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % from.length] as T;
    await store.close();
    await open(10_000);
    for (let n = 1; n <= 300; n += 1) {
      const source = pick<SourceId>('broker', 'connection:x');
      ask(n, {
        source,
        method: pick('run', 'Heat', 'ÄNDERN'),
        caller: pick('panel', 'Küche', ''),
        topic: pick('edge/pump', 'edge/oven'),
        params: pick('drei', 'Four', '方法'),
      });
      if (pick(true, true, false)) reply(n, { source, ...(pick(true, false) ? { error: pick('too hot', 'Zu HEIẞ') } : {}) });
      if (pick(true, false, false, false)) reply(n, { source });
    }
    for (let n = 400; n < 420; n += 1) reply(n);
    clock += 70_000;
    book.expire();
    history.flush();
    const filters: CallFilter[] = [
      {},
      ...callStates.map((state): CallFilter => ({ states: [state] })),
      ...['hot', 'HEIẞ', 'küche heat', 'ändern', 'pump panel', 'nothing'].map((text): CallFilter => ({ text })),
      ...['four', '方法', 'drei hot', 'edge/caller'].map((text): CallFilter => ({ text, inPayloads: true })),
      ...[{ own: false }, { own: true }, { repeated: true }, { repeated: false }, { slowerThanMs: 1 }, { source: 'connection:x' } as const, { method: 'Heat' }],
      { topic: 'edge/oven', dialect: 'mqttxx2', fromMs: 1_700_000_000_100, toMs: 1_700_000_000_400 },
    ];
    for (const filter of filters) {
      const onDisk: number[] = [];
      await new Promise<void>((resolve, reject) => {
        store.calls.scan(filter, { step: (step) => onDisk.push(...step.ids), end: (error) => (error ? reject(error) : resolve()) });
      });
      const inMemory = (await list(filter, { first: 0, count: 500, frozen: false }).settled()).rows.map(({ id }) => id);
      expect([filter, onDisk]).toEqual([filter, inMemory]);
    }
  });
});

it('survives a restart: rows, details and the ids that follow', async () => {
  ask(1, { params: { target: 21 }, properties: { contentType: 'application/json' } });
  reply(1);
  reply(1);
  ask(2);
  reply(2, { error: 'too hot' });
  ask(3);
  const before = [1, 2].map((id) => book.detail(id));
  book.end();
  history.flush();
  await store.close();
  await open();
  const frame = await list().settled();
  expect(frame.rows.map(({ id, state, duplicates }) => [id, state, duplicates])).toEqual([
    [3, 'timed-out', 0],
    [2, 'failed', 0],
    [1, 'ok', 1],
  ]);
  expect(await Promise.all([1, 2].map((id) => history.stored(id)))).toEqual(before);
  expect(await history.stored(3)).toMatchObject({ errorText: 'No answer was seen until the workbench was closed.', params: null });
  expect(await history.stored(4)).toBeNull();
  exchange(4);
  expect([...book.newestFirst()].map(({ id }) => id)).toEqual([4]);
  expect(await history.ofMessage(1)).toBe(1);
});

it('keeps 64 KiB of each message, and reads the rest from the message history while it is there', async () => {
  const params = { text: 'x'.repeat(100_000) };
  ask(1, { params });
  reply(1, { result: params });
  many(2, 30);
  const stored = await history.stored(1);
  expect(stored).toMatchObject({ params: null, request: { sizeBytes: expect.any(Number) as number } });
  expect(stored?.request?.payload.byteLength).toBe(65_536);
  const whole = (type: object): Uint8Array => new TextEncoder().encode(JSON.stringify(type));
  payloads.set(1, whole({ type: 'rpc_request', request_id: longId(1), method: 'run', params, reply_to: 'edge/caller', caller_id: 'panel' }));
  payloads.set(2, whole({ type: 'rpc_response', request_id: longId(1), result: params }));
  expect(await history.stored(1)).toMatchObject({ params, result: params });
});

it('does without a call whose bytes are damaged', async () => {
  many(1, 3);
  history.flush();
  const [stored] = await store.calls.bodies([2]);
  if (!stored) throw new Error('it is not there');
  store.calls.put([{ row: stored.row, body: stored.body.slice(0, 20), messageIds: [] }]);
  await store.close();
  await open();
  expect(ids(await list().settled())).toEqual([3, 2, 1]);
  expect(await history.stored(2)).toBeNull();
  expect(await history.stored(3)).toMatchObject({ state: 'ok' });
});

it('clears one source or all, in memory and on disk, and open lists with them', async () => {
  many(1, 20);
  ask(21, { source: 'connection:x' });
  reply(21, { source: 'connection:x' });
  const opened = list();
  await opened.settled();
  expect(await history.clear('broker')).toBe(20);
  await expect.poll(() => opened.frames.at(-1)?.rows).toMatchObject([{ source: 'connection:x' }]);
  expect(opened.frames.at(-1)?.total).toBe(1);
  expect(await history.clear(undefined)).toBe(1);
  await expect.poll(() => opened.frames.at(-1)?.total).toBe(0);
  await store.close();
  await open();
  expect((await list().settled()).total).toBe(0);
});

it('remembers nowhere what is taken out of the list, written or not', async () => {
  many(1, 4);
  history.flush();
  many(5, 6);
  const opened = list();
  await opened.settled();
  for (const id of [2, 5]) expect(book.takeOut(id)).toBe(true);
  await expect.poll(() => ids(opened.frames.at(-1) as CallsFrame)).toEqual([6, 4, 3, 1]);
  history.flush();
  await store.close();
  await open();
  expect(ids(await list().settled())).toEqual([6, 4, 3, 1]);
});

it('drops calls from open lists when their file has gone', async () => {
  many(1, 30);
  const opened = list({}, { first: 0, count: 5, frozen: false });
  await opened.settled();
  store.calls.remove([1, 2, 3]);
  opened.view.setWindow({ first: 20, count: 20, frozen: false });
  await expect.poll(() => opened.frames.at(-1)).toMatchObject({ total: 27, firstRow: 20 });
  expect(ids(opened.frames.at(-1) as CallsFrame)).toEqual(down(10, 4));
});

describe('exports', () => {
  async function exported(format: CallExportFormat, filter: CallFilter = {}): Promise<{ readonly text: string; readonly parts: readonly CallsExportPart[] }> {
    const parts: CallsExportPart[] = [];
    const sink: StreamSink<CallsExportPart> = {
      send: async (part) => void parts.push(part),
      ready: true,
      end: () => undefined,
      fail: (error) => {
        throw error;
      },
      signal: new AbortController().signal,
    };
    await history.export(filter, format, sink);
    return { text: Buffer.concat(parts.map(({ bytes }) => bytes)).toString('utf8'), parts };
  }

  it('hold every call that fits, from memory and disk, in parts', async () => {
    many(1, 260);
    ask(261, { method: 'other' });
    const { text, parts } = await exported('json', { method: 'run' });
    const calls = JSON.parse(text) as readonly (CallRow & { readonly result: unknown })[];
    expect(calls.map(({ id }) => id)).toEqual(down(260, 1));
    expect(calls[200]).toMatchObject({ state: 'ok', result: { n: 60 }, params: null, time: expect.stringMatching(/^2023-11-14T22:13:20/) as string });
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.at(-1)).toMatchObject({ done: 260, total: 260 });
    expect(JSON.parse((await exported('json', { method: 'none' })).text)).toEqual([]);
  });

  it('as CSV are no formulas, whatever a device writes', async () => {
    const callers = ['=HYPERLINK("http://x")', '+1', '-1+2', '@sum', '\tx', '\rx', '\nx', '＝1', 'a,b', '-5'];
    callers.forEach((caller, n) => ask(n, { caller }));
    const { text } = await exported('csv');
    const [head = '', ...lines] = text.split('\r\n');
    expect(head).toBe('time,state,source,dialect,topic,method,caller,own,elapsed_ms,further_answers,error,reply_topic,request_id,params,result');
    expect(
      lines
        .toReversed()
        .slice(1)
        .map((line) => /edge\/pump,run,(.*),no,/s.exec(line)?.[1]),
    ).toEqual([
      `"'=HYPERLINK(""http://x"")"`,
      "'+1",
      "'-1+2",
      "'@sum",
      "'\tx",
      `"'\rx"`,
      `"'\nx"`,
      "'＝1",
      '"a,b"',
      // A number is no formula.
      '-5',
    ]);
  });

  it('as HAR have the structure of HAR 1.2, and the facts of MQTT beside it', async () => {
    ask(1, { params: { a: 'ü' }, properties: { contentType: 'application/json', userProperties: [['trace', '1']], correlationData: new Uint8Array([255]) } });
    reply(1);
    ask(2, { topic: 'edge/söme topic', method: 'a&b' });
    reply(2, { error: '方法未找到: a&b' });
    ask(3);
    reply(9);
    see('edge/pump', new Uint8Array([0x7b, 0xff, ...new TextEncoder().encode('"rpc_re","type":"rpc_request","method":"x","request_id":"')]));
    const { text } = await exported('har');
    const { log } = JSON.parse(text) as { readonly log: { readonly entries: readonly Record<string, never>[] } };
    expect(log).toMatchObject({ version: '1.2', creator: { name: 'MQTT Workbench', version: '1.2.3' }, pages: [] });
    for (const entry of log.entries) {
      const isList = expect.any(Array) as unknown;
      const isNumber = expect.any(Number) as unknown;
      const isText = expect.any(String) as unknown;
      expect(entry).toMatchObject({
        startedDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
        time: isNumber,
        request: {
          method: isText,
          url: expect.stringMatching(/^mqtt:\/\//) as unknown,
          httpVersion: isText,
          cookies: [],
          headers: isList,
          queryString: isList,
          headersSize: -1,
          bodySize: isNumber,
        },
        response: {
          status: isNumber,
          statusText: isText,
          httpVersion: isText,
          cookies: [],
          headers: isList,
          redirectURL: '',
          headersSize: -1,
          bodySize: isNumber,
          content: { size: isNumber, mimeType: isText },
        },
        cache: {},
        timings: { send: isNumber, wait: isNumber, receive: isNumber },
      });
      expect(() => new URL((entry['request'] as unknown as { readonly url: string }).url)).not.toThrow();
      const known = new Set(['startedDateTime', 'time', 'request', 'response', 'cache', 'timings', 'comment']);
      expect(Object.keys(entry).filter((name) => !known.has(name) && !name.startsWith('_'))).toEqual([]);
    }
    const byState = new Map(log.entries.map((entry) => [entry['_state'], entry]));
    expect(byState.get('ok' as never)).toMatchObject({
      request: {
        headers: [{ name: 'Content Type' }, { name: 'Correlation Data', value: '/w==' }, { name: 'trace', value: '1' }],
        postData: { mimeType: 'application/json' },
      },
      response: { status: 200, content: { text: expect.stringContaining('rpc_response') as unknown } },
      _params: { a: 'ü' },
      _result: { n: 1 },
      _messages: { request: { topic: 'edge/pump', qos: 1, messageId: 1 }, answers: [{ topic: 'edge/caller' }] },
    });
    expect(log.entries.find((entry) => entry['_method'] === ('a&b' as never))).toMatchObject({
      request: { url: 'mqtt://local-broker/edge/s%C3%B6me%20topic?method=a%26b', queryString: [{ name: 'method', value: 'a&b' }] },
      response: { status: 404, statusText: '3001 METHOD_NOT_FOUND' },
    });
    expect(byState.get('pending' as never)).toMatchObject({ response: { status: 0 } });
  });

  it('end when the reader goes', async () => {
    many(1, 200);
    const abort = new AbortController();
    let sent = 0;
    const sink: StreamSink<CallsExportPart> = {
      async send() {
        sent += 1;
        if (sent > 2) throw new Error('cancelled');
      },
      ready: true,
      end: () => expect.unreachable(),
      fail: () => undefined,
      signal: abort.signal,
    };
    await expect(history.export({}, 'json', sink)).rejects.toThrow('cancelled');
    expect(sent).toBe(3);
  });
});
