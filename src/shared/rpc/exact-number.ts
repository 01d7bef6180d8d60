import type { JsonValue } from './python-json.ts';

/** The digits of a number that a double cannot hold, which is kept as its text; `undefined`: the value is something else. */
export function exactDigits(value: JsonValue): string | undefined {
  return JSON.isRawJSON(value) ? value.rawJSON : undefined;
}

/** A number of JSON text (RFC 8259 §6). One that a double cannot hold keeps its digits: serial numbers and nanoseconds are such. */
export function readNumber(source: string): JsonValue {
  const value = Number(source);
  return isInexact(value, source) ? JSON.rawJSON(source) : value;
}

/** Whether `value`, read from `source`, is another number than what stands there. */
export function isInexact(value: number, source: string): boolean {
  return !Number.isFinite(value) || (/^-?\d+$/.test(source) && JSON.stringify(value) !== source && !Number.isSafeInteger(value));
}
