import { exactDigits } from '../rpc/exact-number.ts';
import { isJsonObject } from '../rpc/json-payload.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { isList } from '../rpc/is-list.ts';

/** The same JSON value, whatever the order of members. A number with more digits than a double keeps equals the double next to it, and only its own digits otherwise. */
export function jsonEqual(a: JsonValue, b: JsonValue): boolean {
  const [digitsOfA, digitsOfB] = [exactDigits(a), exactDigits(b)];
  if (digitsOfA !== undefined && digitsOfB !== undefined) return digitsOfA === digitsOfB;
  if (digitsOfA !== undefined || digitsOfB !== undefined) return Number(digitsOfA ?? a) === Number(digitsOfB ?? b) && isNumber(a) && isNumber(b);
  if (isList(a) || isList(b)) return isList(a) && isList(b) && a.length === b.length && a.every((item, index) => jsonEqual(item, b[index] as JsonValue));
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && jsonEqual(a[key] as JsonValue, b[key] as JsonValue));
}

function isNumber(value: JsonValue): boolean {
  return typeof value === 'number' || exactDigits(value) !== undefined;
}
