import { describe, expect, it } from 'vitest';
import { mockDeviceSchema, type MockMethodName, type MockResource } from '../../contract/mock-devices.ts';
import type { JsonValue } from '../../rpc/python-json.ts';
import { parseLinkFormat } from '../udp/link-format.ts';
import { discover } from './discovery.ts';
import { mergePatch, readMembers } from './merge-patch.ts';
import { normalPath, pathSegments } from './paths.ts';
import { maxCreated, ResourceTree } from './resource-tree.ts';

const stateful = (path: string, state: JsonValue, names: readonly MockMethodName[] = ['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH']) => ({
  path,
  state,
  methods: names.map((method) => ({ method, answer: { kind: 'state' as const } })),
});
const resources = (...list: readonly Record<string, unknown>[]): readonly MockResource[] =>
  mockDeviceSchema.parse({ id: 'd', name: 'D', tag: 'T', resources: list }).resources;
function open(...list: readonly Record<string, unknown>[]) {
  const changes: string[] = [];
  const tree = new ResourceTree(resources(...list), (path) => void changes.push(path));
  const ask = (method: MockMethodName, path: string, body: JsonValue = null) => {
    const route = tree.route(method, path);
    return 'refusal' in route ? route.refusal : tree.carryOut(method, path, body);
  };
  return { tree, changes, ask };
}

describe('a resource with a state', () => {
  it('gives back what was put, whatever slashes are around its path', () => {
    const { ask, changes } = open(stateful('/gains', [1, 2]));
    expect(ask('GET', 'gains')).toEqual({ code: 205, body: [1, 2] });
    expect(ask('PUT', '/gains/', { a: null })).toEqual({ code: 204, body: null });
    expect(ask('GET', '//gains')).toEqual({ code: 205, body: { a: null } });
    expect(changes).toEqual(['gains']);
  });

  it('creates below itself, with a location that is never used again', () => {
    const { ask, changes } = open(stateful('items', null));
    expect(ask('POST', 'items', 'a')).toEqual({ code: 201, body: null, location: 'items/1' });
    expect(ask('GET', 'items/1')).toEqual({ code: 205, body: 'a' });
    expect(ask('DELETE', 'items/1').code).toBe(202);
    expect(ask('GET', 'items/1').code).toBe(404);
    expect(ask('PUT', 'items/1', 1).code).toBe(404);
    expect(ask('POST', 'items', 'b')).toMatchObject({ location: 'items/2' });
    expect(ask('POST', 'items/2', 'c')).toMatchObject({ location: 'items/2/1' });
    expect(changes).toEqual(['items/1', 'items/1', 'items/2', 'items/2/1']);
  });

  it('is gone when it is deleted, with what was created below it, until it is put back', () => {
    const { ask, tree } = open(stateful('items', 1), stateful('items/fixed', 2));
    ask('POST', 'items', 'a');
    expect(ask('DELETE', 'items')).toEqual({ code: 202, body: null });
    for (const method of ['GET', 'POST', 'DELETE', 'FETCH', 'PATCH'] as const) expect(ask(method, 'items').code).toBe(404);
    expect(ask('GET', 'items/1').code).toBe(404);
    expect(ask('GET', 'items/fixed').code).toBe(205);
    expect(tree.links().map(({ path }) => path)).toEqual(['items/fixed']);
    expect(ask('PUT', 'items', 3).code).toBe(201);
    expect(ask('GET', 'items')).toEqual({ code: 205, body: 3 });
  });

  it('says 404 for what is not there, and 405 for what it does not do', () => {
    const { ask } = open(stateful('a', 1, ['GET', 'PUT']), { path: 'b' });
    expect(ask('GET', 'nope')).toEqual({ code: 404, body: 'There is no resource "nope".' });
    expect(ask('GET', '__proto__').code).toBe(404);
    expect(ask('DELETE', 'a')).toEqual({ code: 405, body: '"a" does not take DELETE, only GET, PUT.' });
    expect(ask('GET', 'b')).toMatchObject({ code: 405 });
  });

  it('is the root for a slash', () => {
    const { ask } = open(stateful('/', 'root'));
    expect(ask('GET', '/')).toEqual({ code: 205, body: 'root' });
    expect(ask('POST', '', 1)).toMatchObject({ location: '1' });
    expect(ask('DELETE', '/').code).toBe(202);
    expect(ask('GET', '1').code).toBe(205);
  });

  it('begins anew with a reset', () => {
    const { ask, tree, changes } = open(stateful('a', 1), stateful('b', 2));
    ask('PUT', 'a', 9);
    ask('POST', 'a', 9);
    ask('DELETE', 'b');
    changes.length = 0;
    tree.reset();
    expect(tree.list()).toMatchObject([
      { path: 'a', state: 1, created: false, deleted: false },
      { path: 'b', state: 2, deleted: false },
    ]);
    expect(changes.toSorted()).toEqual(['a', 'a/1', 'b']);
    expect(ask('POST', 'a')).toMatchObject({ location: 'a/1' });
  });

  it('creates no more than so many, and keeps no more than so much', () => {
    const { ask } = open(stateful('a', 1));
    for (let n = 0; n < maxCreated; n += 1) ask('POST', 'a');
    expect(ask('POST', 'a')).toMatchObject({ code: 503 });
    expect(ask('DELETE', 'a/7').code).toBe(202);
    expect(ask('POST', 'a').code).toBe(201);
    const huge = 'x'.repeat(20 * 1024 * 1024);
    expect(ask('PUT', 'a', huge).code).toBe(204);
    expect(ask('PUT', 'a/1', huge).code).toBe(413);
    expect(ask('GET', 'a/1')).toEqual({ code: 205, body: null });
    expect(ask('PUT', 'a', 1).code).toBe(204);
    expect(ask('PUT', 'a/1', huge).code).toBe(204);
  });
});

