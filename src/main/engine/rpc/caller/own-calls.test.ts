import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { OutgoingMessage } from '../../../../shared/rpc/dialect.ts';
import { createRpcService, type RpcService } from '../rpc-service.ts';
import type { CallSession } from './call-session.ts';

const asked = { source: 'connection:lab', dialect: 'mqttxx2', topic: 'edge/pump', method: 'run', params: { speed: 1 }, timeoutMs: 1000 } as const;
const replyTopic = 'mqtt-workbench/caller';

let wallMs: number;
let clock: number;
let session: ReturnType<typeof fakeSession>;
let rpc: RpcService;
let messageId: number;

/** A broker that answers when the test says so. */
function fakeSession(more: Partial<CallSession> = {}) {
  const published: { readonly message: OutgoingMessage; readonly acknowledge: (noSubscribers?: boolean) => void; readonly refuse: (error: Error) => void }[] =
    [];
  const subscribed: string[] = [];
  const unsubscribed: string[] = [];
  const listeners = new Set<(problem: Problem) => void>();
  let suback: { readonly reason: string | null; readonly reasonCode: number } | 'wait' = { reason: null, reasonCode: 1 };
  const call: CallSession = {
    clientId: 'caller',
    version: '5',
    covering: () => null,
    subscribe: (topic) => {
      subscribed.push(topic);
      return suback === 'wait' ? new Promise(() => undefined) : Promise.resolve(suback);
    },
    unsubscribe: async (topic) => void unsubscribed.push(topic),
    publish: (message) =>
      new Promise((resolve, reject) => {
        published.push({ message, acknowledge: (noSubscribers = false) => resolve({ noSubscribers, note: noSubscribers ? 'nobody' : null }), refuse: reject });
      }),
    onEnd: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    hold: vi.fn<() => void>(),
    release: vi.fn<() => void>(),
    ...more,
  };
  return {
    call,
    published,
    subscribed,
    unsubscribed,
    end: (problem: Problem) => listeners.forEach((listener) => listener(problem)),
    setSuback: (next: typeof suback) => void (suback = next),
  };
}

