import { describe, expect, it } from 'vitest';
import { compactJson, indentJson } from './indent-json.ts';

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

describe('compactJson', () => {
  it('leaves out the spaces between, and nothing else', () => {
    expect(compactJson(' {"big": 12345678901234567890, "a b": [1 , "c : \\" d"], "n": null }\n')).toBe(
      '{"big":12345678901234567890,"a b":[1,"c : \\" d"],"n":null}',
    );
    expect(compactJson('{"a": ')).toBe('{"a": ');
  });
  it('reads texts of many megabytes', () => {
    const text = JSON.stringify({ a: 'x'.repeat(5_000_000), b: '\\"'.repeat(2_000_000) });
    expect(compactJson(text)).toBe(text);
  });
});
