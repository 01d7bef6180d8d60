import { readCbor } from '../../payload/codecs/cbor-read.ts';
import { writeCbor } from '../../payload/codecs/cbor-write.ts';
import { PayloadFailure } from '../../payload/value/payload-failure.ts';
import { isList, isSpecial, mapOf, type PayloadValue } from '../../payload/value/payload-value.ts';
import { exactDigits } from '../../rpc/exact-number.ts';
import { isJsonObject } from '../../rpc/json-payload.ts';
import type { JsonValue } from '../../rpc/python-json.ts';

/** CBOR as JSON, where JSON can say all of it (RFC 8949 §6.1): no byte strings, tags, or keys that are no texts. `undefined`: it cannot. */
export function jsonOfCbor(payload: Uint8Array): { readonly value: JsonValue | undefined } | { readonly problem: string } {
  try {
    return { value: toJson(readCbor(payload)) };
  } catch (error) {
    if (error instanceof PayloadFailure) return { problem: error.message };
    throw error;
  }
}

export const cborOfJson = (value: JsonValue): Uint8Array<ArrayBuffer> => writeCbor(fromJson(value));

function toJson(value: PayloadValue): JsonValue | undefined {
  if (typeof value === 'bigint') return JSON.rawJSON(value.toString());
  if (isList(value)) {
    const items = value.map(toJson);
    return items.includes(undefined) ? undefined : (items as JsonValue[]);
  }
  if (!isSpecial(value)) return value;
  if (value.kind === 'float') return Number.isFinite(value.value) ? value.value : undefined;
  if (value.kind !== 'map') return undefined;
  const members = new Map<string, JsonValue>();
  for (const [key, inner] of value.entries) {
    const member = toJson(inner);
    if (typeof key !== 'string' || member === undefined || members.has(key)) return undefined;
    members.set(key, member);
  }
  // `fromEntries` makes own members even of "__proto__".
  return Object.fromEntries(members);
}

function fromJson(value: JsonValue): PayloadValue {
  if (value === null || typeof value !== 'object') return value;
  const digits = exactDigits(value);
  if (digits !== undefined) return /^-?\d+$/.test(digits) ? BigInt(digits) : { kind: 'float', value: Number(digits) };
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(fromJson);
  return isJsonObject(value) ? mapOf(Object.entries(value).map(([key, inner]) => [key, fromJson(inner)])) : null;
}
