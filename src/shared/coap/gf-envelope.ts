import type { JsonValue } from '../rpc/python-json.ts';

/** The CoAP-style envelope of gf_mqtt_client: requests and responses as JSON on topics of their own. */
const gfNamespace = 'gf_int_v1';

export type GfMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** In the order of the integers 1 … 4 that peers up to 0.1.2 send. */
const methods: readonly GfMethod[] = ['GET', 'POST', 'PUT', 'DELETE'];

/** Response codes a peer knows. Any other one makes a real caller stop receiving for good. */
export const gfCodes = {
  created: 201,
  deleted: 202,
  valid: 203,
  changed: 204,
  content: 205,
  badRequest: 400,
  unauthorized: 401,
  badOption: 402,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  notAcceptable: 406,
  preconditionFailed: 412,
  requestEntityTooLarge: 413,
  unsupportedContentFormat: 415,
  internalServerError: 500,
  notImplemented: 501,
  badGateway: 502,
  serviceUnavailable: 503,
  gatewayTimeout: 504,
  proxyingNotSupported: 505,
} as const;

export type GfCode = (typeof gfCodes)[keyof typeof gfCodes];

export interface GfAddress {
  readonly subsystem: string;
  /** Tag of the device, in requests and in responses. */
  readonly target: string;
  readonly requestId: string;
}

export interface GfRequest {
  readonly method: GfMethod;
  readonly path: string;
  readonly requestId: JsonValue;
  readonly correlationId: JsonValue;
  /** Client id of the caller. */
  readonly source: JsonValue;
  readonly token: JsonValue;
  readonly body: JsonValue;
  /** As received: a number, a text, or null when missing. */
  readonly timestamp: JsonValue;
}

/** A request that cannot be carried out, with what is needed to answer it. */
export interface GfBadRequest {
  readonly code: typeof gfCodes.badRequest | typeof gfCodes.methodNotAllowed;
  readonly detail: string;
  readonly path: string;
  readonly requestId: JsonValue;
  readonly correlationId: JsonValue;
}

export function gfRequestTopic({ subsystem, target, requestId }: GfAddress): string {
  return `${gfNamespace}/${subsystem}/request/${target}/${requestId}`;
}

export function gfResponseTopic({ subsystem, target, requestId }: GfAddress): string {
  return `${gfNamespace}/${subsystem}/response/${target}/${requestId}`;
}

/** What a device subscribes to, once. */
export function gfDeviceFilter(target: string): string {
  return `${gfNamespace}/+/request/${target}/+`;
}

export function parseGfTopic(topic: string): (GfAddress & { readonly kind: 'request' | 'response' }) | null {
  const levels = topic.split('/');
  const [namespace, subsystem = '', kind, target = '', requestId = ''] = levels;
  if (levels.length !== 5 || namespace !== gfNamespace || (kind !== 'request' && kind !== 'response')) return null;
  return { kind, subsystem, target, requestId };
}

/** The exact text a caller of gf_mqtt_client sends: timestamp first, all header fields present. */
export function buildGfRequest(request: {
  readonly method: GfMethod;
  readonly path: string;
  readonly requestId: string;
  readonly source: string | null;
  readonly body: JsonValue;
  readonly timestampMs: number;
  readonly correlationId?: string | null;
  readonly token?: string | null;
}): string {
  return JSON.stringify({
    timestamp: request.timestampMs,
    body: request.body,
    header: {
      request_id: request.requestId,
      path: request.path,
      correlation_id: request.correlationId ?? null,
      source: request.source,
      token: request.token ?? null,
      method: request.method,
    },
  });
}

export function buildGfResponse(response: {
  readonly code: GfCode;
  readonly path: string;
  readonly requestId: JsonValue;
  readonly correlationId: JsonValue;
  /** Tag of the answering device. */
  readonly source: string;
  readonly body: JsonValue;
  readonly timestampMs: number;
}): string {
  return JSON.stringify({
    header: {
      response_code: response.code,
      path: response.path,
      request_id: response.requestId,
      correlation_id: response.correlationId,
      source: response.source,
    },
    body: response.body,
    timestamp: String(response.timestampMs),
  });
}

/** Reads a request. What cannot be read is described with the code to answer with; ids that are missing come from the topic. */
export function parseGfRequest(payload: Uint8Array, address: GfAddress): GfRequest | GfBadRequest {
  const bad = (detail: string): GfBadRequest => ({ code: gfCodes.badRequest, detail, path: '', requestId: address.requestId, correlationId: null });
  let message: unknown;
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return bad('The request is not JSON in UTF-8.');
  }
  if (!isObject(message)) return bad('The request is not a JSON object.');
  const { header, body = null, timestamp = null } = message;
  if (!isObject(header)) return bad('The request has no header.');
  const { request_id: requestId = address.requestId, correlation_id: correlationId = null, source = null, token = null } = header;
  const path = typeof header['path'] === 'string' ? header['path'] : '';
  const refuse = (code: GfBadRequest['code'], detail: string): GfBadRequest => ({ code, detail, path, requestId, correlationId });
  if (path === '') return refuse(gfCodes.badRequest, 'The request has no path.');
  if (header['method'] === undefined || header['method'] === null) return refuse(gfCodes.badRequest, 'The request has no method.');
  const method = readMethod(header['method']);
  if (!method) return refuse(gfCodes.methodNotAllowed, `Unknown method ${JSON.stringify(header['method'])}.`);
  return { method, path, requestId, correlationId, source, token, body, timestamp };
}

function readMethod(value: JsonValue): GfMethod | undefined {
  if (typeof value === 'number') return methods[value - 1];
  return typeof value === 'string' ? methods.find((method) => method === value.toUpperCase()) : undefined;
}

function isObject(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
