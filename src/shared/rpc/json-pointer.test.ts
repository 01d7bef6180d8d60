import { describe, expect, it } from 'vitest';
import { parsePointer, valueAt, withValueAt } from './json-pointer.ts';
import type { JsonValue } from './python-json.ts';

/** The document and the pointers of RFC 6901 §5. */
const document: JsonValue = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4, 'i\\j': 5, 'k"l': 6, ' ': 7, 'm~n': 8 };

const at = (pointer: string, within: JsonValue = document): unknown => valueAt(within, parsePointer(pointer) ?? []);

describe('JSON pointers', () => {
  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%j finds what RFC 6901 says', (pointer, value) => {
    expect(at(pointer)).toEqual(value);
  });

  it.each(['/foo/2', '/foo/-', '/foo/00', '/foo/length', '/none', '/none/x', '/foo/0/0', '/constructor', '/__proto__'])('%s finds nothing', (pointer) => {
    expect(at(pointer)).toBeUndefined();
  });

  it.each(['a', '/~', '/~2', 'foo/bar'])('%s is none', (text) => {
    expect(parsePointer(text)).toBeUndefined();
  });

  it('reads "~01" as "~1"', () => {
    expect(parsePointer('/~01')).toEqual(['~1']);
  });

  it('puts values in place and leaves the document as it was', () => {
    const before: JsonValue = { a: { b: 1 }, list: [1] };
    expect(withValueAt(before, ['a', 'c', 'd'], 2)).toEqual({ a: { b: 1, c: { d: 2 } }, list: [1] });
    expect(withValueAt(before, ['list', 'x'], 2)).toEqual({ a: { b: 1 }, list: { x: 2 } });
    expect(withValueAt(before, [], 3)).toBe(3);
    expect(before).toEqual({ a: { b: 1 }, list: [1] });
  });

  it('has no way to the prototype', () => {
    const made = withValueAt({}, ['__proto__', 'polluted'], true);
    expect(JSON.stringify(made)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(at('/__proto__/polluted', made)).toBe(true);
  });
});
