import { afterEach, expect, it, vi } from 'vitest';
import { rpcContract, type CallDetail, type CallsPage } from '../../../shared/contract/rpc.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { serveForTests, testPacing, until, type ServedEngine } from '../serve-for-tests.ts';
import { methodKey } from './rpc-words.ts';
import { createRpcStore, sourceState, type RpcStore, type SourceState } from './rpc-store.ts';

const { 'rpc.call': call, 'rpc.calls': calls, 'rpc.tree': tree } = rpcContract;

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
  readonly pages: { readonly offset: number; readonly limit: number }[];
  sink: StreamSink<CallsPage> | undefined;
  refuse: CodedError | undefined;
}

function open(): readonly [RpcStore, Backend, () => SourceState] {
  const backend: Backend = { made: [], pages: [], sink: undefined, refuse: undefined };
  served = serveForTests(
    { 'rpc.call': call, 'rpc.calls': calls, 'rpc.tree': tree },
    {
      'rpc.tree': (_view, sink) => void sink.send({ firstRow: 0, rows: [], totalRows: 0, serviceCount: 0, methodCount: 0, leftOut: 0 }),
      'rpc.call': (input) => {
        if (backend.refuse) throw backend.refuse;
        return { id: backend.made.push(input) };
      },
      'rpc.calls': ({ offset, limit }, sink) => {
        backend.pages.push({ offset, limit });
        backend.sink = sink;
      },
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
    ...{ id: 5, source: 'broker', callerId: 'panel', own: false, state: 'ok', duplicates: 0, timeUs: 1, elapsedMs: 1, errorText: null },
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

it('asks for the page of calls around what is visible, and starts over with another filter', async () => {
  const [rpc, backend] = open();
  const list = rpc.openCalls('broker');
  await vi.waitFor(() => expect(backend.pages).toEqual([{ offset: 0, limit: 100 }]));
  await backend.sink?.send({ rows: [], total: 5000, forgotten: 3 });
  await until(list.notifier, () => list.total === 5000);
  expect(list.forgotten).toBe(3);
  list.show(10, 40);
  list.show(400, 430);
  list.show(405, 435);
  await vi.waitFor(() => expect(backend.pages.slice(1)).toEqual([{ offset: 350, limit: 150 }]));
  // The page before stays until the new one is here.
  expect(list.total).toBe(5000);
  list.setFilter({ states: ['ok'], text: '' });
  await vi.waitFor(() => expect(backend.pages.at(-1)).toMatchObject({ offset: 0 }));
  list.close();
});
