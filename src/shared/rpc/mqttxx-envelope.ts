import { pythonJson, type JsonValue } from './python-json.ts';

/** The JSON envelope of mqttxx 2.x and 3.x. Requests and responses share a topic and are told apart by `type`. */
export interface MqttxxRequest {
  readonly kind: 'request';
  /** Of any JSON type: peers check none and echo it. */
  readonly requestId: JsonValue;
  readonly method: JsonValue;
  readonly params: JsonValue;
  /** Empty: the sender cannot be answered. */
  readonly replyTo: string;
  /** Self-declared, not authenticated. */
  readonly callerId: string;
}

interface MqttxxResponse {
  readonly kind: 'response';
  readonly requestId: JsonValue;
  readonly outcome: { readonly result: JsonValue } | { readonly error: string };
}

interface MqttxxInvalid {
  readonly kind: 'invalid';
  /** The code mqttxx logs before it drops the message. */
  readonly code: 2001 | 2002 | 2003 | 2004 | 2005;
  readonly reason: string;
}

export type MqttxxMessage = MqttxxRequest | MqttxxResponse | MqttxxInvalid;

/** Received messages above this size are dropped by peers; sending is not limited. */
export const mqttxxMaxPayloadBytes = 1_048_576;

/** Error texts with a fixed meaning on the wire; any other text comes from the method itself. */
export const mqttxxErrorText = {
  permissionDenied: 'Permission denied',
  methodNotFound: (method: string): string => `方法未找到: ${method}`,
  noHandler: (topic: string): string => `No RPC handler registered for topic: ${topic}`,
} as const;

export function buildMqttxxRequest(request: Omit<MqttxxRequest, 'kind'>): string {
  return pythonJson({
    type: 'rpc_request',
    request_id: request.requestId,
    method: request.method,
    params: request.params,
    reply_to: request.replyTo,
    caller_id: request.callerId,
  });
}

export function buildMqttxxResult(requestId: JsonValue, result: JsonValue): string {
  return pythonJson({ type: 'rpc_response', request_id: requestId, result });
}

/** Callers read an empty error text as success, so an empty one is replaced. */
export function buildMqttxxError(requestId: JsonValue, error: string): string {
  return pythonJson({ type: 'rpc_response', request_id: requestId, error: error === '' ? 'Unknown error' : error });
}

export function parseMqttxxMessage(payload: Uint8Array): MqttxxMessage {
  if (payload.length > mqttxxMaxPayloadBytes) return invalid(2003, `larger than ${mqttxxMaxPayloadBytes} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    return invalid(2002, 'not UTF-8 text');
  }
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return invalid(2001, 'not JSON');
  }
  if (!isObject(message)) return invalid(2004, 'not a JSON object');
  const { type, request_id: requestId } = message;
  if (type !== 'rpc_request' && type !== 'rpc_response') return invalid(2004, `unknown type ${JSON.stringify(type ?? null)}`);
  if (requestId === undefined) return invalid(2005, 'request_id is missing');
  if (type === 'rpc_response') {
    const { error = null, result = null } = message;
    return { kind: 'response', requestId, outcome: error === null ? { result } : { error: textOf(error) } };
  }
  const { method, params = null, reply_to: replyTo = '', caller_id: callerId = '' } = message;
  if (method === undefined) return invalid(2005, 'method is missing');
  return { kind: 'request', requestId, method, params, replyTo: textOf(replyTo), callerId: textOf(callerId) };
}

function invalid(code: MqttxxInvalid['code'], reason: string): MqttxxInvalid {
  return { kind: 'invalid', code, reason };
}

function isObject(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
