import { afterEach, expect, it, vi } from 'vitest';
import { rpcContract, type RpcTreeFrame, type RpcTreeRow, type RpcTreeView as RpcTreeViewInput } from '../../../shared/contract/rpc.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { serveForTests, testPacing, until, type ServedEngine } from '../serve-for-tests.ts';
import { RpcTreeView } from './rpc-tree-view.ts';

const { 'rpc.tree': tree, 'rpc.setTreeView': setTreeView, 'rpc.setExpanded': setExpanded } = rpcContract;

const row = (key: string, change: Partial<RpcTreeRow> = {}): RpcTreeRow => ({
  key,
  kind: 'service',
  dialect: 'mqttxx2',
  topic: key,
  method: null,
  expanded: false,
  methodCount: 2,
  calls: 1,
  failures: 0,
  pending: 0,
  p50Ms: null,
  lastCode: null,
  lastAt: 1,
  addedByHand: false,
  presence: null,
  positionInSet: 1,
  setSize: 1,
  ...change,
});
const frame = (rows: readonly RpcTreeRow[], change: Partial<RpcTreeFrame> = {}): RpcTreeFrame => ({
  firstRow: 0,
  rows,
  totalRows: rows.length,
  serviceCount: rows.length,
  methodCount: 2,
  matches: null,
  leftOut: 0,
  ...change,
});

interface Backend extends ServedEngine {
  readonly opened: RpcTreeViewInput[];
  readonly views: RpcTreeViewInput[];
  readonly expansions: (readonly [string, boolean])[];
  sink: StreamSink<RpcTreeFrame> | undefined;
}

let served: Backend | undefined;
let view: RpcTreeView | undefined;
afterEach(() => {
  view?.close();
  served?.close();
});

async function open(filter = ''): Promise<readonly [Backend, RpcTreeView]> {
  const state: Omit<Backend, keyof ServedEngine> = { opened: [], views: [], expansions: [], sink: undefined };
  const engine = serveForTests(
    { 'rpc.tree': tree, 'rpc.setTreeView': setTreeView, 'rpc.setExpanded': setExpanded },
    {
      'rpc.tree': ({ source: _source, dialects: _dialects, ...input }, sink) => {
        state.opened.push(input);
        state.sink = sink;
      },
      'rpc.setTreeView': (input) => void state.views.push(input),
      'rpc.setExpanded': ({ key, expanded }) => void state.expansions.push([key, expanded]),
    },
  );
  const backend = (served = Object.assign(state, engine));
  view = new RpcTreeView(backend.engine, 'broker', 'v', testPacing, filter, () => undefined);
  await vi.waitFor(() => expect(backend.sink).toBeDefined());
  return [backend, view];
}

it('shows rows at their positions and keeps those that did not change', async () => {
  const [backend, shown] = await open();
  await backend.sink?.send(frame([row('a'), row('b')], { firstRow: 10, totalRows: 100 }));
  await until(shown.notifier, () => shown.loaded);
  const [a, b] = [shown.row(10), shown.row(11)];
  expect([a?.key, shown.row(9), shown.totals.totalRows]).toEqual(['a', undefined, 100]);
  await backend.sink?.send(frame([row('a'), row('b', { calls: 2 })], { firstRow: 10, totalRows: 100 }));
  await until(shown.notifier, () => shown.row(11) !== b);
  expect(shown.row(10)).toBe(a);
});

it('asks for what is visible and some more, never for more than the contract allows', async () => {
  const [backend, shown] = await open();
  shown.show(100, 30);
  shown.show(101, 30);
  await vi.waitFor(() => expect(backend.views).toMatchObject([{ first: 60, count: 120 }]));
  shown.show(0, 5000);
  await vi.waitFor(() => expect(backend.views.at(-1)).toMatchObject({ first: 0, count: 500 }));
});

it('opens the services of a small tree by itself, until the user closes one', async () => {
  const [backend, shown] = await open();
  await backend.sink?.send(frame([row('a'), row('a m', { kind: 'method', method: 'm' }), row('b', { expanded: true })]));
  await vi.waitFor(() => expect(backend.expansions).toEqual([['a', true]]));
  await shown.setExpanded('a', false);
  await backend.sink?.send(frame([row('a'), row('c')]));
  await until(shown.notifier, () => shown.row(1)?.key === 'c');
  expect(backend.expansions).toEqual([
    ['a', true],
    ['a', false],
  ]);
});

it.each([
  ['a large tree', '', 201],
  ['a filtered tree', 'x', 2],
])('leaves %s as it is', async (_what, filter, methodCount) => {
  const [backend, shown] = await open(filter);
  await backend.sink?.send(frame([row('a')], { methodCount }));
  await until(shown.notifier, () => shown.loaded);
  expect(backend.expansions).toEqual([]);
});

it('comes back as it was after the engine was restarted', async () => {
  const [backend, shown] = await open();
  shown.show(0, 10);
  shown.setFilter('get');
  await shown.setExpanded('a', true);
  await vi.waitFor(() => expect(backend.views.at(-1)?.filter).toBe('get'));
  backend.expansions.length = 0;
  backend.restart();
  await vi.waitFor(() => expect(backend.opened).toHaveLength(2));
  expect(backend.opened[1]).toMatchObject({ filter: 'get', count: 60 });
  await vi.waitFor(() => expect(backend.expansions).toEqual([['a', true]]));
});
