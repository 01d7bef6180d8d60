import { describe, expect, it } from 'vitest';
import { exactDigits } from '../rpc/exact-number.ts';
import { readJsonText } from '../rpc/json-payload.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { fillJsonTemplate, fillTemplate, templateFunctions, type TemplateFunctions, type TemplateProblem, type TemplateScope } from './index.ts';

const counters = new Map<string, number>();
const functions: TemplateFunctions = templateFunctions({
  now: () => 1_700_000_000_123,
  random: () => 0.5,
  newId: () => '0b0e7a0e-0000-4000-8000-000000000000',
  count: (name) => {
    counters.set(name, (counters.get(name) ?? 0) + 1);
    return counters.get(name) ?? 0;
  },
});
const json = (text: string): JsonValue => {
  const read = readJsonText(text);
  if (!('value' in read)) throw new Error(read.reason);
  return read.value;
};
const scope = json(
  '{"name":"Anna","n":5,"yes":true,"nothing":null,"empty":"","serial":12345678901234567890,"base.topic":"lab/1","base":{"topic":"other","x":1},' +
    '"params":{"a":{"b":[10,{"c":"deep"}]},"list":[1,2,3],"any key":1,"方法":"m","constructor":"own","$ref":7},"evil":"{{name}}","jsonText":"[1, 2]"}',
) as TemplateScope;
const text = (template: string, within: TemplateScope = scope): string | TemplateProblem => {
  const filled = fillTemplate(template, within, functions);
  return 'text' in filled ? filled.text : filled;
};
const value = (template: string, within: TemplateScope = scope): JsonValue | TemplateProblem => {
  const filled = fillJsonTemplate(template, within, functions);
  return 'value' in filled ? filled.value : filled;
};

