import { expect, it } from 'vitest';
import { schemaProblemOf } from './lockable-schema.ts';
import type { JsonValue } from './python-json.ts';

it.each<JsonValue>([
  {},
  {
    type: 'object',
    properties: { $ref: { type: 'string' }, pattern: { type: 'string', pattern: '^a$' }, type: { type: ['string', 'null'] } },
    required: ['a'],
  },
  { $ref: '#/$defs/a%20b', $defs: { 'a b': { type: 'integer' } } },
  { properties: { next: { $ref: '#' } } },
  { enum: [{ $ref: 'http://x', type: 'nonsense', pattern: '(' }], default: { type: 'x' }, const: { pattern: '[' }, examples: [{ type: 'y' }] },
  { patternProperties: { '^x-': {} } },
])('takes %j', (schema) => expect(schemaProblemOf(schema)).toBeNull());

it.each<[JsonValue, string]>([
  [true, 'is a JSON object'],
  [[], 'is a JSON object'],
  ['{}', 'is a JSON object'],
  [{ $ref: 'https://example.org/schema.json' }, 'leads out of the schema'],
  [{ properties: { a: { $ref: 'other.json#/x' } } }, 'At #/properties/a: "other.json#/x" leads out'],
  [{ $dynamicRef: 'x' }, 'leads out of the schema'],
  [{ $ref: '#/$defs/none' }, 'leads nowhere'],
  [{ $ref: 7 }, 'leads out'],
  [{ type: 'text' }, 'there is no type "text"'],
  [{ items: { type: ['string', 'list'] } }, 'At #/items: there is no type "list"'],
  [{ pattern: '(' }, 'no regular expression'],
  [{ patternProperties: { '[': {} } }, 'no regular expression'],
  [{ description: 'x'.repeat(70_000) }, '64 KiB'],
])('refuses %j', (schema, words) => expect(schemaProblemOf(schema)).toContain(words));

it('takes no schema that is nested without end', () => {
  let deep: JsonValue = {};
  for (let level = 0; level < 60; level += 1) deep = { items: deep };
  expect(schemaProblemOf(deep)).toContain('nested deeper');
});
