import { exactDigits } from '../../../shared/rpc/exact-number.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { isList } from '../../../shared/rpc/is-list.ts';

/** What a page can take in one message, with room for what is around the value. */
const maxDepth = 48;

/** A value for the page: a number kept as its digits becomes the nearest one, and what is nested deeper than 48 levels its JSON text. */
export function plainValue(value: JsonValue, depth = 0): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  const digits = exactDigits(value);
  if (digits !== undefined) return Number.isFinite(Number(digits)) ? Number(digits) : digits;
  if (depth >= maxDepth) return JSON.stringify(value);
  if (isList(value)) return value.map((item) => plainValue(item, depth + 1));
  // `fromEntries` makes own members even of "__proto__".
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainValue(inner, depth + 1)]));
}
