import type { JsonValue } from '../../../../shared/rpc/python-json.ts';

export interface ChangedPart {
  /** `body`, `header.path`; `message`: all of it. */
  readonly at: string;
  /** `undefined`: it is not there. */
  readonly from: JsonValue | undefined;
  readonly to: JsonValue | undefined;
}

/** The members of a message that differ: those of its header one by one, everything else as a whole. */
export function changedParts(from: JsonValue, to: JsonValue): readonly ChangedPart[] {
  if (!isObject(from) || !isObject(to)) return [{ at: 'message', from, to }];
  return differing(from, to).flatMap((key) => {
    const [before, after] = [from[key], to[key]];
    if (key !== 'header' || !isObject(before) || !isObject(after)) return [{ at: key, from: before, to: after }];
    return differing(before, after).map((field) => ({ at: `header.${field}`, from: before[field], to: after[field] }));
  });
}

type JsonObject = { readonly [key: string]: JsonValue };
const isObject = (value: JsonValue | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function differing(from: JsonObject, to: JsonObject): string[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]));
}
