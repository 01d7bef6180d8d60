import { isInexact } from './exact-number.ts';
import type { JsonValue } from './python-json.ts';

/** Peers of the mqttxx family drop larger messages when they receive them; sending is not limited. */
export const maxPayloadBytes = 1_048_576;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Finds every number that may be one a double cannot hold, and hardly anything else: reading with a reviver is slow, and the digits of a UUID are no number. */
const longNumber = /(?:^|[\s:,[])-?(?:\d{16}|\d+(?:\.\d+)?[eE]\+?\d{3})/;

/** Deeper than anything meant for reading; beyond some thousands, code that walks a value would overflow its stack. */
const maxDepth = 512;

interface UnreadablePayload {
  readonly name: 'INVALID_JSON' | 'INVALID_UTF8' | 'PAYLOAD_TOO_LARGE';
  readonly reason: string;
}

/** Reads a payload of JSON text. Size and depth are checked before anything is parsed. */
export function readJsonPayload(payload: Uint8Array): { readonly value: JsonValue } | UnreadablePayload {
  const read = readTextPayload(payload);
  if ('reason' in read) return read;
  if (read.text === '') return { name: 'INVALID_JSON', reason: 'the payload is empty' };
  return readJsonText(read.text);
}

/** Reads JSON text. The depth is checked before anything is parsed; the size is the caller's to check. */
export function readJsonText(text: string): { readonly value: JsonValue } | UnreadablePayload {
  if (isDeep(text)) return { name: 'INVALID_JSON', reason: `nested deeper than ${maxDepth} levels` };
  try {
    return { value: parseJson(text) };
  } catch {
    return { name: 'INVALID_JSON', reason: 'not JSON' };
  }
}

/** Reads a payload of UTF-8 text of any kind. */
export function readTextPayload(payload: Uint8Array): { readonly text: string } | UnreadablePayload {
  if (payload.length > maxPayloadBytes) return { name: 'PAYLOAD_TOO_LARGE', reason: `larger than ${maxPayloadBytes} bytes` };
  try {
    return { text: decoder.decode(payload) };
  } catch {
    return { name: 'INVALID_UTF8', reason: 'not UTF-8 text' };
  }
}

/** Throws for what is not JSON. A number that a double cannot hold keeps its digits. */
function parseJson(text: string): JsonValue {
  if (!longNumber.test(text)) return JSON.parse(text) as JsonValue;
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && isInexact(value, source) ? JSON.rawJSON(source) : value,
  ) as JsonValue;
}

function isDeep(text: string): boolean {
  if (text.length <= maxDepth) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === 0x5c) at += 1;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x5b || unit === 0x7b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (unit === 0x5d || unit === 0x7d) depth -= 1;
  }
  return false;
}

/** An object of JSON: neither a list, nor a number kept as its digits. */
export function isJsonObject(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** Text as it is; everything else as JSON. */
export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
