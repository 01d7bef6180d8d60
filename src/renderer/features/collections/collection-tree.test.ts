import { expect, test } from 'vitest';
import type { CollectionEntry } from '../../../shared/contract/collections.ts';
import { containers, isWithin, movedId, pathNames, siblings, treeRows } from './collection-tree.ts';

const entry = (id: string, kind: CollectionEntry['kind'], method = ''): CollectionEntry => {
  const levels = id.split('/');
  return {
    id,
    kind,
    parentId: levels.length === 1 ? null : levels.slice(0, -1).join('/'),
    depth: levels.length - 1,
    name: levels.at(-1)?.replace('.request.json', '') ?? '',
    problem: null,
    request: kind === 'request' ? { kind: 'rpc', topic: 'edge/t', method, assertions: 0 } : null,
    requests: 0,
  };
};
const entries = [
  entry('Thermostat', 'collection'),
  entry('Thermostat/Set', 'folder'),
  entry('Thermostat/Set/high.request.json', 'request', 'set_target'),
  entry('Thermostat/Set/low.request.json', 'request', 'set_target'),
  entry('Thermostat/status.request.json', 'request', 'get_status'),
  entry('Empty', 'collection'),
];
const lines = (collapsed: readonly string[] = [], filter = ''): readonly string[] =>
  treeRows(entries, new Set(collapsed), filter).map(({ entry: { name, depth }, expanded, positionInSet, setSize }) => {
    const mark = expanded === undefined ? ' ' : expanded ? 'v' : '>';
    return `${'  '.repeat(depth)}${mark} ${name} ${positionInSet}/${setSize}`;
  });

test('everything is open until it is closed', () => {
  expect(lines()).toEqual(['v Thermostat 1/2', '  v Set 1/2', '      high 1/2', '      low 2/2', '    status 2/2', '  Empty 2/2']);
  expect(lines(['Thermostat/Set'])).toEqual(['v Thermostat 1/2', '  > Set 1/2', '    status 2/2', '  Empty 2/2']);
  expect(lines(['Thermostat', 'Thermostat/Set'])).toEqual(['> Thermostat 1/2', '  Empty 2/2']);
});

test('the filter finds names, topics and methods, and opens what was closed', () => {
  expect(lines(['Thermostat'], 'GET_')).toEqual(['v Thermostat 1/1', '    status 1/1']);
  expect(lines([], 'high')).toEqual(['v Thermostat 1/1', '  v Set 1/1', '      high 1/1']);
  expect(lines(['Thermostat/Set'], 'thermo')).toEqual(['v Thermostat 1/1', '  v Set 1/2', '      high 1/2', '      low 2/2', '    status 2/2']);
  expect(lines([], 'empty')).toEqual(['  Empty 1/1']);
  expect(lines([], 'nothing like it')).toEqual([]);
});

test('where things are, and where they lead after a move', () => {
  expect(pathNames(entries, 'Thermostat/Set/low.request.json')).toEqual(['Thermostat', 'Set', 'low']);
  expect(pathNames(entries, 'gone')).toEqual([]);
  expect(containers(entries).map(({ id }) => id)).toEqual(['Thermostat', 'Thermostat/Set', 'Empty']);
  expect(siblings(entries, entry('Thermostat/Set', 'folder')).map(({ name }) => name)).toEqual(['Set', 'status']);
  expect(isWithin('Thermostat/Settings', 'Thermostat/Set')).toBe(false);
  expect(movedId('Thermostat/Set/low.request.json', 'Thermostat/Set', 'Other/Set')).toBe('Other/Set/low.request.json');
  expect(movedId('Thermostat/Settings', 'Thermostat/Set', 'x')).toBe('Thermostat/Settings');
});

test('twenty thousand entries are laid out at once', () => {
  const many = [entry('Big', 'collection'), ...Array.from({ length: 20_000 }, (_, at) => entry(`Big/r${at}.request.json`, 'request'))];
  const started = performance.now();
  expect(treeRows(many, new Set(), '')).toHaveLength(20_001);
  expect(treeRows(many, new Set(), 'r1999')).toHaveLength(12);
  // Far from the time a person would notice, on any machine.
  expect(performance.now() - started).toBeLessThan(2000);
});