it('keeps states while definitions change, unless their first state is another', () => {
  const { ask, tree } = open(stateful('same', 1), stateful('other', 1), stateful('gone', 1));
  for (const path of ['same', 'other', 'gone']) {
    ask('PUT', path, 2);
    ask('POST', path, 3);
  }
  tree.define(resources(stateful('/same', 1, ['GET']), stateful('other', 5), stateful('new', 7)));
  expect(tree.list().map(({ path, state }) => [path, state])).toEqual([
    ['new', 7],
    ['other', 5],
    ['other/1', 3],
    ['same', 2],
    ['same/1', 3],
  ]);
  expect(ask('PUT', 'same/1', 1).code).toBe(405);
  expect(ask('GET', 'gone').code).toBe(404);
});

it('merges as RFC 7396 does, and picks members', () => {
  expect(mergePatch({ a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: 4 }, e: [null] })).toEqual({ b: { c: 4, d: 3 }, e: [null] });
  expect(mergePatch([1], { a: { b: null } })).toEqual({ a: {} });
  expect(mergePatch({ a: 1 }, 'text')).toBe('text');
  expect(Object.getPrototypeOf(mergePatch({}, JSON.parse('{"__proto__": {"x": 1}}') as JsonValue))).toBe(Object.prototype);
  expect(readMembers({ a: 1, b: 2 }, ['b', 'nope', 3])).toEqual({ b: 2 });
  expect(readMembers({ a: 1 }, null)).toEqual({ a: 1 });
  expect(readMembers(5, ['a'])).toBe(5);
});

it('tells what there is, filtered', () => {
  const { tree } = open(stateful('sensors/größe', 1), { path: 'actors/led', resourceType: 'light blue', description: 'The\n"LED"' });
  const all = discover(tree.links(), []);
  const read = parseLinkFormat(all);
  expect('problem' in read).toBe(false);
  expect(all).toBe('</sensors/gr%C3%B6%C3%9Fe>;obs,</actors/led>;rt="light blue";title="The \\"LED\\""');
  expect(discover(tree.links(), ['rt=blue'])).toContain('/actors/led');
  expect(discover(tree.links(), ['rt=li*'])).toContain('/actors/led');
  expect(discover(tree.links(), ['rt=red'])).toBe('');
  expect(discover(tree.links(), ['href=/sensors/*'])).toBe('</sensors/gr%C3%B6%C3%9Fe>;obs');
  expect(discover(tree.links(), ['nonsense'])).toBe(all);
});

it('takes paths apart', () => {
  expect(['/', '', '/a//b/', 'a'].map(normalPath)).toEqual(['', '', 'a//b', 'a']);
  expect([pathSegments(''), pathSegments('a/b')]).toEqual([[], ['a', 'b']]);
});
