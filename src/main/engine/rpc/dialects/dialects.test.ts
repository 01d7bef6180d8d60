import { expect, it, vi } from 'vitest';
import { rpcDialectSchema, type RpcDialect } from '../../../../shared/contract/rpc-dialects.ts';
import type { CallDetail, CallRow, RpcTreeRow } from '../../../../shared/contract/rpc.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { RecordFiles } from '../../workspace/index.ts';
import type { CallSession } from '../caller/call-session.ts';
import { createRpcService, type RpcService } from '../rpc-service.ts';
import { createRpcDialects, type RpcDialects } from './rpc-dialects.ts';

const shelly = rpcDialectSchema.parse({
  id: 'shelly',
  name: 'Shelly',
  profile: {
    request: { topic: '{topic}/rpc', id: '/id', method: '/method', params: '/params', fixed: { '/src': '{client}' } },
    response: { topic: '{client}/rpc', id: '/id', result: '/result', error: '/error/message', errorCode: '/error/code' },
    ids: 'number',
  },
});
/** Any topic may have requests, any topic below one an answer. */
const pair = rpcDialectSchema.parse({
  id: 'pair',
  name: 'Pair',
  profile: { request: { id: '/id', method: '/do', params: '/with' }, response: { topic: '{topic}/answer', id: '/id', result: '/ok', error: '/no' } },
});
const gateway = rpcDialectSchema.parse({
  id: 'gateway',
  name: 'Gateway',
  profile: { request: { topic: 'v1/me/request/{id}', method: '/method' }, response: { topic: 'v1/me/response/{id}', result: '' } },
});

function inMemory(records: RpcDialect[], fails = false): RecordFiles<RpcDialect> {
  const kept = new Map(records.map((record) => [record.id, record]));
  return {
    list: () => [...kept.values()],
    async save(record) {
      kept.set(record.id, record);
      if (fails) throw new Error('disk full');
    },
    async remove(id) {
      kept.delete(id);
    },
    async settle() {},
  };
}

interface Setting {
  readonly rpc: RpcService;
  readonly dialects: RpcDialects;
  readonly see: (topic: string, payload: unknown) => void;
  readonly rows: () => readonly CallRow[];
  readonly newest: () => CallDetail;
  readonly tree: () => readonly RpcTreeRow[];
  readonly published: { readonly topic: string; readonly payload: Uint8Array }[];
}

function setUp(...own: RpcDialect[]): Setting {
  const published: Setting['published'] = [];
  const session: CallSession = {
    clientId: 'me',
    version: '5',
    covering: () => ({ filter: '#', askedQos: 1, grantedQos: 1 }),
    subscribe: async () => ({ reason: null, reasonCode: 0 }),
    unsubscribe: async () => undefined,
    async publish(message) {
      published.push(message);
      return { noSubscribers: false, note: null };
    },
    onEnd: () => () => undefined,
    hold: () => undefined,
    release: () => undefined,
  };
  let timeUs = 1_700_000_000_000_000;
  let id = 0;
  const dialects = createRpcDialects(inMemory(own), () => '7fffffff-0000-4000-8000-000000000000');
  const rpc = createRpcService({
    now: () => timeUs / 1000,
    clock: () => timeUs / 1000,
    newId: () => '00000007-0000-4000-8000-000000000000',
    dialects: dialects.registry,
    sessions: { open: () => session, close: async () => undefined },
    onBug: (error) => {
      throw error;
    },
  });
  const rows = (): readonly CallRow[] => [...rpc.recent.newestFirst()];
  return {
    rpc,
    dialects,
    published,
    rows,
    see(topic, payload) {
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
      const common = { qos: 1, retain: false, dup: false, direction: 'in', publisher: null, properties: null } as const;
      rpc.ingest('connection:lab', [{ id: (id += 1), timeUs: (timeUs += 5000), topic, payload: new TextEncoder().encode(text), ...common }]);
    },
    newest: () => rpc.call(rows()[0]?.id ?? 0) as CallDetail,
    tree() {
      const view = rpc.openTree('connection:lab', { first: 0, count: 100, filter: '' });
      for (const { key } of view.frame()?.rows ?? []) view.setExpanded(key, true);
      return view.frame()?.rows ?? [];
    },
  };
}

