import { jsonErrorPosition } from '../../json-error-position.ts';
import { isJson } from '../../indent-json.ts';
import { PayloadFailure } from '../../value/payload-failure.ts';
import { branchName, type AvroField, type AvroType, type LogicalType } from './avro-type.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const primitives: ReadonlySet<string> = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);
const namePattern = /^[A-Za-z_]\w*$/;
const maxTypes = 10_000;
const maxDepth = 100;

/** Reads a schema (Avro 1.12, "Schema Declaration"). Throws `PayloadFailure`: with the offset in the text where it is no JSON, with the path where it is no schema. */
export function readAvroSchema(text: string): AvroType {
  if (!isJson(text)) throw new PayloadFailure('this is not JSON', jsonErrorPosition(text));
  return new SchemaReader().read(JSON.parse(text) as Json, '', '', 0);
}

class SchemaReader {
  readonly #named = new Map<string, AvroType>();
  #types = 0;

  read(json: Json, namespace: string, path: string, depth: number): AvroType {
    this.#types += 1;
    if (depth > maxDepth || this.#types > maxTypes) throw problem('the schema is too large, or nested too deeply', path);
    if (typeof json === 'string') return this.#byName(json, namespace, path);
    if (isList(json)) return this.#union(json, namespace, path, depth);
    if (!isObject(json)) throw problem('a type is needed: a name, an object or a list', path);
    const type = json['type'];
    if (typeof type !== 'string') {
      if (type === undefined) throw problem('"type" is missing', path);
      return this.read(type, namespace, `${path}.type`, depth + 1);
    }
    switch (type) {
      case 'record':
      case 'error':
        return this.#record(json, namespace, path, depth);
      case 'enum':
        return this.#enum(json, namespace, path);
      case 'fixed':
        return this.#fixed(json, namespace, path);
      case 'array':
        return { kind: 'array', items: this.read(need(json, 'items', path), namespace, `${path}.items`, depth + 1) };
      case 'map':
        return { kind: 'map', values: this.read(need(json, 'values', path), namespace, `${path}.values`, depth + 1) };
      default:
        return primitives.has(type) ? primitive(type, logicalOf(json, type)) : this.#byName(type, namespace, path);
    }
  }

  #byName(name: string, namespace: string, path: string): AvroType {
    if (primitives.has(name)) return primitive(name, null);
    const type = this.#named.get(fullName(name, namespace)) ?? this.#named.get(name);
    if (!type) throw problem(`"${name}" is no type, and names none that is defined before`, path);
    return type;
  }

  #define(json: JsonObject, namespace: string, path: string): { readonly name: string; readonly namespace: string } {
    const given = need(json, 'name', path);
    const own = typeof json['namespace'] === 'string' ? json['namespace'] : namespace;
    if (typeof given !== 'string') throw problem('"name" is a text', path);
    const name = fullName(given, own);
    if (!name.split('.').every((part) => namePattern.test(part)))
      throw problem(`"${name.slice(0, 100)}" is no name: letters, digits and "_", with a letter first`, path);
    if (this.#named.has(name)) throw problem(`"${name}" is defined twice`, path);
    return { name, namespace: name.split('.').slice(0, -1).join('.') };
  }

  #record(json: JsonObject, outer: string, path: string, depth: number): AvroType {
    const { name, namespace } = this.#define(json, outer, path);
    const list = need(json, 'fields', path);
    if (!isList(list)) throw problem('"fields" is a list', path);
    const fields: AvroField[] = [];
    const record: AvroType = { kind: 'record', name, fields };
    // Before its fields are read: they may name it.
    this.#named.set(name, record);
    for (const [index, field] of list.entries()) {
      const at = `${path}.fields[${index}]`;
      if (!isObject(field) || typeof field['name'] !== 'string' || !namePattern.test(field['name'])) throw problem('a field needs a "name"', at);
      const fieldName = field['name'];
      if (fields.some((one) => one.name === fieldName)) throw problem(`the field "${fieldName}" is there twice`, at);
      const type = this.read(need(field, 'type', at), namespace, `${at}.type`, depth + 1);
      fields.push({ name: fieldName, type, default: field['default'] === undefined ? null : { text: JSON.stringify(field['default']) } });
    }
    return record;
  }

  #enum(json: JsonObject, outer: string, path: string): AvroType {
    const { name } = this.#define(json, outer, path);
    const symbols = need(json, 'symbols', path);
    if (!isList(symbols) || !symbols.every((one): one is string => typeof one === 'string')) throw problem('"symbols" is a list of texts', path);
    if (new Set(symbols).size < symbols.length) throw problem('a symbol is there twice', path);
    const type: AvroType = { kind: 'enum', name, symbols };
    this.#named.set(name, type);
    return type;
  }

  #fixed(json: JsonObject, outer: string, path: string): AvroType {
    const { name } = this.#define(json, outer, path);
    const size = need(json, 'size', path);
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > 0x7fff_ffff) throw problem('"size" is a whole number of bytes', path);
    const type: AvroType = { kind: 'fixed', name, size, logical: logicalOf(json, 'fixed') };
    this.#named.set(name, type);
    return type;
  }

  #union(list: readonly Json[], namespace: string, path: string, depth: number): AvroType {
    const branches = list.map((json, index) => this.read(json, namespace, `${path}[${index}]`, depth + 1));
    if (branches.some(({ kind }) => kind === 'union')) throw problem('a union holds no union', path);
    if (new Set(branches.map(branchName)).size < branches.length) throw problem('a union holds each type once', path);
    return { kind: 'union', branches };
  }
}

const isList = (json: Json): json is readonly Json[] => Array.isArray(json);
const isObject = (json: Json): json is JsonObject => typeof json === 'object' && json !== null && !Array.isArray(json);
const fullName = (name: string, namespace: string): string => (name.includes('.') || namespace === '' ? name : `${namespace}.${name}`);
const problem = (reason: string, path: string): PayloadFailure => new PayloadFailure(`${reason}${path === '' ? '' : ` (at ${path.replace(/^\./, '')})`}`);

function need(json: JsonObject, key: string, path: string): Json {
  const value = json[key];
  if (value === undefined) throw problem(`"${key}" is missing`, path);
  return value;
}

function primitive(name: string, logical: LogicalType | null): AvroType {
  return { kind: name as 'null', logical };
}

/** An unknown or unfitting logical type is ignored, as the specification asks for. */
function logicalOf(json: JsonObject, type: string): LogicalType | null {
  const units = { 'timestamp-millis': 1_000, 'timestamp-micros': 1_000_000, 'timestamp-nanos': 1_000_000_000 } as const;
  const logical = json['logicalType'];
  if (typeof logical !== 'string') return null;
  if (type === 'long' && Object.hasOwn(units, logical)) return { name: 'timestamp', unitsPerSecond: units[logical as keyof typeof units] };
  const scale = json['scale'] ?? 0;
  const isDecimal = logical === 'decimal' && (type === 'bytes' || type === 'fixed') && typeof scale === 'number' && Number.isInteger(scale);
  return isDecimal && scale >= 0 && scale <= 1000 ? { name: 'decimal', scale } : null;
}
