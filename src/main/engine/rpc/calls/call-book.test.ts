import { beforeEach, expect, it } from 'vitest';
import type { CallDetail, CallRow } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { MessageProperties, MessageRecord } from '../../../../shared/messages/record.ts';
import { rpcError } from '../../../../shared/rpc/rpc-error.ts';
import { DialectRegistry } from '../dialects/index.ts';
import { IndexBounds, MethodIndex } from '../methods/method-index.ts';
import { observe } from '../observer.ts';
import { CallBook } from './call-book.ts';
import { rowOf } from './call-record.ts';
import type { CallListBounds } from './call-list.ts';

let clock: number;
/** Unix µs. */
let timeUs: number;
let book: CallBook;
const dialects = new DialectRegistry();
let index: MethodIndex;
let lastMessageId: number;

function setUp(bounds?: CallListBounds): void {
  clock = 1_000_000;
  timeUs = 1_700_000_000_000_000;
  lastMessageId = 0;
  index = new MethodIndex(new IndexBounds());
  book = new CallBook({ clock: () => clock, dialects, entryOf: (call) => index.grow(call), onChange: () => undefined, ...(bounds ? { bounds } : {}) });
}
beforeEach(() => setUp());

const wait = (ms: number): void => {
  clock += ms;
  timeUs += ms * 1000;
  book.expire();
};

type More = Partial<Pick<MessageRecord, 'retain' | 'dup' | 'direction' | 'properties' | 'publisher'>> & { readonly source?: SourceId };
function see(topic: string, payload: unknown, { source = 'broker', ...more }: More = {}, by: 'tap' | 'client' = 'tap'): void {
  const bytes = new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const record = {
    id: (lastMessageId += 1),
    timeUs,
    topic,
    payload: bytes,
    qos: 1,
    retain: false,
    dup: false,
    direction: 'in',
    publisher: null,
    properties: null,
  } as const;
  const parts = { book, dialects, peers: undefined, spokenOn: (_source: SourceId, name: string) => index.dialectOn(name), onDescriptor: () => undefined };
  observe(parts, source, { ...record, ...more }, by);
}
const longId = (n: number): string => `request-${String(n).padStart(6, '0')}`;
const ask = (n: number, more: More & { readonly params?: unknown; readonly replyTo?: string } = {}): void => {
  const { params = null, replyTo = 'edge/caller', ...rest } = more;
  see('edge/pump', { type: 'rpc_request', request_id: longId(n), method: 'run', params, reply_to: replyTo, caller_id: 'caller' }, rest);
};
const reply = (n: number, more: More & { readonly error?: string; readonly topic?: string } = {}): void => {
  const { error, topic = 'edge/caller', ...rest } = more;
  see(topic, { type: 'rpc_response', request_id: longId(n), ...(error === undefined ? { result: { n } } : { error }) }, rest);
};
const rows = (): readonly CallRow[] => [...book.newestFirst()].map(rowOf);
const only = (): CallDetail => {
  expect(rows()).toHaveLength(1);
  return book.detail(rows()[0]?.id ?? 0) as CallDetail;
};
const method = () => index.grow({ dialect: 'mqttxx2', topic: 'edge/pump', method: 'run' });

it('pairs a request with its answer', () => {
  ask(1, { params: { speed: 3 } });
  expect(only()).toMatchObject({ state: 'pending', method: 'run', topic: 'edge/pump', callerId: 'caller', own: false, elapsedMs: null });
  expect(method()).toMatchObject({ calls: 1, pending: 1 });
  wait(25);
  reply(1);
  expect(only()).toMatchObject({ state: 'ok', elapsedMs: 25, params: { speed: 3 }, result: { n: 1 }, errorText: null, duplicates: 0, requestId: longId(1) });
  expect(only().request).toMatchObject({ messageId: 1, topic: 'edge/pump' });
  expect(only().answers).toMatchObject([{ messageId: 2, topic: 'edge/caller' }]);
  expect(method()).toMatchObject({ calls: 1, succeeded: 1, pending: 0 });
});

