import { maxPayloadBytes } from './json-payload.ts';
import type { JsonPointer } from './json-pointer.ts';

interface Pointers {
  readonly requestId: JsonPointer | undefined;
  readonly method: JsonPointer | undefined;
  readonly responseId: JsonPointer | undefined;
  readonly result: JsonPointer;
  readonly error: JsonPointer;
}

type Look = (payload: Uint8Array) => boolean;

/**
 * Tells by the bytes whether a payload can be a request or an answer of a dialect: the names that its pointers end with have to be there. A look costs
 * a search or two, where parsing the JSON would cost a hundred times as much.
 */
export function bytesTell({ requestId, method, responseId, result, error }: Pointers): { readonly request: Look; readonly response: Look } {
  const inRequest = [has(requestId), has(method)];
  const [id, anyResult, anyError] = [has(responseId), has(result), has(error)];
  return {
    request: (payload) => isReadable(payload) && inRequest.every((look) => look(payload)),
    response: (payload) => isReadable(payload) && id(payload) && (anyResult(payload) || anyError(payload)),
  };
}

/** A number in a pointer may be the place in a list, and what is outside ASCII may be written as an escape. */
function has(pointer: JsonPointer | undefined): Look {
  const name = pointer?.at(-1);
  if (name === undefined || !/^[ !#-.0-[\]-~]+$/.test(name) || /^\d+$/.test(name)) return () => true;
  const mark = new TextEncoder().encode(`"${name}"`);
  return (payload) => includes(payload, mark);
}

function isReadable(payload: Uint8Array): boolean {
  return payload.length > 0 && payload.length <= maxPayloadBytes;
}

const quote = 0x22;

function includes(payload: Uint8Array, mark: Uint8Array): boolean {
  const last = payload.length - mark.length;
  for (let at = payload.indexOf(quote); at >= 0 && at <= last; at = payload.indexOf(quote, at + 1)) {
    let same = 1;
    while (same < mark.length && payload[at + same] === mark[same]) same += 1;
    if (same === mark.length) return true;
  }
  return false;
}
