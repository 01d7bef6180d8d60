import { contentKind } from '../../../../shared/coap/udp/content-formats.ts';
import { readJsonPayload, readTextPayload } from '../../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';

const textPlain = 0;
const json = 50;

/** A payload as a body: text as it is, JSON read; without a Content-Format JSON where it is some, else text. No payload is `null`. */
export function readUdpBody(
  payload: Uint8Array,
  contentFormat: number | undefined,
): { readonly body: JsonValue } | { readonly code: number; readonly detail: string } {
  if (payload.length === 0) return { body: null };
  const kind = contentFormat === undefined ? 'any' : contentKind(contentFormat);
  if (kind !== 'any' && kind !== 'text' && kind !== 'json')
    return { code: 415, detail: `A body with the Content-Format ${contentFormat} is not taken, only text (0) and JSON (50).` };
  if (kind !== 'text') {
    const read = readJsonPayload(payload);
    if ('value' in read) return { body: read.value };
    if (kind === 'json') return { code: 400, detail: `The body is no JSON that can be read: ${read.reason}.` };
  }
  const read = readTextPayload(payload);
  return 'text' in read ? { body: read.text } : { code: 400, detail: `The body is no text that can be read: ${read.reason}.` };
}

/** Text as text/plain, everything else as JSON; `null` is no payload. `'not-acceptable'`: the requester takes neither. */
export function writeUdpBody(
  body: JsonValue,
  accept: number | undefined,
): { readonly payload: Uint8Array; readonly contentFormat: number } | 'not-acceptable' | null {
  if (body === null) return null;
  const contentFormat = accept ?? (typeof body === 'string' ? textPlain : json);
  if (contentFormat !== textPlain && contentFormat !== json) return 'not-acceptable';
  const text = typeof body === 'string' && contentFormat === textPlain ? body : JSON.stringify(body);
  return { payload: new TextEncoder().encode(text), contentFormat };
}
