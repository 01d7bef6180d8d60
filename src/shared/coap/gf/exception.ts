import { isJsonObject, textOf } from '../../rpc/json-payload.ts';
import type { JsonValue } from '../../rpc/python-json.ts';
import type { GfResponseMessage } from './message.ts';
import type { GfTopic } from './topics.ts';
import { findResponseCode } from './response-codes.ts';

/** A response as the exception that a caller with gf_mqtt_client gets. */
export interface GfException {
  /** `NotFoundResponse`. */
  readonly name: string;
  readonly responseCode: number;
  readonly path: string | null;
  readonly detail: string | null;
  /** The caller. */
  readonly source: string | null;
  /** Tag of the device, from the topic. */
  readonly target: string | null;
}

/** `null`: the response is a success. */
export function exceptionOf(response: GfResponseMessage, topic: GfTopic | null, caller: string | null): GfException | null {
  const { codeAsSent, code, path } = response;
  const info = typeof codeAsSent === 'number' ? findResponseCode(codeAsSent) : undefined;
  const about = { path: path === null ? null : textOf(path), source: caller, target: topic?.target ?? null };
  if (!info) {
    // The base class, which kills the loop of a real caller on its way.
    const text = codeAsSent === null ? 'None' : textOf(codeAsSent);
    return { name: 'ResponseException', responseCode: code ?? 0, detail: `Unknown response code: ${text}`, ...about };
  }
  return info.exception === null ? null : { name: info.exception, responseCode: info.code, detail: detailOf(response), ...about };
}

/** What never arrives as a message: the time-out of the caller. */
export function localTimeout({ path, caller, target, elapsedMs }: { path: string; caller: string | null; target: string; elapsedMs: number }): GfException {
  const detail = `Request timed out after ${(elapsedMs / 1000).toFixed(3)} seconds`;
  return { name: 'GatewayTimeoutResponse', responseCode: 504, path, detail, source: caller, target };
}

/** The first of body, header `location` and `error_message` that says something, as Python sees it: 0, false and what is empty do not. */
function detailOf({ body, others }: GfResponseMessage): string | null {
  const found = [body, others['location'] ?? null, others['error_message'] ?? null].find(saysSomething);
  return found === undefined ? null : textOf(found);
}

function saysSomething(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}
