import { invalid, keyOfId, other, utf8, type Dialect, type OutgoingMessage, type ParsedMessage, type RpcMessage, type RpcRequest } from './dialect.ts';
import { hasExtraProperties } from './extra-properties.ts';
import { isJsonObject, readJsonPayload, textOf } from './json-payload.ts';
import { mqttxxErrorText, readPeerError } from './peer-error.ts';
import { pythonJson, type JsonValue } from './python-json.ts';
import type { RpcError } from './rpc-error.ts';
import { shorten } from '../text/shorten.ts';

/** mqttxx 2.x and 3.x: a JSON envelope. Requests and responses share a topic and are told apart by `type`; any version of MQTT carries it. */
export const mqttxx2: Dialect = {
  needsMqtt5: false,
  buildRequest({ id, topic, method, params, clientId, callerId, properties, replyTo = `mqtt-workbench/${clientId}` }) {
    if (hasExtraProperties(properties)) return { problem: 'The envelope of mqttxx 2 and 3 has no headers: its peers would not see them.' };
    const payload = pythonJson({ type: 'rpc_request', request_id: id, method, params, reply_to: replyTo, caller_id: callerId });
    return { message: { topic, payload: utf8(payload), qos: 1 }, key: id, replyTo };
  },
  parse: parseEnvelope,
  buildResult: (request, result) => answer(request, { result }),
  buildError: (request, error) => answer(request, { error: mqttxxWords(request, error) }),
};

/** Callers read an empty error as success, so none is ever sent. */
export function mqttxxWords({ method }: RpcRequest, { name, message }: Pick<RpcError, 'name' | 'message'>): string {
  if (name === 'METHOD_NOT_FOUND') return mqttxxErrorText.methodNotFound(method);
  if (name === 'PERMISSION_DENIED') return mqttxxErrorText.permissionDenied;
  return message === '' ? 'Unknown error' : message;
}

function answer({ id, replyTo }: RpcRequest, outcome: { readonly result: JsonValue } | { readonly error: string }): OutgoingMessage | null {
  if (replyTo === '' || id instanceof Uint8Array) return null;
  return { topic: replyTo, payload: utf8(pythonJson({ type: 'rpc_response', request_id: id, ...outcome })), qos: 1 };
}

function parseEnvelope({ payload }: RpcMessage): ParsedMessage {
  const read = readJsonPayload(payload);
  if ('reason' in read) return invalid(read.name, read.reason);
  const message = read.value;
  if (!isJsonObject(message)) return invalid('INVALID_MESSAGE_TYPE', 'not a JSON object');
  const { type, request_id: id } = message;
  if (type === undefined) return other('no type');
  if (type === 'event') return parseEvent(message);
  if (type !== 'rpc_request' && type !== 'rpc_response') return invalid('INVALID_MESSAGE_TYPE', `unknown type ${shorten(JSON.stringify(type), 80)}`);
  if (id === undefined) return invalid('MISSING_REQUIRED_FIELD', 'request_id is missing');
  const key = keyOfId(id);
  if (type === 'rpc_response') {
    const { error = null, result = null } = message;
    // A real caller takes an empty error for success. It is one of the peer's: an exception without a text.
    return { kind: 'response', key, outcome: error === null ? { result } : { error: readPeerError({ text: error }) } };
  }
  const { method, params = null, reply_to: replyTo = '', caller_id: callerId = '' } = message;
  if (method === undefined) return invalid('MISSING_REQUIRED_FIELD', 'method is missing');
  if (typeof method === 'object') return invalid('INVALID_RPC_REQUEST', 'method is not a text');
  return { kind: 'request', key, id, method: textOf(method), params, replyTo: nameOf(replyTo), callerId: nameOf(callerId) };
}

/** Of 3.x. The 2.x peers drop it for its type. */
function parseEvent({ event_type: eventType, data = null, source = '', timestamp = null }: { readonly [key: string]: JsonValue }): ParsedMessage {
  return typeof eventType === 'string'
    ? { kind: 'event', eventType, data, source: nameOf(source), timestamp: typeof timestamp === 'number' ? timestamp : null }
    : invalid('INVALID_MESSAGE_TYPE', 'an event without event_type');
}

function nameOf(value: JsonValue): string {
  return value === null ? '' : textOf(value);
}
