import { expect, test } from 'vitest';
import { Validator } from '@cfworker/json-schema';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { schemaOfAnswer } from './answer-schema.ts';

const fits = (schemaOf: JsonValue, value: unknown): boolean => new Validator(schemaOfAnswer(schemaOf), '2020-12').validate(value).valid;

test('an answer fits its own schema, and so does one with other values', () => {
  for (const answer of [null, true, 1, 1.5, 'x', [], {}, [1, 'a', null], { a: { b: [1, 2.5] }, c: null }, [[{ a: 1 }], [{ b: 2 }]]] as JsonValue[]) {
    expect([answer, fits(answer, answer)]).toEqual([answer, true]);
  }
  expect(fits({ target: 21, on: true }, { target: 21.5, on: false, extra: 1 })).toBe(true);
});

test('another type, or a property that is missing, does not fit', () => {
  expect(fits({ target: 21 }, { target: '21' })).toBe(false);
  expect(fits({ target: 21 }, {})).toBe(false);
  expect(fits([{ id: 1 }], [{ id: 1 }, { id: 'x' }])).toBe(false);
});

test('hostile shapes stay within bounds', () => {
  let deep: JsonValue = 1;
  for (let at = 0; at < 2000; at += 1) deep = { a: deep };
  expect(JSON.stringify(schemaOfAnswer(deep)).length).toBeLessThan(3000);
  expect(schemaOfAnswer(Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`k${at}`, at])))).toMatchObject({ type: 'object' });
  expect(JSON.stringify(schemaOfAnswer(JSON.parse('{"__proto__": 1}') as JsonValue))).toContain('"__proto__":{"type":"number"}');
});