it('takes an error for a failure, with its meaning', () => {
  ask(1);
  reply(1, { error: 'Permission denied' });
  expect(only()).toMatchObject({ state: 'failed', error: { name: 'PERMISSION_DENIED', origin: 'remote' } });
  expect(method()).toMatchObject({ failed: 1, succeeded: 0 });
});

it('gives the calls of others a minute, and then calls an answer late', () => {
  ask(1);
  expect(book.nextDeadline()).toBe(clock + 60_000);
  wait(59_999);
  expect(only().state).toBe('pending');
  wait(1);
  expect(only()).toMatchObject({ state: 'timed-out', errorText: 'No answer was seen within 60 s.' });
  expect(method()).toMatchObject({ timedOut: 1, pending: 0 });
  expect(book.nextDeadline()).toBeNull();
  wait(5000);
  reply(1);
  expect(only()).toMatchObject({ state: 'late', elapsedMs: 65_000, errorText: null });
  expect(method()).toMatchObject({ timedOut: 1, succeeded: 0, failed: 0 });
  reply(1);
  expect(only()).toMatchObject({ state: 'late', duplicates: 1 });
});

it('counts a thousand answers after the first, and keeps ten', () => {
  ask(1);
  for (let n = 0; n < 1001; n += 1) reply(1);
  expect(only()).toMatchObject({ state: 'ok', duplicates: 1000 });
  expect(only().answers).toHaveLength(10);
  expect(method()).toMatchObject({ succeeded: 1 });
});

it('shows an answer that nobody asked for, once', () => {
  for (let n = 0; n < 5; n += 1) reply(9, { error: 'what?' });
  expect(only()).toMatchObject({ state: 'orphan', topic: 'edge/caller', method: '', duplicates: 4, errorText: 'what?', request: null });
  expect(index.serviceCount).toBe(0);
});

it('shows an answer on another topic than asked, and still takes the right one', () => {
  ask(1);
  reply(1, { topic: 'edge/elsewhere' });
  expect(only()).toMatchObject({ state: 'wrong-reply-topic', errorText: 'The answer went to "edge/elsewhere" instead of "edge/caller".' });
  wait(10);
  reply(1);
  expect(only()).toMatchObject({ state: 'ok', elapsedMs: 10, result: { n: 1 } });
  reply(1, { topic: 'edge/elsewhere' });
  expect(only()).toMatchObject({ state: 'ok', duplicates: 1 });
});

it('leaves a call whose only answers went elsewhere as that, and counts its time-out', () => {
  ask(1);
  for (let n = 0; n < 20; n += 1) reply(1, { topic: 'edge/elsewhere' });
  wait(60_000);
  expect(only()).toMatchObject({ state: 'wrong-reply-topic', elapsedMs: null });
  expect(method()).toMatchObject({ timedOut: 1, pending: 0 });
  reply(1);
  expect(only()).toMatchObject({ state: 'late', result: { n: 1 } });
});

it('takes no retained message for a call or an answer of now', () => {
  ask(1, { retain: true });
  reply(2, { retain: true });
  expect(rows()).toEqual([]);
  ask(3);
  ask(3, { retain: true });
  reply(3);
  reply(3, { retain: true });
  expect(only()).toMatchObject({ state: 'ok', duplicates: 0 });
});

it('counts a request once, however often it is delivered', () => {
  ask(1);
  ask(1, { dup: true });
  ask(1);
  reply(1);
  ask(1, { dup: true });
  expect(only()).toMatchObject({ state: 'ok', duplicates: 0 });
  expect(method()).toMatchObject({ calls: 1 });
  // It was lost on the way to the local broker the first time: nobody has seen it before.
  ask(2, { dup: true });
  expect(rows()).toHaveLength(2);
  // Another broker has sent it before, maybe long ago.
  ask(3, { dup: true, source: 'connection:lab' });
  expect(rows()).toHaveLength(2);
});

