import { isJsonObject, readJsonPayload, readTextPayload } from '../../rpc/json-payload.ts';
import type { JsonValue } from '../../rpc/python-json.ts';
import { contentKind } from '../udp/content-formats.ts';
import { cborOfJson, jsonOfCbor } from './cbor-body.ts';

const textPlain = 0;
const json = 50;
const cbor = 60;

/**
 * A payload as a body of JSON: text (0, and what else is text) as a text, JSON (50, and what else is JSON) as its value; without a Content-Format what it
 * can be read as. CBOR (60) is its value where JSON can say all of it. Anything else is `{ "content_format": 42, "base64": "…" }`, which goes back as the same bytes. No payload is `null`.
 * `problem`: it is not what its Content-Format says; the body has its bytes.
 */
export function bodyOfPayload(payload: Uint8Array, contentFormat: number | undefined): { readonly body: JsonValue; readonly problem?: string } {
  if (payload.length === 0) return { body: null };
  const bytes = { content_format: contentFormat ?? null, base64: toBase64(payload) };
  const kind = contentFormat === undefined ? 'any' : contentKind(contentFormat);
  if (kind === 'json' || kind === 'any') {
    const read = readJsonPayload(payload);
    if ('value' in read) return { body: read.value };
    if (kind === 'json') return { body: bytes, problem: `The payload is no JSON that can be read: ${read.reason}.` };
  }
  if (contentFormat === cbor) {
    const read = jsonOfCbor(payload);
    if ('problem' in read) return { body: bytes, problem: `The payload is no CBOR that can be read: ${read.problem}.` };
    return { body: read.value === undefined ? bytes : read.value };
  }
  if (kind !== 'any' && kind !== 'text' && kind !== 'link-format') return { body: bytes };
  const read = readTextPayload(payload);
  if ('text' in read) return { body: read.text };
  return kind === 'any' ? { body: bytes } : { body: bytes, problem: `The payload is no text that can be read: ${read.reason}.` };
}

/** A diagnostic payload is text, whatever it looks like (RFC 7252 §5.5.2). */
export function bodyOfError(payload: Uint8Array, contentFormat: number | undefined): JsonValue {
  return bodyOfPayload(payload, contentFormat ?? textPlain).body;
}

export interface CarriedPayload {
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Absent: the bytes came without one. */
  readonly contentFormat?: number;
}

/** The reverse: a text as text/plain, `{ "content_format", "base64" }` as its bytes, anything else as JSON, or as CBOR where that is wanted; `null` is no payload. `'not-acceptable'`: another one is wanted. */
export function payloadOfBody(body: JsonValue, accept?: number): CarriedPayload | 'not-acceptable' | null {
  if (body === null) return null;
  const bytes = readBytes(body);
  if (bytes) return accept === undefined || accept === bytes.contentFormat ? bytes : 'not-acceptable';
  if (accept === cbor) return { payload: cborOfJson(body), contentFormat: cbor };
  const contentFormat = accept ?? (typeof body === 'string' ? textPlain : json);
  if (contentFormat !== textPlain && contentFormat !== json) return 'not-acceptable';
  const text = typeof body === 'string' && contentFormat === textPlain ? body : JSON.stringify(body);
  return { payload: new TextEncoder().encode(text), contentFormat };
}

/** Exactly these two members: an object that has others as well is JSON. */
function readBytes(body: JsonValue): CarriedPayload | null {
  if (!isJsonObject(body) || Object.keys(body).length !== 2) return null;
  const { base64, content_format: format } = body;
  const isFormat = format === null || (typeof format === 'number' && Number.isInteger(format) && format >= 0 && format <= 65_535);
  if (typeof base64 !== 'string' || !isFormat || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) return null;
  const payload = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return format === null ? { payload } : { payload, contentFormat: format };
}

function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // As arguments there is no room for all of them.
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return btoa(parts.join(''));
}
