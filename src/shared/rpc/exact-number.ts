import type { JsonValue } from './python-json.ts';

/** The digits of a number that a double cannot hold, which is kept as its text; `undefined`: the value is something else. */
export function exactDigits(value: JsonValue): string | undefined {
  return JSON.isRawJSON(value) ? value.rawJSON : undefined;
}
