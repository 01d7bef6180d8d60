import { isJsonObject } from './json-payload.ts';
import { parsePointer, valueAt } from './json-pointer.ts';
import type { JsonValue } from './python-json.ts';
import { isList } from './is-list.ts';

const maxSchemaBytes = 65_536;
const maxDepth = 48;
const references = ['$ref', '$dynamicRef', '$recursiveRef'];
/** Values, which may look like schemas. */
const ofData = new Set(['enum', 'const', 'default', 'examples']);
const ofNames = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
const types = new Set<string>(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);

/**
 * What keeps a value from being used as JSON Schema (2020-12), a sentence; `null`: nothing that can be seen without trying it. References may lead
 * only into the schema itself, by a pointer: nothing is ever loaded.
 */
export function schemaProblemOf(schema: JsonValue): string | null {
  if (!isJsonObject(schema)) return 'A schema is a JSON object.';
  if (JSON.stringify(schema).length > maxSchemaBytes) return 'A schema has at most 64 KiB.';
  return look(schema, schema, '#', 0);
}

function look(root: JsonValue, value: JsonValue, at: string, depth: number): string | null {
  if (depth > maxDepth) return `The schema is nested deeper than ${maxDepth} levels.`;
  if (isList(value)) return first(value.map((item, n) => () => look(root, item, `${at}/${n}`, depth + 1)));
  if (!isJsonObject(value)) return null;
  for (const name of references) {
    const problem = value[name] === undefined ? null : referenceProblem(root, value[name]);
    if (problem !== null) return `At ${at}: ${problem}`;
  }
  const { type, pattern, patternProperties } = value;
  const wrong = (isList(type) ? type : [type]).find((one) => one !== undefined && !types.has(one as string));
  if (wrong !== undefined) return `At ${at}: there is no type ${JSON.stringify(wrong)}.`;
  const patterns = [...(typeof pattern === 'string' ? [pattern] : []), ...(isJsonObject(patternProperties) ? Object.keys(patternProperties) : [])];
  const bad = patterns.find((one) => !isPattern(one));
  if (bad !== undefined) return `At ${at}: ${JSON.stringify(bad)} is no regular expression.`;
  return first(
    Object.entries(value).map(([name, inner]) => () => {
      if (ofData.has(name)) return null;
      const place = `${at}/${name}`;
      // The members of these have the names that the user gave them.
      if (!ofNames.has(name) || !isJsonObject(inner)) return look(root, inner, place, depth + 1);
      return first(
        Object.entries(inner).map(
          ([key, schema]) =>
            () =>
              look(root, schema, `${place}/${key}`, depth + 2),
        ),
      );
    }),
  );
}

/** Stops at the first problem. */
function first(looks: readonly (() => string | null)[]): string | null {
  for (const one of looks) {
    const problem = one();
    if (problem !== null) return problem;
  }
  return null;
}

function referenceProblem(root: JsonValue, target: JsonValue): string | null {
  if (typeof target !== 'string' || !target.startsWith('#'))
    return `${JSON.stringify(target)} leads out of the schema. Only references such as "#/$defs/name" are followed.`;
  const pointer = parsePointer(decoded(target.slice(1)));
  return pointer === undefined || valueAt(root, pointer) === undefined ? `${JSON.stringify(target)} leads nowhere.` : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isPattern(text: string): boolean {
  try {
    RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
