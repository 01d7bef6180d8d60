import { isJsonObject, readTextPayload } from '../../rpc/json-payload.ts';
import type { JsonValue } from '../../rpc/python-json.ts';
import type { GfTopic } from './topics.ts';
import { findResponseCode } from './response-codes.ts';

export interface GfHazard {
  /** Who stops receiving for good, while its session stays up: whoever takes requests there, or whoever waits for the response. */
  readonly silences: 'device' | 'caller';
  /** `always`, or only where the handler of the peer reads the missing field, as the documented one does. */
  readonly when: 'always' | 'handler-reads-field';
  /** A sentence: what is wrong with the message. */
  readonly reason: string;
}

/**
 * Whether a message would silence a live peer with gf_mqtt_client 0.2: its receive loop ends at some messages, and nothing but a restart helps.
 * `null`: it would not. Text that is not JSON, and an empty message, it passes by.
 */
export function hazardOf(topic: GfTopic, payload: Uint8Array): GfHazard | null {
  const silences = topic.kind === 'request' ? 'device' : 'caller';
  const always = (reason: string): GfHazard => ({ silences, when: 'always', reason });
  const read = readTextPayload(payload);
  // What is too large to be read here may still be read there.
  if ('reason' in read) return read.name === 'INVALID_UTF8' ? always('The message is not UTF-8 text.') : null;
  let message: JsonValue;
  try {
    message = JSON.parse(read.text) as JsonValue;
  } catch {
    return null;
  }
  if (!isJsonObject(message)) return always('The message is JSON, but not an object.');
  if (!Object.hasOwn(message, 'header')) return null;
  const { header = null } = message;
  if (!isJsonObject(header)) return always('The header of the message is not an object.');
  return topic.kind === 'request' ? ofRequest(header) : ofResponse(header);
}

function ofRequest(header: { readonly [name: string]: JsonValue }): GfHazard | null {
  if (!Object.hasOwn(header, 'method')) return null;
  const missing = ['request_id', 'path'].filter((field) => !Object.hasOwn(header, field));
  if (missing.length === 0) return null;
  return { silences: 'device', when: 'handler-reads-field', reason: `The header of the request has no ${missing.join(' and no ')}.` };
}

function ofResponse(header: { readonly [name: string]: JsonValue }): GfHazard | null {
  const { response_code: code = null } = header;
  if (code === null || (typeof code === 'number' && findResponseCode(code))) return null;
  return { silences: 'caller', when: 'always', reason: `The response code ${JSON.stringify(code).slice(0, 60)} is none that a caller knows.` };
}
