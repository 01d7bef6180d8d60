import type { JsonSchema } from '../../../shared/contract/rpc.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { encodePublishPayload } from '../../../shared/payload/publish-payload.ts';
import { endOfJsonString } from './json-strings.ts';
import { asSchema, propertiesOf, requiredOf, typesOf } from './schema-words.ts';

/** One field of the form that is made from a schema. */
export interface FormField {
  readonly name: string;
  /** `json`: lists, objects and values of several types are written as JSON. */
  readonly kind: 'text' | 'number' | 'integer' | 'boolean' | 'json';
  readonly required: boolean;
  /** Texts that were seen; others may be written. */
  readonly suggestions: readonly string[];
  /** The range seen, or what else may be there. */
  readonly hint: string | undefined;
}

type JsonObject = { readonly [key: string]: JsonValue };

/** The fields for params that are an object; `null` for all others, which are written as JSON. */
export function formFields(schema: JsonSchema | null): readonly FormField[] | null {
  if (
    !schema ||
    typesOf(schema)
      .filter((type) => type !== 'null')
      .join() !== 'object'
  )
    return null;
  const required = new Set(requiredOf(schema));
  const properties = Object.entries(propertiesOf(schema));
  return properties.length === 0 ? null : properties.map(([name, property]) => fieldOf(name, property, required.has(name)));
}

function fieldOf(name: string, schema: JsonSchema, required: boolean): FormField {
  const types = typesOf(schema);
  const [only, ...others] = types.filter((type) => type !== 'null');
  const kind = others.length > 0 ? 'json' : kindOf(only);
  const values = schema['enum'];
  const { minimum, maximum } = schema as Readonly<Record<string, JsonValue | undefined>>;
  const range = typeof minimum === 'number' && typeof maximum === 'number' ? `Seen: ${minimum === maximum ? minimum : `${minimum} to ${maximum}`}` : undefined;
  return {
    name,
    kind,
    required: required && !types.includes('null'),
    suggestions: kind === 'text' && Array.isArray(values) ? values.filter((value): value is string => typeof value === 'string') : [],
    hint: kind === 'json' ? 'As JSON' : range,
  };
}

function kindOf(type: string | undefined): FormField['kind'] {
  switch (type) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
    case 'boolean':
      return type;
    default:
      return 'json';
  }
}

export type Params = { readonly value: JsonValue } | { readonly problem: string };

/** Params as they are typed; nothing at all stands for `null`. */
export function readParams(text: string): Params {
  if (text.trim() === '') return { value: null };
  const checked = encodePublishPayload('json', text);
  if ('problem' in checked) return checked;
  const rounded = roundedInteger(text);
  if (rounded !== undefined) return { problem: `${rounded} has too many digits to be sent as it stands. Write it as text, in quotes.` };
  return { value: JSON.parse(text) as JsonValue };
}

/** The first integer of a JSON text that would not stay the same: a double has 53 bits for it (RFC 8259 §6). */
export function roundedInteger(text: string): string | undefined {
  const tokens = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  for (let found = tokens.exec(text); found; found = tokens.exec(text)) {
    const [token] = found;
    if (token === '"') tokens.lastIndex = endOfJsonString(text, found.index);
    else if (/^-?\d{16,}$/.test(token) && BigInt(token) !== BigInt(Number(token))) return token;
  }
  return undefined;
}

/** The object that a form shows; nothing typed stands for an empty one. `undefined` when the text is no object. */
export function formValues(text: string): JsonObject | undefined {
  const params = readParams(text);
  if ('problem' in params) return undefined;
  return params.value === null ? {} : asSchema(params.value);
}

/** The text after a field was changed; `undefined` leaves the property out. Everything else stays as it is. */
export function withField(text: string, name: string, value: JsonValue | undefined): string {
  const { [name]: old, ...others } = formValues(text) ?? {};
  if (value === undefined) return paramsText(others);
  // A property that was there keeps its place.
  return paramsText(old === undefined ? { ...others, [name]: value } : { ...formValues(text), [name]: value });
}

export function paramsText(value: JsonValue): string {
  return value === null ? '' : JSON.stringify(value, null, 2);
}

/** What a field shows of a value. */
export function fieldText(field: FormField, value: JsonValue | undefined): string {
  if (value === undefined || (value === null && field.kind !== 'json')) return '';
  return field.kind === 'text' && typeof value === 'string' ? value : JSON.stringify(value);
}

/** The value of what was typed into a field: `undefined` to leave it out, or what is wrong with it. */
export function readField(field: FormField, text: string): { readonly value: JsonValue | undefined } | { readonly problem: string } {
  if (field.kind === 'text') return { value: text === '' && !field.required ? undefined : text };
  if (text.trim() === '') return { value: undefined };
  if (field.kind === 'json') return readParams(text);
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
  if (field.kind === 'integer') return Number.isInteger(number) ? { value: number } : { problem: 'Write an integer, such as 21.' };
  return Number.isFinite(number) ? { value: number } : { problem: 'Write a number, such as 21.5.' };
}

/** Params to start from: the newest example, or what a schema without examples says must be there. */
export function suggestedParams(detail: { readonly examples: readonly { readonly params: JsonValue }[]; readonly paramsSchema: JsonSchema | null }): string {
  const [newest] = detail.examples;
  if (newest) return paramsText(newest.params);
  const fields = formFields(detail.paramsSchema)?.filter(({ required }) => required);
  return fields ? paramsText(Object.fromEntries(fields.map((field) => [field.name, emptyValue(field)]))) : '';
}

function emptyValue({ kind }: FormField): JsonValue {
  switch (kind) {
    case 'text':
      return '';
    case 'boolean':
      return false;
    case 'json':
      return null;
    default:
      return 0;
  }
}
