import { invalid, keyOfId, other, utf8, type Dialect, type OutgoingMessage, type ParsedMessage, type RpcMessage, type RpcRequest } from './dialect.ts';
import { withExtraProperties } from './extra-properties.ts';
import { isJsonObject, readJsonPayload } from './json-payload.ts';
import { readPeerError } from './peer-error.ts';
import type { JsonValue } from './python-json.ts';
import type { RpcErrorName } from './rpc-error.ts';

/**
 * JSON-RPC 2.0 over a pair of topics, one for requests and one for responses. A request does not say where its response belongs, so the pair
 * is agreed on: `…/request` and `…/response`, or what the call says. One call a message: no batches.
 */
export const jsonrpc: Dialect = {
  needsMqtt5: false,
  buildRequest({ id, topic, method, params, properties, replyTo = partnerOf(topic) }) {
    if (params !== null && (typeof params !== 'object' || JSON.isRawJSON(params)))
      return { problem: 'In JSON-RPC 2.0 the params are an object or a list (§4.2).' };
    return withExtraProperties({ message: message(topic, { method, ...(params === null ? {} : { params }), id }), key: id, replyTo }, properties);
  },
  parse: parseMessage,
  buildResult: (request, result) => answer(request, { result }),
  buildError: (request, error) => answer(request, { error: { code: errorCodes[error.name] ?? serverError, message: error.message } }),
};

/** §5.1; -32000 to -32099 are for the implementation. */
const serverError = -32_000;
const errorCodes: Partial<Record<RpcErrorName, number>> = {
  INVALID_JSON: -32_700,
  INVALID_RPC_REQUEST: -32_600,
  METHOD_NOT_FOUND: -32_601,
  PERMISSION_DENIED: -32_001,
};

/** The topic of the responses to requests on a topic. */
function partnerOf(topic: string): string {
  return topic.endsWith('/request') ? `${topic.slice(0, -'/request'.length)}/response` : `${topic}/response`;
}

function message(topic: string, members: { readonly [key: string]: JsonValue }): OutgoingMessage {
  return { topic, payload: utf8(JSON.stringify({ jsonrpc: '2.0', ...members })), qos: 1 };
}

function answer({ id, replyTo }: RpcRequest, outcome: { readonly [key: string]: JsonValue }): OutgoingMessage | null {
  return replyTo === '' || id instanceof Uint8Array ? null : message(replyTo, { ...outcome, id });
}

function parseMessage({ topic, payload }: RpcMessage): ParsedMessage {
  const read = readJsonPayload(payload);
  if ('reason' in read) return invalid(read.name, read.reason);
  const { value } = read;
  if (Array.isArray(value)) return invalid('INVALID_MESSAGE_TYPE', 'a batch: only single calls are read');
  if (!isJsonObject(value)) return invalid('INVALID_MESSAGE_TYPE', 'not a JSON object');
  const { jsonrpc: version, id = null, method, params = null } = value;
  // Some peers leave the version out.
  if (version === undefined && value['id'] === undefined) return other('neither jsonrpc nor id');
  if (version !== undefined && version !== '2.0') return invalid('INVALID_MESSAGE_TYPE', 'jsonrpc is not "2.0"');
  const key = keyOfId(id);
  if (method !== undefined) {
    if (typeof method !== 'string') return invalid('INVALID_RPC_REQUEST', 'method is not a text');
    if (value['id'] === undefined) return { kind: 'event', eventType: method, data: params, source: '', timestamp: null };
    return { kind: 'request', key, id, method, params, replyTo: partnerOf(topic), callerId: '' };
  }
  const { error = null, result = null } = value;
  if (value['error'] === undefined && value['result'] === undefined)
    return invalid('MISSING_REQUIRED_FIELD', 'neither method nor result nor error', id === null ? undefined : key);
  if (id === null) return invalid('INVALID_RPC_RESPONSE', error === null ? 'a result without an id' : `an error without an id: ${wordsOf(error)}`);
  return { kind: 'response', key, outcome: error === null ? { result } : { error: readError(error) } };
}

function readError(error: JsonValue): ReturnType<typeof readPeerError> {
  if (!isJsonObject(error)) return readPeerError({ text: error });
  return readPeerError({ text: error['message'] ?? '', code: error['code'], data: error['data'] });
}

function wordsOf(error: JsonValue): string {
  return readError(error).peerText ?? readError(error).message;
}