it('keeps sources apart', () => {
  ask(1);
  reply(1, { source: 'connection:lab' });
  expect(rows().map(({ source, state }) => `${source} ${state}`)).toEqual(['connection:lab orphan', 'broker pending']);
});

it('takes the answer that was seen before its request', () => {
  reply(1);
  wait(40);
  ask(1, { direction: 'out' });
  expect(only()).toMatchObject({ state: 'ok', method: 'run', elapsedMs: 0, result: { n: 1 } });
  expect(method()).toMatchObject({ calls: 1, succeeded: 1, pending: 0 });
  reply(2);
  wait(20_000);
  ask(2);
  expect(rows()[0]).toMatchObject({ state: 'pending' });
});

it('measures by the clock when the time of day is changed during a call', () => {
  for (const jumpMs of [3_600_000, -3_600_000]) {
    setUp();
    ask(1);
    clock += 30;
    timeUs += (jumpMs + 30) * 1000;
    reply(1);
    expect(only()).toMatchObject({ state: 'ok', elapsedMs: 30 });
  }
});

it('measures by the times of the messages when they wait on the way here', () => {
  ask(1);
  timeUs += 3500;
  clock += 12;
  reply(1);
  expect(only().elapsedMs).toBe(3.5);
});

it('keeps calls with the short ids of JSON-RPC apart', () => {
  const jsonrpc = (topic: string, method_: string): void => see(`${topic}/request`, { jsonrpc: '2.0', id: 1, method: method_ });
  jsonrpc('a', 'one');
  jsonrpc('b', 'two');
  see('b/response', { jsonrpc: '2.0', id: 1, result: 'b' });
  see('c/response', { jsonrpc: '2.0', id: 1, result: 'c' });
  expect(rows().map(({ method: name, state }) => `${name} ${state}`)).toEqual([' orphan', 'two ok', 'one pending']);
  see('a/response', { jsonrpc: '2.0', id: 1, error: { code: -32_601, message: 'no' } });
  // The next one has the same id again, and the same bytes.
  wait(3000);
  jsonrpc('b', 'two');
  expect(rows()).toHaveLength(4);
  expect(rows()[0]).toMatchObject({ method: 'two', state: 'pending' });
  expect(rows()[3]).toMatchObject({ method: 'one', state: 'failed' });
});

it('reads requests of MQTT 5 by their topic, with or without Correlation Data', () => {
  const properties = (more: MessageProperties): MessageProperties => ({ responseTopic: 'reply/here', ...more });
  see('plant/pump/run', '{"speed":1}', { properties: properties({ correlationData: new Uint8Array([1, 2]) }), publisher: 'controller' });
  expect(only()).toMatchObject({ topic: 'plant/pump', method: 'run', dialect: 'mqtt5', callerId: 'controller' });
  see('reply/here', 'done', { properties: { correlationData: new Uint8Array([1, 2]) } });
  expect(only()).toMatchObject({ state: 'ok', result: 'done' });
  see('run', '', { properties: properties({}) });
  see('reply/here', '21.5');
  expect(rows()[0]).toMatchObject({ topic: 'run', method: '', state: 'ok' });
  see('reply/here', 'something else');
  expect(rows()).toHaveLength(2);
});

it('shows what cannot be read with its reason, once while it is the same', () => {
  ask(1);
  reply(1);
  for (let n = 0; n < 3; n += 1) see('edge/pump', 'hello');
  see('edge/pump', { type: 'rpc_request', request_id: 'x' });
  expect(rows().map(({ state, errorText, duplicates }) => [state, errorText, duplicates])).toEqual([
    ['failed', 'The message cannot be read: method is missing.', 0],
    ['failed', 'The message cannot be read: not JSON.', 2],
    ['ok', null, 0],
  ]);
  // Nothing of that is a call of a method.
  expect(index.methodCount).toBe(1);
});

