import { afterEach, expect, it, vi } from 'vitest';
import { callHistoryContract, type CallFilter, type CallsFrame } from '../../../shared/contract/call-history.ts';
import { rpcContract, type CallDetail } from '../../../shared/contract/rpc.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { fillJsonTemplate, fillTemplate } from '../../../shared/template/index.ts';
import type { EnvironmentsView } from '../../../shared/contract/environments.ts';
import { serveForTests, testPacing, until, type ServedEngine } from '../serve-for-tests.ts';
import { noFilter } from './calls-filter.ts';
import { methodKey } from './rpc-words.ts';
import { variablesOf } from './variables.ts';
import { createRpcStore, sourceState, type RpcStore, type SourceState } from './rpc-store.ts';

const { 'rpc.call': call, 'rpc.tree': tree } = rpcContract;
const { 'callHistory.list': list, 'callHistory.setWindow': setWindow } = callHistoryContract;

let served: ServedEngine | undefined;
let store: RpcStore | undefined;
afterEach(() => {
  store?.close();
  served?.close();
});

const get = { dialect: 'mqttxx2', topic: 'edge/a', method: 'get' } as const;
const set = { ...get, method: 'set' } as const;

interface Backend {
  readonly made: unknown[];
  readonly filters: CallFilter[];
  readonly windows: { readonly first: number; readonly frozen: boolean }[];
  sink: StreamSink<CallsFrame> | undefined;
  refuse: CodedError | undefined;
}

function open(): readonly [RpcStore, Backend, () => SourceState] {
  const backend: Backend = { made: [], filters: [], windows: [], sink: undefined, refuse: undefined };
  served = serveForTests(
    { 'rpc.call': call, 'callHistory.list': list, 'callHistory.setWindow': setWindow, 'rpc.tree': tree },
    {
      'rpc.tree': (_view, sink) => void sink.send({ firstRow: 0, rows: [], totalRows: 0, serviceCount: 0, methodCount: 0, matches: null, leftOut: 0 }),
      'rpc.call': (input) => {
        if (backend.refuse) throw backend.refuse;
        return { id: backend.made.push(input) };
      },
      'callHistory.list': ({ filter, first, frozen }, sink) => {
        backend.filters.push(filter);
        backend.windows.push({ first, frozen });
        backend.sink = sink;
      },
      'callHistory.setWindow': ({ first, frozen }) => void backend.windows.push({ first, frozen }),
    },
  );
  const made = createRpcStore(served.engine, testPacing);
  store = made;
  return [made, backend, () => sourceState(made.state.getState(), 'broker')];
}

it('remembers for each method what was written and what was answered last', async () => {
  const [rpc, , state] = open();
  rpc.select('broker', get);
  rpc.edit('broker', { params: '{"a": 1}' });
  await rpc.call('broker');
  rpc.select('broker', set);
  expect(state()).toMatchObject({ draft: { method: 'set', params: '', paramsFrom: 'nothing' }, shownCall: null });
  rpc.offerParams('broker', methodKey(set), '7');
  rpc.select('broker', get);
  expect(state()).toMatchObject({ draft: { method: 'get', params: '{"a": 1}', paramsFrom: 'typed' }, shownCall: 1 });
  rpc.select('broker', set);
  // What was only offered may be offered anew.
  expect(state().draft.paramsFrom).toBe('nothing');
});

it('takes the dialect that is heard on the topic, until another one is chosen', async () => {
  const [rpc, backend, state] = open();
  rpc.edit('broker', { topic: 'edge/a', method: 'get', params: '1' });
  rpc.resolveDialect('broker', 'edge/b', 'mqtt5');
  expect(state().draft).toMatchObject({ auto: true, dialect: 'mqttxx2' });
  rpc.resolveDialect('broker', 'edge/a', 'jsonrpc');
  expect(state().draft).toMatchObject({ auto: true, dialect: 'jsonrpc', params: '1' });
  await rpc.call('broker');
  rpc.edit('broker', { auto: false, dialect: 'mqttxx4' });
  rpc.resolveDialect('broker', 'edge/a', 'jsonrpc');
  await rpc.call('broker');
  expect(backend.made).toMatchObject([{ dialect: 'auto' }, { dialect: 'mqttxx4' }]);
  rpc.select('broker', set);
  expect(state().draft).toMatchObject({ auto: false, dialect: 'mqttxx2' });
});

it('sends nothing while something is wrong, and says so', async () => {
  const [rpc, backend, state] = open();
  rpc.select('broker', get);
  rpc.edit('broker', { params: '{' });
  expect(state().reveal).toBe(false);
  expect(await rpc.call('broker')).toBe(false);
  expect(state().reveal).toBe(true);
  expect(backend.made).toEqual([]);
});

it('keeps the reason why a call was refused until something changes', async () => {
  const [rpc, backend, state] = open();
  backend.refuse = new CodedError('invalid-state', 'Not connected.', { advice: 'Connect first.' });
  rpc.select('broker', get);
  expect(await rpc.call('broker')).toBe(false);
  expect(state()).toMatchObject({ calling: false, refused: { message: 'Not connected.' }, shownCall: null });
  rpc.edit('broker', { method: 'gets' });
  expect(state().refused).toBeNull();
});

