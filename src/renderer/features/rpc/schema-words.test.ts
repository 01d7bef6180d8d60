import { expect, it } from 'vitest';
import type { JsonSchema } from '../../../shared/contract/rpc.ts';
import { editorSchema, schemaLines } from './schema-words.ts';

const schema: JsonSchema = {
  type: 'object',
  properties: {
    target: { type: 'number', minimum: 5, maximum: 30 },
    mode: { type: ['string', 'null'], enum: ['eco', 'comfort'] },
    tags: { type: 'array', items: { type: 'string' } },
    steps: { type: 'array', items: { type: 'object', properties: { at: { type: 'integer', minimum: 3, maximum: 3 } }, required: ['at'] } },
    other: {},
  },
  required: ['target'],
};

it('reads as lines with types, what is optional, and what was seen', () => {
  expect(schemaLines(schema).map(({ depth, name, type, optional, seen }) => [depth, name, type, optional, seen])).toEqual([
    [0, null, 'object', false, null],
    [1, 'target', 'number', false, '5 to 30'],
    [1, 'mode', 'text or null', true, '"eco", "comfort"'],
    [1, 'tags', 'list of text', true, null],
    [1, 'steps', 'list of object', true, null],
    [2, '[ ]', 'object', false, null],
    [3, 'at', 'integer', false, '3'],
    [1, 'other', 'anything', true, null],
  ]);
});

it('stays readable, whatever the schema', () => {
  let deep: JsonSchema = { type: 'string' };
  for (let level = 0; level < 500; level += 1) deep = { type: 'object', properties: { next: deep } };
  expect(schemaLines(deep).length).toBeLessThan(20);
  const wide = { type: 'object', properties: Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`p${at}`, { type: 'string' }])) };
  expect(schemaLines(wide)).toHaveLength(200);
  expect(schemaLines({ type: 7, properties: [], required: 'x', items: null })).toEqual([
    { depth: 0, name: null, type: 'anything', optional: false, seen: null },
  ]);
});

it('offers what was seen in the editor without calling anything else wrong', () => {
  expect(editorSchema(schema)).toEqual({
    type: 'object',
    properties: {
      target: { type: 'number' },
      mode: { type: ['string', 'null'], examples: ['eco', 'comfort'] },
      tags: { type: 'array', items: { type: 'string' } },
      steps: { type: 'array', items: { type: 'object', properties: { at: { type: 'integer' } }, required: ['at'] } },
      other: {},
    },
    required: ['target'],
  });
});
