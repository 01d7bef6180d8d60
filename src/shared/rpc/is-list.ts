import type { JsonValue } from './python-json.ts';

/** `Array.isArray` makes writable lists of readonly ones. */
export const isList: (value: unknown) => value is readonly JsonValue[] = Array.isArray;