function setUp(more: Partial<CallSession> = {}): void {
  session = fakeSession(more);
  rpc = createRpcService({
    now: () => wallMs,
    clock: () => clock,
    newId: () => `00000000-0000-4000-8000-${String((messageId += 1)).padStart(12, '0')}`,
    sessions: { open: () => session.call, close: async () => undefined },
    onBug: (error) => {
      throw error;
    },
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  [wallMs, clock, messageId] = [1_700_000_000_000, 5000, 0];
  setUp();
});
afterEach(async () => {
  await rpc.close();
  vi.useRealTimers();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const pass = async (ms: number): Promise<void> => {
  clock += ms;
  wallMs += ms;
  await vi.advanceTimersByTimeAsync(ms);
};
const detail = (id: number): CallDetail => rpc.call(id) as CallDetail;
function receive(n: number, outcome: object, topic = replyTopic): void {
  const id = JSON.parse(new TextDecoder().decode(session.published[n]?.message.payload)) as { readonly request_id: string };
  const payload = new TextEncoder().encode(JSON.stringify({ type: 'rpc_response', request_id: id.request_id, ...outcome }));
  rpc.ingest('connection:lab', [
    { id: 100 + n, timeUs: wallMs * 1000, topic, payload, qos: 1, retain: false, dup: false, direction: 'in', publisher: null, properties: null },
  ]);
}

it('subscribes first, publishes then, and tells each step', async () => {
  const id = rpc.start(asked);
  expect(session.subscribed).toEqual([replyTopic]);
  expect(detail(id)).toMatchObject({ state: 'pending', request: null, steps: [] });
  await pass(4);
  expect(session.published).toHaveLength(1);
  expect(session.published[0]?.message).toMatchObject({ topic: 'edge/pump', qos: 1 });
  await pass(2);
  session.published[0]?.acknowledge();
  await settle();
  await pass(5);
  receive(0, { result: 'done' });
  expect(detail(id)).toMatchObject({
    state: 'ok',
    own: true,
    result: 'done',
    elapsedMs: 7,
    callerId: 'caller',
    replyTo: replyTopic,
    params: { speed: 1 },
    timeoutMs: 1000,
    steps: [
      { at: 'sent', afterMs: 0 },
      { at: 'acknowledged', afterMs: 2 },
      { at: 'answered', afterMs: 7 },
    ],
  });
  expect(rpc.method(asked)).toMatchObject({ calls: 1, succeeded: 1, latency: { count: 1 } });
  expect(rpc.cancel(id)).toBe(false);
});

it('puts an answer that is faster than the acknowledgement where it belongs', async () => {
  const id = rpc.start(asked);
  await settle();
  await pass(3);
  receive(0, { result: 1 });
  await pass(1);
  session.published[0]?.acknowledge();
  await settle();
  expect(detail(id).steps.map(({ at }) => at)).toEqual(['sent', 'answered', 'acknowledged']);
});

it('keeps the reply topic subscribed for the next calls, and gives it back when there are none', async () => {
  for (let n = 0; n < 3; n += 1) {
    rpc.start(asked);
    await settle();
    receive(n, { result: n });
    await pass(20_000);
  }
  expect(session.subscribed).toEqual([replyTopic]);
  expect(session.unsubscribed).toEqual([]);
  await pass(10_000);
  expect(session.unsubscribed).toEqual([replyTopic]);
  rpc.start(asked);
  expect(session.subscribed).toHaveLength(2);
});

it('asks for no subscription where answers arrive already', async () => {
  setUp({ covering: (topic) => (topic === replyTopic ? { filter: '#', askedQos: 1, grantedQos: 0 } : null) });
  const id = rpc.start(asked);
  expect(session.published).toHaveLength(1);
  receive(0, { result: null });
  expect(detail(id)).toMatchObject({ state: 'ok', result: null });
  await pass(60_000);
  expect(session.subscribed).toEqual([]);
  expect(session.unsubscribed).toEqual([]);
});

it('times out by the clock, whatever happens to the time of day', async () => {
  const id = rpc.start(asked);
  await settle();
  wallMs += 3_600_000;
  await pass(999);
  expect(detail(id).state).toBe('pending');
  wallMs -= 7_200_000;
  await pass(2);
  expect(detail(id)).toMatchObject({ state: 'timed-out', error: { name: 'RPC_TIMEOUT', origin: 'local' }, errorText: 'No answer within 1 s.' });
  expect(session.call.hold).toHaveBeenCalledTimes(1);
  expect(session.call.release).toHaveBeenCalledTimes(1);
  receive(0, { result: 'late' });
  expect(detail(id)).toMatchObject({ state: 'late', result: 'late' });
  expect(rpc.method(asked)).toMatchObject({ timedOut: 1, succeeded: 0 });
});

it('waits longer than one timer can', async () => {
  const id = rpc.start({ ...asked, timeoutMs: 86_400_000 });
  const short = rpc.start({ ...asked, timeoutMs: 50 });
  await settle();
  await pass(60);
  expect(detail(short).state).toBe('timed-out');
  expect(detail(id).state).toBe('pending');
  for (let hour = 0; hour < 24; hour += 1) await pass(3_600_000);
  expect(detail(id).state).toBe('timed-out');
});

it('sends nothing of a call that is cancelled, or over, before the subscription stands', async () => {
  session.setSuback('wait');
  const id = rpc.start(asked);
  const other = rpc.start(asked);
  expect(rpc.cancel(id)).toBe(true);
  await pass(1001);
  expect(session.published).toEqual([]);
  expect(detail(id)).toMatchObject({ state: 'cancelled', request: null });
  expect(detail(other)).toMatchObject({ state: 'timed-out', request: null });
  expect(rpc.method(asked)).toBeNull();
});

it('says why the answer could not arrive, and asks again the next time', async () => {
  session.setSuback({ reason: 'Refused: Not authorized.', reasonCode: 0x87 });
  const id = rpc.start(asked);
  await settle();
  expect(detail(id)).toMatchObject({ state: 'failed', error: { name: 'PERMISSION_DENIED', origin: 'local' }, request: null });
  session.setSuback({ reason: null, reasonCode: 1 });
  rpc.start(asked);
  await settle();
  expect(session.published).toHaveLength(1);
});

it('fails when nobody is subscribed, when the broker refuses, and when the connection goes', async () => {
  const [nobody, refused, lost] = [rpc.start(asked), rpc.start(asked), rpc.start(asked)];
  await settle();
  session.published[0]?.acknowledge(true);
  session.published[1]?.refuse(new CodedError('publish-refused', 'The broker refused the message: Quota exceeded.', { data: { reasonCode: 0x97 } }));
  await settle();
  session.end({ code: 'connection-lost', message: 'The broker went away.' });
  expect(detail(nobody)).toMatchObject({ state: 'failed', errorText: 'No subscriber received the request on "edge/pump".' });
  expect(detail(refused)).toMatchObject({ error: { name: 'PUBLISH_FAILED', message: 'The broker refused the message: Quota exceeded.' } });
  expect(detail(lost)).toMatchObject({ error: { name: 'CONNECTION_LOST', message: 'The broker went away.' } });
  expect(rpc.method(asked)).toMatchObject({ calls: 3, failed: 3 });
});

it('lets a hundred calls wait, and no more', async () => {
  const ids = Array.from({ length: 101 }, () => rpc.start(asked));
  expect(detail(ids[100] as number)).toMatchObject({ state: 'failed', error: { code: 3004 } });
  expect(detail(ids[99] as number).state).toBe('pending');
  expect(rpc.cancel(ids[0] as number)).toBe(true);
  expect(detail(rpc.start(asked)).state).toBe('pending');
  await settle();
});

it('refuses at once what cannot be sent', () => {
  expect(() => rpc.start({ ...asked, dialect: 'jsonrpc', params: 5 })).toThrow('the params are an object or a list');
  expect(() => rpc.start({ ...asked, replyTo: 'a/#' })).toThrow('wildcard');
  setUp({ version: '3.1.1' });
  expect(() => rpc.start({ ...asked, dialect: 'mqttxx4' })).toThrow('needs the properties of MQTT 5');
  expect([...rpc.recent.newestFirst()]).toEqual([]);
});

it('still ends a call that the list has forgotten', async () => {
  const id = rpc.start({ ...asked, timeoutMs: 600_000 });
  await settle();
  for (let n = 0; n < 20_000; n += 1) receiveStray(n);
  expect(rpc.call(id)).toBeNull();
  expect([...rpc.recent.newestFirst()]).toHaveLength(20_000);
  receive(0, { result: 1 });
  expect([...rpc.recent.newestFirst()][0]).toMatchObject({ state: 'orphan', topic: 'elsewhere' });
  expect(rpc.method(asked)).toMatchObject({ succeeded: 1 });
});

function receiveStray(n: number): void {
  const payload = new TextEncoder().encode(JSON.stringify({ type: 'rpc_response', request_id: `stray-${n}-long`, result: 1 }));
  rpc.ingest('connection:lab', [
    { id: 1, timeUs: 1, topic: 'elsewhere', payload, qos: 0, retain: false, dup: false, direction: 'in', publisher: null, properties: null },
  ]);
}

it('writes what a request of gf_mqtt_client can say, and tells the code of its response', async () => {
  const envelope = { token: 't', correlationId: 'batch 7', methodAs: 'integer', qos: 2, requestId: 'my-id' } as const;
  const gf = { ...asked, dialect: 'gf', topic: 'gf_int_v1/demo/request/PUMP', method: 'PUT target', params: 5, envelope } as const;
  const id = rpc.start(gf);
  await settle();
  const sent = session.published[0]?.message;
  expect(sent).toMatchObject({ topic: 'gf_int_v1/demo/request/PUMP/my-id', qos: 2 });
  expect(JSON.parse(new TextDecoder().decode(sent?.payload))).toMatchObject({
    body: 5,
    header: { request_id: 'my-id', path: 'target', correlation_id: 'batch 7', token: 't', method: 3, source: 'caller' },
  });
  expect(detail(id)).toMatchObject({ state: 'pending', responseCode: null });
  const payload = new TextEncoder().encode(JSON.stringify({ header: { response_code: 204, path: 'target', request_id: 'my-id' }, body: null }));
  const topic = 'gf_int_v1/demo/response/PUMP/my-id';
  rpc.ingest('connection:lab', [
    { id: 1, timeUs: wallMs * 1000, topic, payload, qos: 0, retain: false, dup: false, direction: 'in', publisher: null, properties: null },
  ]);
  expect(detail(id)).toMatchObject({ state: 'ok', responseCode: 204, correlationId: 'batch 7' });
  expect(session.subscribed).toEqual([topic]);
  expect(session.unsubscribed).toEqual([topic]);
  expect(() => rpc.start({ ...gf, envelope: { requestId: 'a/b' } })).toThrow('The request id contains "/"');
  expect(() => rpc.start({ ...asked, envelope })).toThrow('belong to requests of gf_mqtt_client');
});
