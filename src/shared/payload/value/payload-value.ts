/**
 * What a payload holds, in any of the formats, without loss. Whole numbers are `number` while a double holds them exactly, `bigint` beyond;
 * everything JSON has no word for is an object with a `kind`.
 */
export type PayloadValue = null | boolean | number | bigint | string | readonly PayloadValue[] | SpecialValue;

export type SpecialValue =
  /** Keys of any kind, in the order they were sent, twice if they were sent twice. */
  | { readonly kind: 'map'; readonly entries: readonly (readonly [PayloadValue, PayloadValue])[] }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A floating-point number that would read as a whole one, or is none: 1.0, -0, NaN, the infinities. */
  | { readonly kind: 'float'; readonly value: number }
  /** Bytes that were sent as text and are not UTF-8. */
  | { readonly kind: 'broken-text'; readonly bytes: Uint8Array }
  | { readonly kind: 'undefined' }
  /** CBOR (RFC 8949 §3.3). */
  | { readonly kind: 'simple'; readonly value: number }
  /** CBOR (RFC 8949 §3.4). */
  | { readonly kind: 'tagged'; readonly tag: number | bigint; readonly value: PayloadValue }
  /** MessagePack. */
  | { readonly kind: 'extension'; readonly type: number; readonly bytes: Uint8Array }
  /** A moment of MessagePack: seconds since 1970, and nanoseconds of that second. */
  | { readonly kind: 'time'; readonly seconds: bigint; readonly nanoseconds: number };

export type MapValue = Extract<SpecialValue, { readonly kind: 'map' }>;

export const isList = (value: PayloadValue): value is readonly PayloadValue[] => Array.isArray(value);

export function isSpecial(value: PayloadValue): value is SpecialValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const mapOf = (entries: readonly (readonly [PayloadValue, PayloadValue])[]): MapValue => ({ kind: 'map', entries });

/** A number that was sent as floating point. */
export function floatValue(value: number): PayloadValue {
  return Number.isInteger(value) || !Number.isFinite(value) ? { kind: 'float', value } : value;
}

/** A whole number, as `number` where that is exact. */
export function integerValue(value: bigint): number | bigint {
  return value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n ? Number(value) : value;
}
