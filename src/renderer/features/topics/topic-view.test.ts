import { afterEach, expect, it, vi } from 'vitest';
import { topicsContract, type TopicRow, type TopicsFrame, type TopicView as TopicViewInput } from '../../../shared/contract/topics.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { serveForTests, testPacing, until, type ServedEngine } from '../serve-for-tests.ts';
import { TopicView } from './topic-view.ts';

function topicRow(path: string, change: Partial<TopicRow> = {}): TopicRow {
  return {
    path,
    name: path,
    depth: 0,
    expanded: false,
    childCount: 0,
    topicCount: 1,
    messageCount: 1,
    ownMessageCount: 1,
    preview: '1',
    previewKind: 'text',
    retained: false,
    rate: 0,
    lastTimeUs: 1,
    positionInSet: 1,
    setSize: 1,
    ...change,
  };
}

const frame = (rows: readonly TopicRow[], change: Partial<TopicsFrame> = {}): TopicsFrame => ({
  firstRow: 0,
  rows,
  totalRows: rows.length,
  topicCount: rows.length,
  messageCount: rows.length,
  rate: 0,
  matchCount: null,
  ...change,
});

interface Backend extends ServedEngine {
  readonly watched: TopicViewInput[];
  readonly views: TopicViewInput[];
  readonly expansions: { readonly path: string; readonly expanded: boolean }[];
  sink: StreamSink<TopicsFrame> | undefined;
  hold: Promise<void>;
}

let served: Backend | undefined;
let view: TopicView | undefined;
afterEach(() => {
  view?.close();
  served?.close();
});

function start(): Backend {
  const state: Omit<Backend, keyof ServedEngine> = { watched: [], views: [], expansions: [], sink: undefined, hold: Promise.resolve() };
  const engine = serveForTests(topicsContract, {
    'topics.watch': ({ source: _source, ...input }, sink) => {
      state.watched.push(input);
      state.sink = sink;
    },
    'topics.setView': async (input) => {
      state.views.push(input);
      await state.hold;
    },
    'topics.setExpanded': ({ path, expanded }) => void state.expansions.push({ path, expanded }),
    'topics.reveal': () => ({ row: 7 }),
    'topics.rowAt': ({ row }) => topicRow(`row-${row}`),
    'topics.clear': () => undefined,
  });
  served = Object.assign(state, engine);
  return served;
}

const open = (backend: Backend): TopicView => (view = new TopicView(backend.engine, 'broker', 'v', testPacing, { filter: '', sort: 'name' }));

it('shows the rows of a frame at their positions and keeps unchanged row objects', async () => {
  const backend = start();
  const tree = open(backend);
  await vi.waitFor(() => expect(backend.sink).toBeDefined(), 20_000);
  await backend.sink?.send(frame([topicRow('a'), topicRow('b')], { firstRow: 10, totalRows: 100 }));
  await until(tree.notifier, () => tree.loaded);
  expect(tree.row(10)?.path).toBe('a');
  expect(tree.row(9)).toBeUndefined();
  expect(tree.totals.totalRows).toBe(100);
  const [a, b] = [tree.row(10), tree.row(11)];
  await backend.sink?.send(frame([topicRow('a'), topicRow('b', { messageCount: 2 })], { firstRow: 10, totalRows: 100 }));
  await until(tree.notifier, () => tree.row(11) !== b);
  expect(tree.row(10)).toBe(a);
  expect(tree.row(11)?.messageCount).toBe(2);
});

it('asks for a window around what is visible, and not again for small scrolls', async () => {
  const backend = start();
  const tree = open(backend);
  tree.show(100, 30);
  tree.show(101, 30);
  await vi.waitFor(() => expect(backend.views).toHaveLength(1), 20_000);
  expect(backend.views[0]).toMatchObject({ first: 60, count: 120 });
});

it('has one view change under way and sends only the newest after it', async () => {
  const backend = start();
  let release: () => void = () => undefined;
  backend.hold = new Promise((resolve) => (release = resolve));
  const tree = open(backend);
  for (const filter of ['t', 'te', 'temp']) tree.setFilter(filter);
  await vi.waitFor(() => expect(backend.views).toHaveLength(1), 20_000);
  release();
  await vi.waitFor(() => expect(backend.views).toHaveLength(2), 20_000);
  expect(backend.views.map((input) => input.filter)).toEqual(['t', 'temp']);
});

it('takes its view and its open branches along to a restarted engine', async () => {
  const backend = start();
  const tree = open(backend);
  await tree.setExpanded('a', true);
  await tree.setExpanded('a/b', true);
  tree.setFilter('temp');
  await vi.waitFor(() => expect(backend.views).toHaveLength(1), 20_000);
  backend.expansions.length = 0;
  backend.restart();
  await vi.waitFor(() => expect(backend.expansions).toHaveLength(2), 20_000);
  expect(backend.expansions.map(({ path }) => path)).toEqual(['a', 'a/b']);
  expect(backend.watched.at(-1)).toMatchObject({ viewId: 'v', filter: 'temp' });
});

it('takes along what stands open without the user having opened it', async () => {
  const backend = start();
  const tree = open(backend);
  await vi.waitFor(() => expect(backend.sink).toBeDefined(), 20_000);
  await tree.setExpanded('a', true);
  await backend.sink?.send(frame([topicRow('a', { childCount: 1, expanded: true }), topicRow('a/b', { childCount: 1, expanded: true }), topicRow('a/b/c')]));
  await until(tree.notifier, () => tree.loaded);
  backend.expansions.length = 0;
  backend.restart();
  await vi.waitFor(() => expect(backend.expansions).toHaveLength(2), 20_000);
  expect(backend.expansions.map(({ path }) => path)).toEqual(['a', 'a/b']);
});

it('reads far rows from the engine and near ones from here', async () => {
  const backend = start();
  const tree = open(backend);
  await vi.waitFor(() => expect(backend.sink).toBeDefined(), 20_000);
  await backend.sink?.send(frame([topicRow('near')]));
  await until(tree.notifier, () => tree.loaded);
  expect((await tree.rowAt(0))?.path).toBe('near');
  expect((await tree.rowAt(500))?.path).toBe('row-500');
  expect(await tree.reveal('x/y')).toBe(7);
});

it('opens a small tree by itself, until the user closes a branch', async () => {
  const backend = start();
  const tree = open(backend);
  await vi.waitFor(() => expect(backend.sink).toBeDefined(), 20_000);
  await backend.sink?.send(frame([topicRow('a', { childCount: 2 })]));
  await vi.waitFor(() => expect(backend.expansions).toEqual([{ path: 'a', expanded: true }]), 20_000);
  await tree.setExpanded('a', false);
  await backend.sink?.send(frame([topicRow('a', { childCount: 2 }), topicRow('b', { childCount: 1 })]));
  await until(tree.notifier, () => tree.row(1)?.path === 'b');
  expect(backend.expansions).toHaveLength(2);
});

it('leaves a large tree closed', async () => {
  const backend = start();
  const tree = open(backend);
  await vi.waitFor(() => expect(backend.sink).toBeDefined(), 20_000);
  await backend.sink?.send(frame([topicRow('a', { childCount: 2 })], { topicCount: 51 }));
  await until(tree.notifier, () => tree.loaded);
  expect(backend.expansions).toEqual([]);
});
