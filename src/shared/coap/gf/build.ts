import type { JsonValue } from '../../rpc/python-json.ts';
import { gfMethods, type GfMethod } from './message.ts';
import type { GfCode } from './response-codes.ts';

export interface GfRequestInput {
  readonly method: GfMethod;
  /** How the peer wants it: words, or 1 to 4 up to 0.1.2. */
  readonly methodAs?: 'word' | 'integer';
  readonly path: string;
  readonly requestId: string;
  /** Client id of the caller. */
  readonly source: string | null;
  readonly body: JsonValue;
  /** Unix ms. */
  readonly timestampMs: number;
  readonly correlationId?: string | null;
  readonly token?: string | null;
  /** A field of our own, which peers pass over: how many bridges the request may still go through. */
  readonly hopLimit?: number;
}

/** The exact text a caller of gf_mqtt_client sends: timestamp first, all header fields there. Its model has no booleans: a body of `true` travels as 1. */
export function buildGfRequest(request: GfRequestInput): string {
  const { method, methodAs = 'word' } = request;
  return JSON.stringify({
    timestamp: request.timestampMs,
    body: typeof request.body === 'boolean' ? Number(request.body) : request.body,
    header: {
      request_id: request.requestId,
      path: request.path,
      correlation_id: request.correlationId ?? null,
      source: request.source,
      token: request.token ?? null,
      method: methodAs === 'word' ? method : gfMethods.indexOf(method) + 1,
      ...(request.hopLimit === undefined ? {} : { hop_limit: request.hopLimit }),
    },
  });
}

export interface GfResponseInput {
  /** One that peers do not know silences the caller: for tests of that only. */
  readonly code: GfCode | (number & {});
  readonly path: string;
  readonly requestId: JsonValue;
  readonly correlationId: JsonValue;
  /** Tag of the answering device. */
  readonly source: string;
  readonly body: JsonValue;
  /** Unix ms. */
  readonly timestampMs: number;
  /** Of what a POST has created. */
  readonly location?: string;
  /** What callers are told of a failure when body and location say nothing. */
  readonly errorMessage?: string;
}

/** As the documented handlers answer: four header fields and the source, the timestamp as text. */
export function buildGfResponse(response: GfResponseInput): string {
  return JSON.stringify({
    header: {
      response_code: response.code,
      path: response.path,
      request_id: response.requestId,
      correlation_id: response.correlationId,
      source: response.source,
      ...(response.location === undefined ? {} : { location: response.location }),
      ...(response.errorMessage === undefined ? {} : { error_message: response.errorMessage }),
    },
    body: response.body,
    timestamp: String(response.timestampMs),
  });
}

/** A message that asks for nothing. */
export function buildGfGeneral(body: JsonValue, timestampMs: number): string {
  return JSON.stringify({ timestamp: timestampMs, body: typeof body === 'boolean' ? Number(body) : body });
}