it('takes an answer that cannot be read for the end of its call', () => {
  const correlationData = new Uint8Array([1, 2, 3]);
  see('rpc/r/device', { method: 'x' }, { properties: { responseTopic: 'rpc/r/me', correlationData, userProperties: [['caller_id', 'me']] } });
  see('rpc/r/me', 'not JSON', { properties: { correlationData } });
  expect(only()).toMatchObject({ state: 'failed', error: { name: 'INVALID_RPC_RESPONSE' } });
});

it('keeps within its bounds, and forgets the oldest', () => {
  setUp({ maxCalls: 100, maxBytes: 1_000_000 });
  for (let n = 0; n < 250; n += 1) {
    ask(n);
    if (n % 2 === 0) reply(n);
  }
  expect(book.size).toBe(100);
  expect(rows().at(-1)?.id).toBe(151);
  expect(method()).toMatchObject({ calls: 250, pending: 50 });
  expect(book.detail(1)).toBeNull();
  // Nothing is known of it any more.
  reply(1);
  expect(rows()[0]).toMatchObject({ state: 'orphan' });

  setUp({ maxCalls: 100, maxBytes: 1_000_000 });
  for (let n = 0; n < 10; n += 1) ask(n, { params: 'x'.repeat(300_000) });
  expect(rows().map(({ id }) => id)).toEqual([10, 9, 8]);
});

it('clears the list, but not what is known of the methods', () => {
  ask(1);
  reply(1);
  expect(book.clear()).toBe(1);
  expect(rows()).toEqual([]);
  expect(method()).toMatchObject({ calls: 1 });
});

it('gives the answers to own calls the numbers of their copies from the tap, in whatever order these come', () => {
  const open = (n: number): number => {
    const about = { source: 'broker', dialect: 'mqttxx2', topic: 'edge/pump', method: 'run', callerId: 'me', timeoutMs: 1000 } as const;
    const record = book.openOwn({ ...about, key: longId(n), replyTo: `me/${n}` }, timeUs);
    record.onAnswer = (_topic, outcome) => book.ownEnded(record, outcome, 1);
    return record.id;
  };
  const answer = (n: number, by: 'tap' | 'client'): void => {
    see(`me/${n}`, { type: 'rpc_response', request_id: longId(n), result: n }, {}, by);
  };
  const ids = [open(1), open(2)];
  const answers = (): unknown =>
    ids.map((id) => {
      const detail = book.detail(id);
      return [detail?.state, detail?.duplicates, detail?.answers.map(({ messageId }) => messageId)];
    });
  answer(1, 'client');
  answer(2, 'client');
  answer(2, 'tap');
  answer(1, 'tap');
  expect(answers()).toEqual([
    ['ok', 0, [4]],
    ['ok', 0, [3]],
  ]);
  // The same once more is a second answer, whichever side shows it first.
  answer(1, 'client');
  answer(1, 'tap');
  answer(2, 'tap');
  answer(2, 'client');
  expect(answers()).toEqual([
    ['ok', 1, [4, 6]],
    ['ok', 1, [3, 7]],
  ]);
  expect(rows()).toHaveLength(2);
});

it('clears the calls of one source, and never an own one that is pending', () => {
  ask(1);
  ask(2, { source: 'connection:x' });
  const own = book.openOwn(
    { source: 'broker', dialect: 'mqttxx2', topic: 'edge/pump', method: 'run', callerId: 'me', timeoutMs: 1000, key: longId(9), replyTo: 'edge/me' },
    timeUs,
  );
  expect(book.clear('broker')).toBe(1);
  expect(rows().map(({ id, source }) => [id, source])).toEqual([
    [own.id, 'broker'],
    [2, 'connection:x'],
  ]);
  expect(book.clear()).toBe(1);
});

it('goes on from the ids of an earlier run', () => {
  book = new CallBook({ clock: () => clock, dialects, entryOf: () => null, onChange: () => undefined, lastId: 41 });
  ask(1);
  expect(only().id).toBe(42);
});