it('sees calls of others in a dialect of the user, and whose they are', () => {
  const { see, newest, rows, tree } = setUp(shelly);
  see('plug-1/rpc', { id: 4, src: 'app', method: 'Switch.Set', params: { on: true } });
  see('app/rpc', { id: 4, src: 'plug-1', dst: 'app', result: { was_on: false } });
  expect(rows()).toHaveLength(1);
  expect(newest()).toMatchObject({
    dialect: 'custom:shelly',
    topic: 'plug-1',
    method: 'Switch.Set',
    callerId: 'app',
    state: 'ok',
    params: { on: true },
    result: { was_on: false },
    replyTo: 'app/rpc',
  });
  see('plug-1/rpc', { id: 5, src: 'app', method: 'Nope' });
  see('app/rpc', { id: 5, src: 'plug-1', dst: 'app', error: { code: 404, message: 'No handler for Nope' } });
  expect(newest()).toMatchObject({ state: 'failed', error: { name: 'METHOD_NOT_FOUND', peerCode: 404 } });
  expect(tree().map(({ kind, topic, method, calls }) => [kind, topic, method, calls])).toEqual([
    ['service', 'plug-1', null, 2],
    ['method', 'plug-1', 'Nope', 1],
    ['method', 'plug-1', 'Switch.Set', 1],
  ]);
});

it('calls in it, and takes the answer for its own', async () => {
  const { rpc, published, see, newest } = setUp(shelly);
  rpc.start({ source: 'connection:lab', dialect: 'custom:shelly', topic: 'plug-1', method: 'Switch.Toggle', params: null });
  await vi.waitFor(() => expect(published).toHaveLength(1));
  expect([published[0]?.topic, new TextDecoder().decode(published[0]?.payload)]).toEqual([
    'plug-1/rpc',
    '{"params":null,"src":"me","id":7,"method":"Switch.Toggle"}',
  ]);
  see('me/rpc', { id: 7, src: 'plug-1', result: { was_on: true } });
  expect(newest()).toMatchObject({ own: true, state: 'ok', topic: 'plug-1', result: { was_on: true } });
  await rpc.close();
});

it('names a service that no topic names by the form of the topics, whoever calls', async () => {
  const { rpc, see, tree } = setUp(gateway);
  see('v1/me/request/12', { method: 'reboot', params: null });
  rpc.start({ source: 'connection:lab', dialect: 'custom:gateway', topic: 'anything', method: 'reboot', params: null });
  expect(tree().map(({ topic, method }) => [topic, method])).toEqual([
    ['v1/me/request/{id}', null],
    ['v1/me/request/{id}', 'reboot'],
  ]);
  await rpc.close();
});

it('lets the four go first where its topics say nothing, and comes first where they do', () => {
  const envelope = { jsonrpc: '2.0', id: 1, method: 'x', do: 'y' };
  const general = setUp(pair);
  general.see('edge/a', envelope);
  expect(general.newest()).toMatchObject({ dialect: 'jsonrpc', method: 'x' });
  general.see('edge/b', { id: 1, do: 'y', with: 3 });
  expect(general.newest()).toMatchObject({ dialect: 'custom:pair', topic: 'edge/b', method: 'y', params: 3 });
  general.see('edge/b/answer', { id: 1, ok: 4 });
  expect(general.newest()).toMatchObject({ state: 'ok', result: 4 });
  const specific = setUp(shelly);
  specific.see('edge/rpc', { ...envelope, src: 'app' });
  expect(specific.newest()).toMatchObject({ dialect: 'custom:shelly', topic: 'edge' });
});

it('passes by what only has the form of its topics', () => {
  const { see, rows } = setUp(shelly, pair, gateway);
  for (const payload of ['21.5', '', '{"temperature":21.5}', '{"id":7}', '{broken "id" "method"', '{"a":["id","method"]}', '["id","method"]'])
    for (const topic of ['edge/rpc', 'edge/status', 'edge/answer', 'v1/me/response']) see(topic, payload);
  expect(rows()).toEqual([]);
});

it('shows what is damaged on the topic of a service that it knows', () => {
  const { see, rows } = setUp(shelly);
  see('plug-1/rpc', { id: 4, src: 'app', method: 'Switch.Set' });
  see('plug-1/rpc', '{broken');
  expect(rows().map(({ state, errorText }) => [state, errorText])[0]).toEqual(['failed', 'The message cannot be read: not JSON.']);
});

it('is not called any more once it is removed, while its calls can be read', async () => {
  const { rpc, dialects, see, newest, rows } = setUp(shelly);
  see('plug-1/rpc', { id: 4, src: 'app', method: 'Switch.Set', params: { on: true } });
  await dialects.remove('shelly');
  expect(dialects.list()).toEqual([]);
  expect(newest()).toMatchObject({ dialect: 'custom:shelly', method: 'Switch.Set', params: { on: true } });
  see('plug-2/rpc', { id: 9, src: 'app', method: 'Switch.Set' });
  expect(rows()).toHaveLength(1);
  const again = { source: 'connection:lab', dialect: 'custom:shelly', topic: 'plug-1', method: 'Switch.Set', params: null } as const;
  expect(() => rpc.start(again)).toThrow('The dialect "shelly" does not exist (any more).');
});

