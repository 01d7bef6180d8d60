import { exactDigits } from '../../rpc/exact-number.ts';
import { isJsonObject, readJsonPayload } from '../../rpc/json-payload.ts';
import type { JsonValue } from '../../rpc/python-json.ts';

export type GfMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** In the order of the integers 1 … 4 that peers up to 0.1.2 send, and later ones refuse. */
export const gfMethods: readonly GfMethod[] = ['GET', 'POST', 'PUT', 'DELETE'];

interface GfHeader {
  /** As it came; `null`: missing. Ids are echoed, never changed. */
  readonly requestId: JsonValue;
  readonly path: JsonValue;
  readonly correlationId: JsonValue;
  /** Client id of the caller, or tag of the answering device. */
  readonly source: JsonValue;
  readonly token: JsonValue;
  /** Fields that are not of the contract, such as `location`. */
  readonly others: { readonly [name: string]: JsonValue };
}

interface GfContent {
  readonly body: JsonValue;
  /** As it came: a number, a text, or `null` when missing. */
  readonly timestamp: JsonValue;
}

export interface GfRequestMessage extends GfContent, GfHeader {
  readonly kind: 'request';
  /** `null`: not one that is known. */
  readonly method: GfMethod | null;
  readonly methodAsSent: JsonValue;
}

export interface GfResponseMessage extends GfContent, GfHeader {
  readonly kind: 'response';
  /** `null`: not a number. */
  readonly code: number | null;
  readonly codeAsSent: JsonValue;
}

interface GfGeneralMessage extends GfContent {
  readonly kind: 'general';
}

interface GfUnreadable {
  readonly kind: 'unreadable';
  readonly reason: string;
}

export type GfMessage = GfRequestMessage | GfResponseMessage | GfGeneralMessage | GfUnreadable;

/** Reads a message as liberally as its form allows; `validateGf` says what a strict peer makes of it. Which of `method` and `response_code` is there decides, and the method wins. */
export function readGfMessage(payload: Uint8Array): GfMessage {
  const read = readJsonPayload(payload);
  if ('reason' in read) return { kind: 'unreadable', reason: read.reason };
  const message = read.value;
  if (!isJsonObject(message)) return { kind: 'unreadable', reason: 'not a JSON object' };
  const { header, body = null, timestamp = null } = message;
  if (header === undefined) return { kind: 'general', body, timestamp };
  if (!isJsonObject(header)) return { kind: 'unreadable', reason: 'the header is not a JSON object' };
  const { request_id: requestId = null, path = null, correlation_id: correlationId = null, source = null, token = null, method, ...rest } = header;
  const { response_code: code, ...others } = rest;
  const about = { requestId, path, correlationId, source, token, others, body, timestamp };
  if (method !== undefined) return { kind: 'request', ...about, method: readMethod(method), methodAsSent: method };
  if (code !== undefined) return { kind: 'response', ...about, code: readCode(code), codeAsSent: code };
  return { kind: 'general', body, timestamp };
}

/** Words in any case, and the integers of early peers. */
export function readMethod(value: JsonValue): GfMethod | null {
  if (typeof value === 'number') return gfMethods[value - 1] ?? null;
  const word = typeof value === 'string' ? value.toUpperCase() : null;
  return gfMethods.find((method) => method === word) ?? null;
}

function readCode(value: JsonValue): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{3}$/.test(value.trim()) ? Number(value) : null;
}

/** Unix ms of a timestamp, where it says one: an integer, or its digits as text. */
export function timestampMs(timestamp: JsonValue): number | null {
  const digits = typeof timestamp === 'number' ? String(timestamp) : typeof timestamp === 'string' ? timestamp : (exactDigits(timestamp) ?? '');
  if (!/^\d{1,16}$/.test(digits)) return null;
  const ms = Number(digits);
  return ms <= 8_640_000_000_000_000 ? ms : null;
}
