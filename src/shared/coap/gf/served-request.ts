import type { JsonValue } from '../../rpc/python-json.ts';
import { readGfMessage, type GfMessage, type GfMethod, type GfRequestMessage } from './message.ts';
import type { GfAddress } from './topics.ts';

export interface ServedRequest {
  readonly method: GfMethod;
  readonly path: string;
  readonly requestId: JsonValue;
  readonly correlationId: JsonValue;
  readonly source: JsonValue;
  readonly token: JsonValue;
  readonly body: JsonValue;
  readonly timestamp: JsonValue;
  /** Fields of the header that are none of the contract. */
  readonly others: { readonly [name: string]: JsonValue };
}

/** A request that cannot be carried out, with what is needed to answer it. */
export interface RefusedRequest {
  readonly code: 400 | 405;
  readonly detail: string;
  readonly path: string;
  readonly requestId: JsonValue;
  readonly correlationId: JsonValue;
}

/** A request as a responder takes it: whatever comes is answered, and ids that are missing are those of the topic. */
export function readServedRequest(payload: Uint8Array, { requestId: idOfTopic }: GfAddress): ServedRequest | RefusedRequest {
  const message = readGfMessage(payload);
  if (message.kind !== 'request') return { code: 400, detail: whyNoRequest(message), path: '', requestId: idOfTopic, correlationId: null };
  const { method, methodAsSent, correlationId, source, token, body, timestamp, others } = message;
  const requestId = message.requestId ?? idOfTopic;
  const path = typeof message.path === 'string' ? message.path : '';
  if (path === '') return { code: 400, detail: 'The request has no path.', path, requestId, correlationId };
  if (method !== null) return { method, path, requestId, correlationId, source, token, body, timestamp, others };
  if (methodAsSent === null) return { code: 400, detail: 'The request has no method.', path, requestId, correlationId };
  return { code: 405, detail: `Unknown method ${JSON.stringify(methodAsSent).slice(0, 60)}.`, path, requestId, correlationId };
}

function whyNoRequest(message: Exclude<GfMessage, GfRequestMessage>): string {
  if (message.kind === 'unreadable') return `The request cannot be read: ${message.reason}.`;
  return message.kind === 'response' ? 'The message on the request topic is a response.' : 'The request has no header with a method.';
}
