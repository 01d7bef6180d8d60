import { expect, it } from 'vitest';
import { readJsonPayload } from '../../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { InferredSchema, type NodeBudget } from './infer-schema.ts';

function infer(values: readonly JsonValue[], budget: NodeBudget = { left: 10_000 }): unknown {
  const schema = new InferredSchema(budget);
  for (const value of values) schema.learn(value);
  return schema.toJsonSchema();
}

it('says nothing before the first value', () => {
  expect(infer([])).toBeNull();
});

it.each<[string, readonly JsonValue[], unknown]>([
  ['null alone', [null], { type: 'null' }],
  ['integers with their range', [3, -1, 7], { type: 'integer', minimum: -1, maximum: 7 }],
  ['a number once one has a fraction', [3, 2.5], { type: 'number', minimum: 2.5, maximum: 3 }],
  ['several types', [true, 'x', null], { type: ['string', 'boolean', 'null'] }],
  [
    'what is always there, and what is not',
    [{ a: 1, b: 'x' }, { a: 2 }],
    {
      type: 'object',
      properties: { a: { type: 'integer', minimum: 1, maximum: 2 }, b: { type: 'string' } },
      required: ['a'],
    },
  ],
  ['what comes later as optional', [{}, { a: true }], { type: 'object', properties: { a: { type: 'boolean' } } }],
  ['items of lists together', [[1, 'x'], []], { type: 'array', items: { type: ['string', 'integer'], minimum: 1, maximum: 1 } }],
  ['nothing of the items of empty lists', [[]], { type: 'array' }],
  ['few short texts as a choice', ['on', 'off', 'on', 'off', 'on', 'off'], { type: 'string', enum: ['on', 'off'] }],
  ['no choice while the texts could still be others', ['on', 'off', 'on'], { type: 'string' }],
  ['no choice for long texts', Array.from({ length: 9 }, () => 'x'.repeat(41)), { type: 'string' }],
  ['no choice where null may come as well', ['on', 'on', 'on', null], { type: ['string', 'null'] }],
])('finds %s', (_name, values, schema) => {
  expect(infer(values)).toEqual(schema);
});

it('takes more than eight texts for free text', () => {
  expect(infer(Array.from({ length: 90 }, (_, n) => `text ${n % 9}`))).toEqual({ type: 'string' });
});

it('keeps names as they are, whatever they mean to JavaScript', () => {
  const schema = infer([JSON.parse('{"__proto__": 1, "constructor": 2, "toString": null}') as JsonValue]) as { readonly properties: object };
  expect(Object.keys(schema.properties)).toEqual(['__proto__', 'constructor', 'toString']);
});

it('takes a number that no double holds for a number', () => {
  const read = readJsonPayload(new TextEncoder().encode('{"serial": 123456789012345678901, "far": 1e999}'));
  expect(infer(['value' in read ? read.value : null])).toMatchObject({ properties: { serial: { type: 'integer' }, far: { type: 'number' } } });
});

it('stays within its bounds for hostile shapes', () => {
  let deep: JsonValue = 1;
  for (let level = 0; level < 500; level += 1) deep = level % 2 === 0 ? [deep] : { down: deep };
  const wide: JsonValue = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`key ${n}`, { n }]));
  const long: JsonValue = Array.from({ length: 100_000 }, (_, n) => ({ [`a${n}`]: n }));
  const longKeys: JsonValue = { ['k'.repeat(100_000)]: 1 };
  const budget = { left: 10_000 };
  const schema = new InferredSchema(budget);
  const started = performance.now();
  for (let round = 0; round < 10; round += 1) for (const value of [deep, wide, long, longKeys]) schema.learn(value);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(budget.left).toBeGreaterThanOrEqual(10_000 - 256);
  expect(JSON.stringify(schema.toJsonSchema()).length).toBeLessThan(50_000);
  // Members were passed over, so none can be called required.
  expect(schema.toJsonSchema()).not.toHaveProperty('required');
  schema.release();
  expect(budget.left).toBe(10_000);
});

it('learns no more where the common budget is spent, and says so little', () => {
  expect(infer([{ a: 1, b: 2 }], { left: 2 })).toEqual({ type: 'object', properties: { a: { type: 'integer', minimum: 1, maximum: 1 } }, required: ['a'] });
  expect(infer([1], { left: 0 })).toBeNull();
});