describe('text templates', () => {
  it.each([
    ['no placeholder { } }} {', 'no placeholder { } }} {'],
    ['', ''],
    ['Hello {{name}}!', 'Hello Anna!'],
    ['{{ name }}{{n}}', 'Anna5'],
    ['{{params.a.b[0]}} {{params.a.b[1].c}}', '10 deep'],
    ['{{params.a.b}}', '[10,{"c":"deep"}]'],
    ['{{params["any key"]}}{{params.方法}}{{params.$ref}}{{params[ "a" ].b[ 0 ]}}', '1m710'],
    ['{{nothing}} {{yes}} {{empty}}', 'null true '],
    ['{{serial}}', '12345678901234567890'],
    // Names with dots in them come first, then paths.
    ['{{base.topic}} {{base["topic"]}} {{base.x}}', 'lab/1 other 1'],
    ['{{missing|x}} {{missing | a b }}{{missing|}}{{missing|" }} "}}', 'x a b }} '],
    ['{{missing|"a" and "b"}}', '"a" and "b"'],
    ['{{name|x}}{{empty|x}}{{params.list[9]|none}}{{params.a.z|none}}', 'Annanonenone'],
    ['{{"{{"}}name{{"}}"}}', '{{name}}'],
    // What is filled in is not read again.
    ['{{evil}}', '{{name}}'],
    ['{{params.constructor}}', 'own'],
    ['{{$now}} {{$isoNow}} {{$random}} {{$uuid}}', '1700000000123 2023-11-14T22:13:20.123Z 0.5 0b0e7a0e-0000-4000-8000-000000000000'],
    ['{{$randomInt 1 6}} {{$randomInt}} {{$randomInt -3 -3}}', '4 500 -3'],
  ])('%s', (template, filled) => {
    expect(text(template)).toBe(filled);
  });

  it('counts by name', () => {
    counters.clear();
    expect(text('{{$counter}} {{$counter}} {{$counter "my calls"}} {{$counter}}')).toBe('1 2 1 3');
  });

  it.each([
    ['Hi {{nam}}', 'is not known', 5, 3],
    ['{{base.topics}}', 'base has no member “topics”: it has topic, x.', 6, 7],
    ['{{a.b.c}}', '“a.b.c” is not known', 2, 5],
    ['{{params.a.z}}', 'params.a has no member “z”: it has b.', 10, 2],
    ['{{params.list[3]}}', 'params.list has no item 3: it is a list of 3.', 13, 3],
    ['{{params.list.length}}', 'it is a list of 3', 13, 7],
    ['{{name.length}}', 'it is a text', 6, 7],
    ['{{name[0]}}', 'it is a text', 6, 3],
    ['{{nothing.x}}', 'it is null', 9, 2],
    ['{{serial.rawJSON}}', 'it is the number 12345678901234567890', 8, 8],
    ['{{__proto__}}', '“__proto__” is not known', 2, 9],
    ['{{constructor.name}}', 'is not known', 2, 16],
    ['{{params.__proto__}}', 'no member “__proto__”', 8, 10],
    ['{{params.toString}}', 'no member “toString”', 8, 9],
    ['{{}}', 'empty', 2, 1],
    ['{{name', 'not closed', 0, 2],
    ['a {{', 'not closed', 2, 2],
    ['{{name}', '“}” is not expected', 6, 1],
    ['{{na me}}', '“m” is not expected', 5, 1],
    ['{{a..b}}', 'no name after the dot', 4, 1],
    ['{{params[x]}}', 'neither an index nor a key', 9, 1],
    ['{{params[0}}', 'bracket is not closed', 10, 1],
    ['{{params["x}}', 'no partner', 9, 1],
    ['{{params["\\q"]}}', 'cannot be read', 9, 4],
    ['{{x|{{y}}}}', 'inside the fallback', 4, 1],
    ['{{x|y', 'not closed', 0, 2],
    ['{{$nope}}', 'There is no function $nope', 2, 5],
    ['{{$now 1}}', 'takes no arguments', 2, 6],
    ['{{$randomInt 6 1}}', '6 is more than 1', 2, 14],
    ['{{$randomInt a b|1}}', 'two whole numbers', 2, 16],
    ['{{$constructor}}', 'no function', 2, 12],
    ['{{$counter a b}}', 'one name at most', 2, 12],
    ['{{-x}}', '“-” is not expected', 2, 1],
    [`{{a${'.b'.repeat(100)}}}`, 'at most 100 steps', 203, 1],
  ])('%s is refused', (template, problem, at, length) => {
    expect(text(template)).toEqual({ problem: expect.stringContaining(problem) as string, advice: expect.any(String) as string, at, length });
  });

  it('is bounded', () => {
    expect(text('x'.repeat(1_048_577))).toMatchObject({ at: 1_048_576, length: 1 });
    expect(text('{{n}}'.repeat(10_001))).toMatchObject({ problem: 'There are more than 10000 placeholders.', at: 50_000, length: 5 });
    expect(text('{{big}}'.repeat(5), { big: 'x'.repeat(1_000_000) })).toMatchObject({ at: 28, length: 7 });
  });

  it('reads what strangers write in linear time', () => {
    for (const part of ['{{a|"', '{{"\\', '{{a ', '{{$f a ', '{{a[', '{{a.b']) text(part.repeat(1_048_576 / part.length), {});
  });
});