it('reads what was seen as it was read then, when it is described anew', async () => {
  const { dialects, see, newest, rpc, rows } = setUp(shelly);
  see('plug-1/rpc', { id: 4, src: 'app', method: 'Switch.Set', params: { on: true } });
  const first = newest().id;
  await dialects.save({ ...shelly, profile: { ...shelly.profile, request: { ...shelly.profile.request, params: '/args' } } });
  see('plug-1/rpc', { id: 5, src: 'app', method: 'Switch.Set', args: 1 });
  expect(newest()).toMatchObject({ params: 1 });
  expect(rpc.call(first)).toMatchObject({ params: { on: true } });
  expect(rows()).toHaveLength(2);
});

it('is in use although it could not be written, and has room for 50', async () => {
  const unwritable = createRpcDialects(inMemory([], true), () => '');
  await expect(unwritable.save(shelly)).rejects.toThrow('disk full');
  expect(unwritable.registry.get('custom:shelly')).toBeDefined();
  const { dialects } = setUp(...Array.from({ length: 50 }, (_, n) => ({ ...pair, id: `d${n}` })));
  await expect(dialects.save({ ...pair, id: 'd51' })).rejects.toThrow('No more than 50');
  await dialects.save({ ...pair, id: 'd7', name: 'A' });
  expect(dialects.list()[0]?.name).toBe('A');
});

it('tries a profile that may be wrong', () => {
  const { dialects } = setUp();
  const { profile } = shelly;
  const message = { topic: 'plug-1/rpc', payload: '{"id":4,"src":"app","method":"Get","params":[1]}' };
  expect(dialects.test(profile, { message, call: { topic: 'plug-1', method: 'Get', params: 1 } })).toEqual({
    problems: [],
    reading: { kind: 'request', requestId: '4', topic: 'plug-1', method: 'Get', params: [1], replyTo: 'app/rpc', callerId: 'app' },
    request: { topic: 'plug-1/rpc', payload: '{"params":1,"src":"workbench-rpc","id":2147483647,"method":"Get"}', replyTo: 'workbench-rpc/rpc' },
  });
  const reading = (payload: string): unknown => dialects.test(profile, { message: { topic: 'app/rpc', payload } }).reading;
  expect(reading('{"id":4,"result":1}')).toEqual({ kind: 'response', requestId: '4', result: 1 });
  expect(reading('{"id":4,"error":{"message":"no"}}')).toEqual({ kind: 'response', requestId: '4', errorText: 'no' });
  expect(reading('{')).toEqual({ kind: 'invalid', reason: 'not JSON' });
  expect(dialects.test(profile, { message: { topic: 'app', payload: '{}' } }).reading).toEqual({ kind: 'other', reason: 'another topic' });
  expect(dialects.test(profile, { call: { topic: 'a/#', method: 'm', params: null } }).request).toEqual({ problem: expect.stringContaining('a/#/rpc') });
  const wrong = dialects.test({ request: { topic: '{a}{id}', id: 'x' }, response: { topic: '' }, ids: 'none' }, { message });
  expect(wrong.reading).toBeNull();
  expect(wrong.problems.map(({ path }) => path)).toEqual(['request.topic', 'request.id', 'response.topic', 'ids']);
  for (const nonsense of [null, 5, [], 'x', {}]) expect(dialects.test(nonsense, {}).problems).not.toEqual([]);
});

it('costs messages that match nothing next to nothing, on topics made to be hard as well', () => {
  const { dialects } = setUp(...Array.from({ length: 50 }, (_, n) => ({ ...shelly, id: `d${n}` })));
  const record = {
    topic: 'edge/demo/telemetry',
    payload: new TextEncoder().encode(`{"temperature":21.5,"note":"${'x'.repeat(300)}"}`),
  } satisfies Partial<MessageRecord>;
  const started = performance.now();
  for (let n = 0; n < 100_000; n += 1) if (dialects.registry.plausible(record.topic, record.payload).length > 0) throw new Error('taken for a call');
  for (let n = 0; n < 50; n += 1) dialects.registry.candidates(`${'/rpc-'.repeat(10_000)}${n}`);
  expect(performance.now() - started).toBeLessThan(2000);
});
