import { describe, expect, it } from 'vitest';
import { indentJson } from './indent-json.ts';

describe('indentJson', () => {
  it('changes only the white space', () => {
    const sent = '{"big":12345678901234567890,"e":1e5, "list":[1, {"x":"a,b:\\"{"}],"none":{ },"dup":1,"dup":2}';
    expect(indentJson(sent)).toBe(
      '{\n  "big": 12345678901234567890,\n  "e": 1e5,\n  "list": [\n    1,\n    {\n      "x": "a,b:\\"{"\n    }\n  ],\n  "none": {},\n  "dup": 1,\n  "dup": 2\n}',
    );
  });
  it('leaves other text alone', () => expect(indentJson('{"a":')).toBe('{"a":'));
  it('does not blow up deeply nested text', () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect(indentJson(deep)).toBe(deep);
  });
  it('is stable', () => expect(indentJson(indentJson('[[],{"a":[true,null]}]'))).toBe(indentJson('[[],{"a":[true,null]}]')));
});
