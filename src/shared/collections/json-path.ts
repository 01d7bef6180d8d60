import { JSONPathEnvironment, JSONPathError } from 'json-p3';
import { exactDigits } from '../rpc/exact-number.ts';
import { isJsonObject } from '../rpc/json-payload.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { isList } from '../rpc/is-list.ts';

/** More than anybody asserts about; `$..*` of a large answer finds more. */
const maxFound = 10_000;

// Answers are read to a depth of 512.
const environment = new JSONPathEnvironment({ maxRecursionDepth: 600 });

/** What is looked into: `plain` has the nearest double for each number that a double cannot hold, as paths and schemas compare numbers. */
export interface Searchable {
  readonly exact: JsonValue;
  readonly plain: JsonValue;
}

export function searchable(exact: JsonValue): Searchable {
  return { exact, plain: withDoubles(exact) };
}

/** The values that a JSONPath (RFC 9535) finds, with their digits; `problem` is a sentence. It may take long: mind who wrote the path. */
export function findValues(path: string, { exact, plain }: Searchable): { readonly values: readonly JsonValue[] } | { readonly problem: string } {
  try {
    const values: JsonValue[] = [];
    for (const { location } of environment.compile(path).lazyQuery(plain as Parameters<typeof environment.query>[1])) {
      if (values.length === maxFound) return { problem: `${path} finds more than ${maxFound} values.` };
      values.push(valueAt(exact, location));
    }
    return { values };
  } catch (error) {
    if (error instanceof JSONPathError) return { problem: `${path} is no JSONPath that can be followed: ${error.message}.` };
    if (error instanceof RangeError) return { problem: `${path} goes too deep.` };
    throw error;
  }
}

function valueAt(value: JsonValue, location: readonly (string | number)[]): JsonValue {
  let found = value;
  for (const step of location) found = (found as { readonly [key: string | number]: JsonValue })[step] as JsonValue;
  return found;
}

function withDoubles(value: JsonValue): JsonValue {
  const digits = exactDigits(value);
  if (digits !== undefined) return Number(digits);
  if (isList(value)) {
    const items = value.map(withDoubles);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([key, inner]) => [key, withDoubles(inner)] as const);
  // `fromEntries` makes own members even of "__proto__".
  return members.some(([key, inner]) => inner !== value[key]) ? Object.fromEntries(members) : value;
}
