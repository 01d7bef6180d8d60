import { expect, test } from 'vitest';
import { JSONPathEnvironment } from 'json-p3';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { valuePaths, valueWords } from './value-paths.ts';

test('every value has a path, containers first', () => {
  expect(valuePaths({ target: 21.5, sensors: [{ id: 'a' }] }).map(({ path }) => path)).toEqual([
    '$',
    '$.target',
    '$.sensors',
    '$.sensors[0]',
    '$.sensors[0].id',
  ]);
});

test('each path finds its value again, whatever the names are', () => {
  const names = ['a', 'a b', "it's", 'say "hi"', 'back\\slash', 'line\nbreak', '$', '', '9', 'größe', '温度', '😀', 'tab\t', '__proto__', 'a.b', 'a-b'];
  const value = JSON.parse(`{${names.map((name, at) => `${JSON.stringify(name)}: ${at}`).join(', ')}}`) as JsonValue;
  const environment = new JSONPathEnvironment();
  for (const { path, value: expected } of valuePaths(value).slice(1))
    expect([path, environment.query(path, value as never).values()]).toEqual([path, [expected]]);
  expect(valuePaths(value)).toHaveLength(names.length + 1);
});

test('hostile answers stay within bounds', () => {
  let deep: JsonValue = 1;
  for (let at = 0; at < 5000; at += 1) deep = [deep];
  expect(valuePaths(deep).length).toBeLessThan(20);
  expect(valuePaths(Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`k${at}`, at]))).length).toBe(300);
  expect(valuePaths(Array.from({ length: 100_000 }, () => 0))).toHaveLength(21);
});

test('long values are shortened', () => {
  expect(valueWords('short')).toBe('"short"');
  expect(valueWords('x'.repeat(100))).toHaveLength(60);
});
