import type { JsonSchema } from '../../../shared/contract/rpc.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';

/** Deeper than this everything is allowed. */
const maxDepth = 20;
const maxProperties = 500;
/** Items of a list that are looked at. */
const maxItems = 200;

/**
 * JSON Schema (2020-12) of the shape of one answer: types and the properties that are there. Further properties and other values are allowed,
 * since one answer tells what was, not what has to be. A whole number stands for any number: the next one may well have a fraction.
 */
export function schemaOfAnswer(value: JsonValue): JsonSchema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...shape(value, 0) };
}

function shape(value: JsonValue, depth: number): JsonSchema {
  if (value === null) return { type: 'null' };
  if (Array.isArray(value)) return listShape(value as readonly JsonValue[], depth);
  if (typeof value !== 'object') return { type: typeof value };
  const names = Object.keys(value);
  if (names.length === 0 || names.length > maxProperties || depth >= maxDepth) return { type: 'object' };
  return {
    type: 'object',
    required: names,
    properties: Object.fromEntries(names.map((name) => [name, shape((value as Readonly<Record<string, JsonValue>>)[name] ?? null, depth + 1)])),
  };
}

/** One schema for all items where they have one shape; otherwise only their types, which cannot be wrong. */
function listShape(items: readonly JsonValue[], depth: number): JsonSchema {
  if (items.length === 0 || depth >= maxDepth) return { type: 'array' };
  const looked = items.slice(0, maxItems);
  const shapes = new Map(looked.map((item) => shape(item, depth + 1)).map((one) => [JSON.stringify(one), one]));
  const [only, ...others] = shapes.values();
  if (only && others.length === 0) return { type: 'array', items: only };
  const types = [...new Set(looked.map((item) => (item === null ? 'null' : Array.isArray(item) ? 'array' : typeof item)))];
  return { type: 'array', items: { type: types.length === 1 ? (types[0] as string) : types } };
}
