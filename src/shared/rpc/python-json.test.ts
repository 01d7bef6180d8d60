import { describe, expect, it } from 'vitest';
import { pythonJson } from './python-json.ts';

describe('pythonJson', () => {
  it('separates with ", " and ": " and keeps the order of keys', () => {
    expect(pythonJson({ b: [1, 2.5, null], a: { c: true, d: false } })).toBe('{"b": [1, 2.5, null], "a": {"c": true, "d": false}}');
  });

  it('escapes everything outside printable ASCII with lower-case digits', () => {
    expect(pythonJson('é \u007f \u2028 😀')).toBe(String.raw`"\u00e9 \u007f \u2028 \ud83d\ude00"`);
  });

  it('uses the short escapes and leaves the slash alone', () => {
    expect(pythonJson('a/"\\\n\r\t\b\f\u0001')).toBe(String.raw`"a/\"\\\n\r\t\b\f\u0001"`);
  });

  it('writes empty containers without spaces', () => {
    expect(pythonJson({ a: [], b: {} })).toBe('{"a": [], "b": {}}');
  });
});