it('says of calls that are pending at the end that no answer was seen', () => {
  const told: string[] = [];
  book = new CallBook({ clock: () => clock, dialects, entryOf: () => null, onChange: () => undefined, onCall: ({ id, state }) => told.push(`${id} ${state}`) });
  ask(1);
  ask(2);
  reply(2);
  book.end();
  expect(told.at(-1)).toBe('1 timed-out');
  expect(book.detail(1)).toMatchObject({ errorText: 'No answer was seen until the workbench was closed.' });
  expect(book.detail(2)).toMatchObject({ state: 'ok' });
});

it('tells of pending calls that it has to forget, but not of those that are cleared', () => {
  const told: string[] = [];
  const onCall = ({ id, state }: { readonly id: number; readonly state: string }): void => void told.push(`${id} ${state}`);
  book = new CallBook({ clock: () => clock, dialects, entryOf: () => null, onChange: () => undefined, onCall, bounds: { maxCalls: 2, maxBytes: 1e6 } });
  for (const n of [1, 2, 3]) ask(n);
  expect(told).toEqual(['1 pending', '2 pending', '1 timed-out', '3 pending']);
  book.clear();
  expect(told).toHaveLength(4);
});

it('tells nobody any more of a call that was cleared', () => {
  const told: number[] = [];
  book = new CallBook({ clock: () => clock, dialects, entryOf: () => null, onChange: () => undefined, onCall: ({ id }) => void told.push(id) });
  const call = book.openOwn(
    { source: 'broker', dialect: 'mqttxx2', topic: 'edge/pump', method: 'run', callerId: 'me', timeoutMs: 1000, key: longId(1), replyTo: 'edge/me' },
    timeUs,
  );
  const payload = new TextEncoder().encode('{}');
  book.ownSent(call, { messageId: 0, topic: 'edge/pump', timeUs, receivedAt: clock, qos: 1, payload, sizeBytes: 2, properties: null }, null);
  // While it is pending it stays, and goes on.
  book.clear();
  book.ownEnded(call, { error: rpcError('RPC_TIMEOUT', 'local', 'No answer.') }, 1000);
  expect(told).toHaveLength(3);
  book.clear();
  // The acknowledgement of a slow broker comes after all that.
  book.ownAcknowledged(call, 2000, null);
  expect(told).toHaveLength(3);
});

it('gives own requests the numbers of their copies although the tap lost one of them', () => {
  const sent = [1, 2, 3].map((n) => {
    const call = book.openOwn(
      { source: 'broker', dialect: 'mqtt5', topic: 'edge/pump', method: 'run', callerId: 'me', timeoutMs: 60_000, key: longId(n), replyTo: 'edge/me' },
      timeUs,
    );
    const payload = new TextEncoder().encode(JSON.stringify({ n }));
    const request = {
      messageId: 0,
      topic: 'edge/pump/run',
      timeUs,
      receivedAt: clock,
      qos: 1,
      payload,
      sizeBytes: payload.byteLength,
      properties: null,
    } as const;
    book.ownSent(call, { ...request }, null);
    return { id: call.id, payload };
  });
  const shown = ({ payload }: (typeof sent)[number], id: number): boolean =>
    book.numbered({
      id,
      timeUs,
      topic: 'edge/pump/run',
      payload,
      qos: 1,
      retain: false,
      dup: false,
      direction: 'in',
      publisher: 'workbench-rpc',
      properties: null,
    });
  expect(sent.slice(1).map((one, at) => shown(one, 70 + at))).toEqual([true, true]);
  expect(sent.map(({ id }) => book.detail(id)?.request?.messageId)).toEqual([0, 70, 71]);
  // It was only late.
  expect(shown(sent[0] as (typeof sent)[number], 72)).toBe(true);
  expect(book.detail(sent[0]?.id ?? 0)?.request?.messageId).toBe(72);
});