it('repeats a call of the list as it was, and puts one into the builder', async () => {
  const [rpc, backend, state] = open();
  const seen = {
    ...{
      id: 5,
      source: 'broker',
      callerId: 'panel',
      own: false,
      state: 'ok',
      duplicates: 0,
      timeUs: 1,
      elapsedMs: 1,
      responseCode: null,
      correlationId: null,
      errorText: null,
    },
    ...{ params: [1], replyTo: 'r', requestId: '1', timeoutMs: null, replySubscription: null, request: null, answers: [], steps: [] },
    ...get,
  } satisfies CallDetail;
  rpc.setTab('broker', 'calls');
  await rpc.repeat('broker', seen);
  expect(backend.made).toEqual([{ source: 'broker', ...get, params: [1], timeoutMs: 30_000 }]);
  expect(state()).toMatchObject({ tab: 'calls', selectedCall: 1, draft: { method: '' } });
  rpc.load('broker', seen);
  expect(state()).toMatchObject({ tab: 'call', shownCall: 5, draft: { method: 'get' } });
});

it('reads no braces of a call that was seen, or of a method, as variables', async () => {
  const [rpc, backend, state] = open();
  const braces = { dialect: 'mqttxx2', topic: 'edge/{{a}}', method: 'get' } as const;
  const seen = {
    ...{ id: 5, source: 'broker', callerId: 'me', own: true, state: 'ok', duplicates: 0, timeUs: 1, elapsedMs: 1, responseCode: null, correlationId: null },
    ...{ errorText: null, params: ['{{n}}'], replyTo: 'r', requestId: '1', timeoutMs: null, replySubscription: null, request: null, answers: [], steps: [] },
    ...braces,
  } satisfies CallDetail;
  const sent = { ...braces, params: ['{{n}}'], replyTo: 'r', callerId: 'me' };
  await rpc.repeat('broker', seen);
  expect(backend.made.at(-1)).toEqual(expect.objectContaining(sent));
  rpc.load('broker', seen);
  expect(await rpc.call('broker', variablesOf({ environments: [], activeId: null } as unknown as EnvironmentsView))).toBe(true);
  const [made] = backend.made.slice(-1) as { topic: string; params: string }[];
  const { topic = '', params = '' } = made ?? {};
  expect(backend.made.at(-1)).toMatchObject({ variables: true });
  expect([topic, params].map((text) => fillTemplate(text, {}, {}))).toEqual([{ text: 'edge/{{a}}' }, expect.anything()]);
  expect(fillJsonTemplate(params, {}, {})).toEqual({ value: ['{{n}}'] });
  rpc.select('broker', { ...braces, method: 'set' });
  rpc.select('broker', braces);
  expect(state()).toMatchObject({ draft: { topic, params } });
});

it('forgets the numbers of calls when another run of the engine answers', async () => {
  const [rpc, , state] = open();
  const tree = rpc.treeOf('broker');
  await until(tree.notifier, () => tree.loaded);
  rpc.select('broker', get);
  rpc.edit('broker', { params: '1' });
  await rpc.call('broker');
  expect(state().shownCall).toBe(1);
  served?.restart();
  await vi.waitFor(() => expect(state()).toMatchObject({ shownCall: null, selectedCall: null, draft: { method: 'get', params: '1' } }));
  rpc.select('broker', set);
  rpc.select('broker', get);
  expect(state()).toMatchObject({ shownCall: null, draft: { params: '1' } });
});

const callsFrame = (change: Partial<CallsFrame> = {}): CallsFrame => ({
  ...{ firstRow: 0, rows: [], total: 5000, looked: null, fresh: 0, notStored: 0, problem: null },
  ...change,
});

it('asks for the calls around what is visible, and holds the list still away from its beginning', async () => {
  const [rpc, backend] = open();
  const view = rpc.openCalls('broker');
  await vi.waitFor(() => expect(backend.windows).toEqual([{ first: 0, frozen: false }]));
  await backend.sink?.send(callsFrame({ notStored: 3 }));
  await until(view.notifier, () => view.status.total === 5000);
  expect(view.status).toMatchObject({ notStored: 3, paused: false, following: true });
  view.setFollowing(false);
  view.show(400, 430);
  view.show(401, 431);
  await vi.waitFor(() => expect(backend.windows.at(-1)).toEqual({ first: 360, frozen: true }));
  const asked = backend.windows.length;
  view.setPaused(true);
  view.setFollowing(true);
  await vi.waitFor(() => expect(backend.windows.length).toBeGreaterThan(asked));
  expect(backend.windows.at(-1)?.frozen).toBe(true);
  view.jumpToNewest();
  await vi.waitFor(() => expect(backend.windows.at(-1)?.frozen).toBe(false));
  view.close();
});

it('searches once typing has ended, and at once for any other filter', async () => {
  const [rpc, backend] = open();
  const view = rpc.openCalls('broker');
  await vi.waitFor(() => expect(backend.filters).toHaveLength(1));
  for (const text of ['p', 'pu', 'pum', 'pump']) view.setFilter({ ...noFilter, text });
  await vi.waitFor(() => expect(backend.filters).toEqual([{ source: 'broker' }, { source: 'broker', text: 'pump' }]));
  // What makes no difference is not asked again.
  view.setFilter({ ...noFilter, text: 'pump', from: 'nonsense' });
  view.setFilter({ ...noFilter, text: 'pump', choice: 'repeated', who: 'own', slowerThanMs: 5 });
  await vi.waitFor(() => expect(backend.filters.at(-1)).toEqual({ source: 'broker', text: 'pump', repeated: true, own: true, slowerThanMs: 5 }));
  expect(backend.filters).toHaveLength(3);
  view.close();
});

it('shows the calls of a method alone, without the filter of before', () => {
  const [rpc, , state] = open();
  rpc.setCallsFilter({ text: 'x', choice: 'late' });
  rpc.showCalls('broker', get);
  expect(state().tab).toBe('calls');
  expect(rpc.state.getState().callsFilter).toEqual({ ...noFilter, topic: 'edge/a', method: 'get' });
});
