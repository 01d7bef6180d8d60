import { exactDigits } from '../../../shared/rpc/exact-number.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import type { GuestTask } from './guest/guest.ts';
import { isList } from '../../../shared/rpc/is-list.ts';

/** JSON for a script. A whole number that a double cannot hold goes as a text of its digits, with the path to it: it becomes a `BigInt`. */
export function encodeJson(value: JsonValue): { readonly text: string; readonly bigs: GuestTask['bigs'] } {
  const text = JSON.stringify(value);
  if (!/\d{16}/.test(text)) return { text, bigs: [] };
  const bigs: (readonly (string | number)[])[] = [];
  const plain = withoutBigs(value, [], bigs);
  return bigs.length === 0 ? { text, bigs } : { text: JSON.stringify(plain), bigs };
}

function withoutBigs(value: JsonValue, path: readonly (string | number)[], bigs: (readonly (string | number)[])[]): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  const digits = exactDigits(value);
  if (digits !== undefined) {
    if (!/^-?\d+$/.test(digits)) return value;
    bigs.push(path);
    return digits;
  }
  if (isList(value)) return value.map((item, at) => withoutBigs(item, [...path, at], bigs));
  // `fromEntries` makes own members even of "__proto__".
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBigs(item, [...path, key], bigs)]));
}
