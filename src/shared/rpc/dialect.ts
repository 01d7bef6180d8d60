import type { MessageProperties } from '../messages/record.ts';
import type { JsonValue } from './python-json.ts';
import type { RpcError, RpcErrorName } from './rpc-error.ts';

/** A convention for calls over MQTT: how requests and responses look, and how they find each other. Pure and without state. */
export interface Dialect {
  /** Its correlation travels in properties that only MQTT 5 has. */
  readonly needsMqtt5: boolean;
  buildRequest(call: RpcCall): BuiltRequest | { readonly problem: string };
  parse(message: RpcMessage): ParsedMessage;
  /** `null`: the request cannot be answered, as it does not say where, or how answers find it. */
  buildResult(request: RpcRequest, result: JsonValue, more?: AnswerExtras): OutgoingMessage | null;
  buildError(request: RpcRequest, error: Pick<RpcError, 'name' | 'message'>, more?: AnswerExtras): OutgoingMessage | null;
}

/** What an answer says beside the outcome, in dialects that have it. */
export interface AnswerExtras {
  /** Unix ms. */
  readonly timeMs?: number | undefined;
  /** Absent: the usual one. */
  readonly responseCode?: number | undefined;
  /** Of what was created. */
  readonly location?: string | undefined;
}

export interface RpcCall {
  /** A UUID with dashes. */
  readonly id: string;
  readonly topic: string;
  readonly method: string;
  readonly params: JsonValue;
  /** Absent: where the dialect has answers sent. */
  readonly replyTo?: string | undefined;
  readonly clientId: string;
  /** How the caller names itself; nobody checks it. */
  readonly callerId: string;
  readonly properties?: ExtraProperties | undefined;
  /** Unix ms; for dialects whose requests carry it. */
  readonly timeMs?: number | undefined;
  readonly envelope?: CallEnvelope | undefined;
}

/** What else a request of gf_mqtt_client says; the request id stands in the call. */
interface CallEnvelope {
  readonly token?: string | null | undefined;
  readonly correlationId?: string | null | undefined;
  readonly methodAs?: 'word' | 'integer' | undefined;
  readonly qos?: 0 | 1 | 2 | undefined;
  /** How many bridges the request may still go through. */
  readonly hopLimit?: number | undefined;
  readonly responses?: 'exact' | 'standing' | undefined;
}

/** MQTT 5 properties that a caller adds to those the dialect needs. */
export interface ExtraProperties {
  readonly userProperties?: readonly (readonly [string, string])[] | undefined;
  readonly contentType?: string | undefined;
  readonly messageExpirySeconds?: number | undefined;
}

export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly qos: 0 | 1 | 2;
  readonly properties?: {
    readonly contentType?: string;
    readonly messageExpirySeconds?: number;
    readonly payloadIsUtf8?: boolean;
    readonly responseTopic?: string;
    readonly correlationData?: Uint8Array<ArrayBuffer>;
    readonly userProperties?: [string, string][];
  };
}

export interface BuiltRequest {
  readonly message: OutgoingMessage;
  /** What the answer is recognised by, as in `RpcResponse`. */
  readonly key: string;
  /** The exact topic the answer is expected on, which has to be subscribed to. */
  readonly replyTo: string;
  /** Only this call is answered there. */
  readonly replyToOnce?: boolean;
  /** Subscribed to in place of `replyTo`, which it covers. */
  readonly replyFilter?: string;
  /** As in `RpcRequest`. */
  readonly service?: string;
}

/** As received; a `MessageRecord` is one. */
export interface RpcMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly properties: MessageProperties | null;
}

export interface RpcRequest {
  readonly kind: 'request';
  /** Equal for a request and its response. */
  readonly key: string;
  /** To be echoed as it came. */
  readonly id: JsonValue | Uint8Array;
  readonly method: string;
  readonly params: JsonValue;
  /** Empty: the request cannot be answered. */
  readonly replyTo: string;
  /** Self-declared, not authenticated. Empty: not given. */
  readonly callerId: string;
  /** By which requests belong together, in dialects that have that. */
  readonly correlationId?: string | undefined;
  /** The topic that names the service, where it is another one than that of the message. */
  readonly service?: string;
}

/** `code`: of the response, in dialects that have one for successes as well; `location`: of what was created, likewise. */
export type RpcOutcome = ({ readonly result: JsonValue } | { readonly error: RpcError }) & { readonly code?: number; readonly location?: string };

interface RpcResponse {
  readonly kind: 'response';
  readonly key: string;
  readonly outcome: RpcOutcome;
}

interface RpcEvent {
  readonly kind: 'event';
  /** Empty: it has none. */
  readonly eventType: string;
  readonly data: JsonValue;
  /** Who says it: nobody checks it. Empty: not given. */
  readonly source: string;
  /** Unix s, as it says; `null`: not given. */
  readonly timestamp: number | null;
}

interface InvalidMessage {
  readonly kind: 'invalid';
  readonly name: RpcErrorName;
  readonly reason: string;
  /** The call that this was meant to answer, where it says so. */
  readonly key?: string;
}

/** Nothing of this dialect. */
interface OtherMessage {
  readonly kind: 'other';
  readonly reason: string;
}

export type ParsedMessage = RpcRequest | RpcResponse | RpcEvent | InvalidMessage | OtherMessage;

export function invalid(name: RpcErrorName, reason: string, key?: string): InvalidMessage {
  return { kind: 'invalid', name, reason, ...(key === undefined ? {} : { key }) };
}

export function other(reason: string): ParsedMessage {
  return { kind: 'other', reason };
}

/** Ids are compared by what they say: some peers answer to `7` what was asked with `"7"`. */
export function keyOfId(id: JsonValue): string {
  return typeof id === 'string' ? id : JSON.stringify(id);
}

/** One character a byte, so that any bytes make a key of their own. */
export function keyOfBytes(bytes: Uint8Array): string {
  let key = '';
  for (const byte of bytes) key += String.fromCharCode(byte);
  return key;
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
