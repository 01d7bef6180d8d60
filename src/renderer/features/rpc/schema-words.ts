import type { JsonSchema } from '../../../shared/contract/rpc.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';

/** One line of a schema as a person reads it. */
export interface SchemaLine {
  readonly depth: number;
  /** Of a property; `[ ]` for the items of a list; `null` for the value itself. */
  readonly name: string | null;
  /** `text`, `number or null`, `object`, `list of text`. */
  readonly type: string;
  /** Not in every value that was seen. */
  readonly optional: boolean;
  /** The values or the range seen; `null` without. */
  readonly seen: string | null;
}

/** Deeper than this nobody reads on; the rest is in the examples. */
const maxDepth = 8;
const maxLines = 200;

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'true or false',
  null: 'null',
  object: 'object',
  array: 'list',
};

/** A schema as lines, in the order of its properties. */
export function schemaLines(schema: JsonSchema): readonly SchemaLine[] {
  const lines: SchemaLine[] = [];
  addLines(lines, schema, null, 0, false);
  return lines;
}

function addLines(lines: SchemaLine[], schema: JsonSchema, name: string | null, depth: number, optional: boolean): void {
  if (lines.length >= maxLines) return;
  lines.push({ depth, name, type: typeText(schema), optional, seen: seenText(schema) });
  if (depth >= maxDepth) return;
  const required = new Set(requiredOf(schema));
  for (const [key, property] of Object.entries(propertiesOf(schema))) addLines(lines, property, key, depth + 1, !required.has(key));
  const items = asSchema(schema['items']);
  // A list of plain values needs no line of its own.
  if (items && (Object.keys(propertiesOf(items)).length > 0 || typesOf(items).includes('array'))) addLines(lines, items, '[ ]', depth + 1, false);
}

/** The types a value may have; none for any. */
export function typesOf(schema: JsonSchema): readonly string[] {
  const type = schema['type'];
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.filter((one): one is string => typeof one === 'string') : [];
}

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const properties = schema['properties'];
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return {};
  return Object.fromEntries(Object.entries(properties).flatMap(([key, value]) => [[key, asSchema(value) ?? {}]]));
}

export function requiredOf(schema: JsonSchema): readonly string[] {
  const required = schema['required'];
  return Array.isArray(required) ? required.filter((one): one is string => typeof one === 'string') : [];
}

export function asSchema(value: JsonValue | undefined): JsonSchema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : undefined;
}

function typeText(schema: JsonSchema): string {
  const types = typesOf(schema);
  if (types.length === 0) return 'anything';
  return types
    .map((type) => {
      const items = type === 'array' ? asSchema(schema['items']) : undefined;
      return items && typesOf(items).length > 0 ? `list of ${typeText(items)}` : (words[type] ?? type);
    })
    .join(' or ');
}

function seenText(schema: JsonSchema): string | null {
  const { enum: values, minimum, maximum } = schema as Readonly<Record<string, JsonValue | undefined>>;
  if (Array.isArray(values) && values.length > 0) return values.map((value) => JSON.stringify(value)).join(', ');
  if (typeof minimum === 'number' && typeof maximum === 'number') return minimum === maximum ? String(minimum) : `${minimum} to ${maximum}`;
  return null;
}

/**
 * The schema for the editor: what was seen offers itself, but is no rule. A value outside the range seen so far, or one never seen, is not wrong.
 */
export function editorSchema(schema: JsonSchema): JsonSchema {
  const { enum: values, minimum: _minimum, maximum: _maximum, properties, items, ...rest } = schema as Readonly<Record<string, JsonValue>>;
  const known = asSchema(items);
  return {
    ...rest,
    ...(values === undefined ? {} : { examples: values }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(propertiesOf(schema)).map(([key, value]) => [key, editorSchema(value)])) }),
    ...(known ? { items: editorSchema(known) } : {}),
  };
}
