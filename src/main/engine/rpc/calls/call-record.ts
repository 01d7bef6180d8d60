import type { CallDetail, CallMessage, CallRow, CallState, DialectId, ReplySubscription } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { MessageProperties, MessageRecord } from '../../../../shared/messages/record.ts';
import type { Dialect, RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import { maxPayloadBytes } from '../../../../shared/rpc/json-payload.ts';
import type { RpcError } from '../../../../shared/rpc/rpc-error.ts';
import type { Example } from '../methods/examples.ts';
import type { MethodEntry } from '../methods/method-entry.ts';
import { plainValue } from '../plain-value.ts';

export const maxAnswers = 10;
export const shownPayloadBytes = 65_536;
/** Of a record and each of its messages beside the payload, about. */
const recordBytes = 600;
const messageBytes = 300;

/** A message of a call, whole. */
export interface KeptMessage {
  messageId: number;
  readonly topic: string;
  readonly timeUs: number;
  /** ms of the clock that never goes back. */
  readonly receivedAt: number;
  readonly qos: 0 | 1 | 2;
  /** Of one that no peer would read, as it is too large, only the beginning. */
  readonly payload: Uint8Array;
  readonly sizeBytes: number;
  readonly properties: MessageProperties | null;
}

/** One call, own or of others, as far as it has come. */
export interface CallRecord {
  readonly id: number;
  readonly source: SourceId;
  readonly key: string;
  readonly own: boolean;
  dialect: DialectId;
  reads: Pick<Dialect, 'parse'> | null;
  /** Of the service. */
  topic: string;
  method: string;
  callerId: string;
  replyTo: string;
  /** Of an own call: the client id of its session. */
  via: string;
  state: CallState;
  duplicates: number;
  timeUs: number;
  elapsedMs: number | null;
  /** As in `CallRow`. */
  responseCode: number | null;
  /** As in `CallRow`. */
  correlationId: string | null;
  errorText: string | null;
  error: RpcError | null;
  readonly timeoutMs: number | null;
  replySubscription: ReplySubscription | null;
  request: KeptMessage | null;
  readonly answers: KeptMessage[];
  /** Which of the answers ended it; -1: none. */
  outcomeAt: number;
  readonly steps: CallDetail['steps'][number][];
  entry: MethodEntry | null;
  example: Example | null;
  /** Answers on the reply topic, by the way they were seen: over the local broker by the client that called and by the tap, over a connection as they went out and as they came in. */
  readonly seen: { client: number; tap: number };
  /** Takes an answer to an own call that is pending. */
  onAnswer: ((topic: string, outcome: RpcOutcome) => void) | null;
  bytes: number;
  /** Grows with each change. */
  version: number;
}

/** An own call before its request is sent. */
export interface OwnCall {
  readonly source: SourceId;
  readonly dialect: DialectId;
  /** Of the service. */
  readonly topic: string;
  readonly method: string;
  readonly callerId: string;
  readonly timeoutMs: number;
  readonly key: string;
  readonly replyTo: string;
  /** The client id of the session it goes through. */
  readonly via?: string;
  readonly correlationId?: string | null;
}

export function keep(record: MessageRecord, receivedAt: number): KeptMessage {
  const { id, topic, timeUs, qos, payload, properties } = record;
  const isWhole = payload.byteLength <= maxPayloadBytes;
  // A copy, where the payload is a view into the batch it came in.
  const kept =
    isWhole && payload.byteLength === payload.buffer.byteLength ? payload : new Uint8Array(isWhole ? payload : payload.subarray(0, shownPayloadBytes));
  return { messageId: id, topic, timeUs, receivedAt, qos, payload: kept, sizeBytes: payload.byteLength, properties };
}

export function bytesOf({ topic, method, callerId, replyTo, key, correlationId, request, answers }: CallRecord): number {
  const texts = topic.length + method.length + callerId.length + replyTo.length + key.length + (correlationId?.length ?? 0);
  let bytes = recordBytes + texts * 2;
  if (request) bytes += messageBytes + request.payload.byteLength;
  for (const answer of answers) bytes += messageBytes + answer.payload.byteLength;
  return bytes;
}

/**
 * From request to answer, in ms. The times of the records are the more exact ones, but the time of day may be changed in between: where the clock
 * that never goes back says something quite different, it is right.
 */
export function elapsedBetween(request: Pick<KeptMessage, 'timeUs' | 'receivedAt'>, answer: Pick<KeptMessage, 'timeUs' | 'receivedAt'>): number {
  const byTimeOfDay = (answer.timeUs - request.timeUs) / 1000;
  const byClock = answer.receivedAt - request.receivedAt;
  return byTimeOfDay < 0 || Math.abs(byTimeOfDay - byClock) > trustedDriftMs ? Math.max(0, byClock) : byTimeOfDay;
}

/** Messages may wait about so long between the broker and here. */
const trustedDriftMs = 1000;

/** What a list shows of an error; all of it is in the error itself. */
const shownErrorLength = 2000;

export function rowOf(call: CallRow): CallRow {
  const { id, source, dialect, topic, method, callerId, own, state, duplicates, timeUs, elapsedMs, responseCode, correlationId } = call;
  const errorText = call.errorText?.slice(0, shownErrorLength) ?? null;
  return { id, source, dialect, topic, method, callerId, own, state, duplicates, timeUs, elapsedMs, responseCode, correlationId, errorText };
}

/** As much of a call as its detail is made of. */
export type ReadableCall = CallRow &
  Pick<CallRecord, 'reads' | 'replyTo' | 'key' | 'error' | 'timeoutMs' | 'replySubscription' | 'outcomeAt' | 'steps'> & {
    readonly request: ReadableMessage | null;
    readonly answers: readonly ReadableMessage[];
  };
export type ReadableMessage = Omit<KeptMessage, 'receivedAt'>;

/** Reads what the messages say once more: nobody looks at most calls, and their bytes take less space. */
export function detailOf(call: ReadableCall): CallDetail {
  const { reads, replyTo, key, error, timeoutMs, replySubscription, request, answers, outcomeAt, steps } = call;
  const asked = request && reads?.parse(request);
  const answer = answers[outcomeAt];
  const answered = answer && reads?.parse(answer);
  const result = answered?.kind === 'response' && 'result' in answered.outcome ? plainValue(answered.outcome.result) : undefined;
  return {
    ...rowOf(call),
    params: asked?.kind === 'request' ? plainValue(asked.params) : null,
    replyTo,
    requestId: key,
    ...(result === undefined ? {} : { result }),
    ...(error === null ? {} : { error: plainError(error) }),
    timeoutMs,
    replySubscription,
    request: request && messageOf(request),
    answers: answers.map(messageOf),
    steps: [...steps],
  };
}

export function plainError(error: RpcError): RpcError {
  const { peerCode, data, ...rest } = error;
  return { ...rest, ...(peerCode === undefined ? {} : { peerCode: plainValue(peerCode) }), ...(data === undefined ? {} : { data: plainValue(data) }) };
}

function messageOf({ messageId, topic, timeUs, qos, payload, sizeBytes, properties }: ReadableMessage): CallMessage {
  // A copy: a view would drag the whole payload along when it is sent on.
  const shown = payload.byteLength > shownPayloadBytes ? new Uint8Array(payload.subarray(0, shownPayloadBytes)) : payload;
  return { messageId, topic, timeUs, qos, payload: shown, sizeBytes, properties };
}