describe('JSON templates', () => {
  it.each([
    [' {"a": [1, "x", true, null, -2.5e3, {}], "b": []} ', { a: [1, 'x', true, null, -2500, {}], b: [] }],
    ['"{{n}}"', 5],
    ['["{{yes}}", "{{nothing}}", "{{params.list}}", "{{name}}"]', [true, null, [1, 2, 3], 'Anna']],
    ['"n is {{n}}, list {{params.list}}"', 'n is 5, list [1,2,3]'],
    ['" {{n}}"', ' 5'],
    ['"{{n}}{{n}}"', '55'],
    ['{"{{name}}": 1, "k{{n}}": 2, "{{n}}": 3}', { Anna: 1, k5: 2, 5: 3 }],
    ['"{{params[\\"any key\\"]}}"', 1],
    ['"\\u007b{n}} {{name}}"', '5 Anna'],
    ['{{n}}', 5],
    ['[{{n}}, {{jsonText}}, {{params.list}},{{missing|7}}]', [5, [1, 2], [1, 2, 3], 7]],
    ['["{{missing|7}}", "{{missing|some text}}", "{{missing|[1]}}", "{{missing|}}", "{{jsonText}}"]', [7, 'some text', [1], '', '[1, 2]']],
    ['"{{\\"{{\\"}}"', '{{'],
    ['{"now": {{$now}}, "id": "{{$uuid}}"}', { now: 1_700_000_000_123, id: '0b0e7a0e-0000-4000-8000-000000000000' }],
    ['"{{evil}}"', '{{name}}'],
  ])('%s', (template, filled) => {
    expect(value(template)).toEqual(filled);
  });

  it('keeps the digits of numbers that a double cannot hold', () => {
    expect(exactDigits(value('12345678901234567890') as JsonValue)).toBe('12345678901234567890');
    expect(exactDigits(value('"{{serial}}"') as JsonValue)).toBe('12345678901234567890');
    expect(exactDigits(value('{{digits}}', { digits: '98765432109876543210' }) as JsonValue)).toBe('98765432109876543210');
    expect(value('"no {{serial}}"')).toBe('no 12345678901234567890');
  });

  it('makes plain members of names that mean something to the language', () => {
    const filled = value('{"__proto__": {"x": 1}, "constructor": "{{__proto__}}"}', json('{"__proto__":[1]}') as TemplateScope) as object;
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
    expect(Object.entries(filled)).toEqual([
      ['__proto__', { x: 1 }],
      ['constructor', [1]],
    ]);
  });

  it('lets no value change the structure around it', () => {
    const evil = { evil: '","admin":true,"x":"', bare: '1, "admin": true' };
    expect(value('{"name":"{{evil}}"}', evil)).toEqual({ name: '","admin":true,"x":"' });
    expect(value('{"name":{{bare}}}', evil)).toMatchObject({ problem: 'What is filled in here is a text that is not JSON.', at: 8, length: 8 });
  });

  it.each([
    ['', 'ends too early: a value is missing', 0, 0],
    ['{"a": 1', 'ends too early: a comma or } is missing', 7, 0],
    ['[1 2]', 'a comma or ], not “2”', 3, 1],
    ['[1,]', 'a value, not “]”', 3, 1],
    ['{a: 1}', 'a key in quotation marks, not “a”', 1, 1],
    ['{"a" 1}', 'a colon, not “1”', 5, 1],
    ['{ {{name}}: 1}', 'a key in quotation marks', 2, 1],
    ['{} x', 'after the end', 3, 1],
    ['nul', 'a value, not “n”', 0, 1],
    ['01', 'a value, not “0”', 0, 1],
    ['"a', 'no end', 0, 1],
    ['"a\nb"', 'does not allow', 0, 1],
    ['{{name}}', 'not JSON', 0, 8],
    ['{"a": {{missing}}}', '“missing” is not known', 8, 7],
    ['{"a": "x {{missing}} y"}', '“missing” is not known', 11, 7],
    // The offset is that of the text as it is written.
    ['"\\u00e9\\n😀 {{missing}}"', '“missing” is not known', 14, 7],
    ['{"a": "{{params[\\"none\\"]}}"}', 'no member “none”', 15, 10],
    ['"{{name"', 'not closed', 1, 2],
  ])('%s is refused', (template, problem, at, length) => {
    expect(value(template)).toEqual({ problem: expect.stringContaining(problem) as string, advice: expect.any(String) as string, at, length });
  });

  it('is bounded in depth and size', () => {
    expect(value(`${'['.repeat(512)}${']'.repeat(512)}`)).toBeInstanceOf(Array);
    expect(value('['.repeat(1_000_000))).toMatchObject({ problem: 'Nested deeper than 512 levels.', at: 512 });
    expect(value('{{deep}}', { deep: '['.repeat(100_000) })).toMatchObject({ problem: 'What is filled in here is a text that is not JSON.' });
    expect(value(`[${'"{{big}}",'.repeat(5)}0]`, { big: ['x'.repeat(1_000_000)] })).toMatchObject({ problem: expect.stringContaining('4194304') as string });
  });
});
