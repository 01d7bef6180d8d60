import { isJsonObject } from '../../rpc/json-payload.ts';
import type { JsonValue } from '../../rpc/python-json.ts';

/** RFC 7396: members that are `null` go, others replace, objects are merged. */
export function mergePatch(target: JsonValue, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name) ?? null, value));
  }
  return Object.fromEntries(merged);
}

/** The members of an object that a FETCH asks for with a list of names (RFC 8132 §2 leaves the form to both sides); anything else asks for all. */
export function readMembers(state: JsonValue, wanted: JsonValue): JsonValue {
  if (!isJsonObject(state) || !Array.isArray(wanted)) return state;
  const names = new Set<JsonValue>(wanted as readonly JsonValue[]);
  return Object.fromEntries(Object.entries(state).filter(([name]) => names.has(name)));
}
