import { expect, it } from 'vitest';
import { IndexBounds, MethodIndex } from './method-index.ts';
import { TreeView } from './tree-view.ts';

const all = { first: 0, count: 100, filter: '' };
const key = 'mqttxx2\u0000edge/pump';

function pumps(): MethodIndex {
  const index = new MethodIndex(new IndexBounds());
  for (const method of ['stop', 'start', 'run2', 'run10']) index.grow({ dialect: 'mqttxx2', topic: 'edge/pump', method });
  index.grow({ dialect: 'jsonrpc', topic: 'edge/valve', method: 'open' });
  return index;
}
const names = (view: TreeView): unknown => view.frame()?.rows.map(({ topic, method }) => method ?? topic);

it('shows services, and of the open ones their methods, in the order of names', () => {
  const view = new TreeView(pumps(), all);
  expect(names(view)).toEqual(['edge/pump', 'edge/valve']);
  view.setExpanded(key, true);
  const frame = view.frame();
  expect(frame?.rows.map(({ method }) => method)).toEqual([null, 'run2', 'run10', 'start', 'stop', null]);
  expect(frame).toMatchObject({ matches: null, totalRows: 6, serviceCount: 2, methodCount: 5, leftOut: 0 });
  expect(frame?.rows[2]).toMatchObject({ kind: 'method', positionInSet: 2, setSize: 4 });
  expect(frame?.rows[5]).toMatchObject({ kind: 'service', expanded: false, methodCount: 1, positionInSet: 2, setSize: 2 });
  view.setExpanded(key, false);
  expect(names(view)).toEqual(['edge/pump', 'edge/valve']);
});

it('sends nothing while nothing that is seen changes', () => {
  const index = pumps();
  const view = new TreeView(index, { ...all, count: 1 });
  expect(view.frame()).toBeDefined();
  expect(view.frame()).toBeUndefined();
  const seen = { params: null, payloadBytes: 10, callerId: 'x', at: 5 };
  index.grow({ dialect: 'jsonrpc', topic: 'edge/valve', method: 'open' })?.request(seen);
  expect(view.frame()).toBeUndefined();
  index.grow({ dialect: 'mqttxx2', topic: 'edge/pump', method: 'stop' })?.request(seen);
  expect(view.frame()?.rows[0]).toMatchObject({ calls: 1, lastAt: 5 });
});

it('filters by words of topic and method, opens what it finds, and gives the tree back as it was', () => {
  const view = new TreeView(pumps(), all);
  view.setExpanded(key, true);
  view.setView({ ...all, filter: 'PUMP run' });
  expect(names(view)).toEqual(['edge/pump', 'run2', 'run10']);
  view.setExpanded(key, false);
  expect(names(view)).toEqual(['edge/pump']);
  view.setView({ ...all, filter: 'valve' });
  expect(names(view)).toEqual(['edge/valve', 'open']);
  view.setView({ ...all, filter: 'edge run' });
  expect(view.frame()?.matches).toEqual({ services: 1, methods: 2 });
  view.setView({ ...all, filter: 'nothing' });
  expect(view.frame()).toMatchObject({ rows: [], totalRows: 0, methodCount: 5, matches: { services: 0, methods: 0 } });
  view.setView(all);
  expect(view.frame()?.rows).toHaveLength(6);
});

it('tells who is online, as far as it is known', () => {
  let known: 'online' | 'offline' | null = 'online';
  const view = new TreeView(pumps(), all, (dialect, topic) => (dialect === 'mqttxx2' && topic === 'edge/pump' ? known : null));
  expect(view.frame()?.rows.map(({ presence }) => presence)).toEqual(['online', null]);
  known = 'offline';
  expect(view.frame()?.rows.map(({ presence }) => presence)).toEqual(['offline', null]);
  expect(view.frame()).toBeUndefined();
});

it('pages through 10,000 methods, and takes no more than there is room for', () => {
  const index = new MethodIndex(new IndexBounds());
  for (let n = 0; n < 10_000; n += 1) index.grow({ dialect: 'mqttxx2', topic: `edge/device${n % 10}`, method: `method ${n}` });
  const view = new TreeView(index, { first: 0, count: 40, filter: '' });
  for (let n = 0; n < 10; n += 1) view.setExpanded(`mqttxx2\u0000edge/device${n}`, true);
  expect(view.frame()).toMatchObject({ totalRows: 10_010, methodCount: 10_000, serviceCount: 10 });
  view.setView({ first: 9_990, count: 40, filter: '' });
  // No view begins so late that it would be empty below.
  expect(view.frame()).toMatchObject({ firstRow: 9_970, rows: { length: 40 } });
  view.setView({ first: 0, count: 40, filter: 'method 9999' });
  expect(names(view)).toEqual(['edge/device9', 'method 9999']);
  const started = performance.now();
  for (let scroll = 0; scroll < 100; scroll += 1) {
    view.setView({ first: scroll * 100, count: 40, filter: '' });
    view.frame();
  }
  expect(performance.now() - started).toBeLessThan(2000);
  for (let n = 0; n < 12_000; n += 1) index.grow({ dialect: 'mqttxx2', topic: 'edge/flood', method: `flood ${n}` });
  expect(index).toMatchObject({ methodCount: 20_000, leftOut: 2000 });
  index.clear();
  expect(index).toMatchObject({ methodCount: 0, serviceCount: 0 });
  expect(index.grow({ dialect: 'mqttxx2', topic: 'edge/again', method: 'fits' })).not.toBeNull();
});

it('forgets a method, or a service with all of them', () => {
  const index = pumps();
  const view = new TreeView(index, all);
  view.setExpanded(key, true);
  index.forget({ dialect: 'mqttxx2', topic: 'edge/pump', method: 'stop' });
  expect(names(view)).toEqual(['edge/pump', 'run2', 'run10', 'start', 'edge/valve']);
  index.forget({ dialect: 'mqttxx2', topic: 'edge/pump' });
  expect(names(view)).toEqual(['edge/valve']);
  expect(index.dialectOn('edge/pump')).toBeUndefined();
  expect(index.dialectOn('edge/valve')).toBe('jsonrpc');
});

it('shows the devices of gf_mqtt_client alone, by path, or all others', () => {
  const index = pumps();
  const device = { dialect: 'gf', topic: 'gf_int_v1/axuv/request/2D_1' } as const;
  for (const method of ['PUT gains', 'GET state', 'GET gains']) index.grow({ ...device, method });
  index.grow({ ...device, method: 'GET state' })?.answer({ result: 1, code: 205 }, { elapsedMs: 3, isLate: false, payloadBytes: 5, example: null });
  const devices = new TreeView(index, { ...all, dialects: 'only-gf' });
  devices.setExpanded(`gf\u0000${device.topic}`, true);
  const frame = devices.frame();
  expect(frame).toMatchObject({ serviceCount: 1, methodCount: 3 });
  expect(frame?.rows.map(({ method, lastCode }) => [method, lastCode])).toEqual([
    [null, null],
    ['GET gains', null],
    ['PUT gains', null],
    ['GET state', 205],
  ]);
  const others = new TreeView(index, { ...all, dialects: 'without-gf' });
  expect(names(others)).toEqual(['edge/pump', 'edge/valve']);
  others.setView({ ...all, filter: 'gains' });
  expect(others.frame()).toMatchObject({ rows: [], serviceCount: 2, methodCount: 5, matches: { services: 0, methods: 0 } });
});
