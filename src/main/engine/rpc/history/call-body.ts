import type { CallDetail, ReplySubscription } from '../../../../shared/contract/rpc.ts';
import { decodeValue, encodeValue } from '../../../../shared/ipc/value-codec.ts';
import type { MessageProperties } from '../../../../shared/messages/record.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { RpcError } from '../../../../shared/rpc/rpc-error.ts';
import type { StoredCall } from '../../store/index.ts';
import { detailOf, plainError, rowOf, shownPayloadBytes, type CallRecord, type ReadableCall, type ReadableMessage } from '../calls/call-record.ts';
import type { DialectRegistry } from '../dialects/index.ts';

const maxErrorBytes = 65_536;
const maxPropertyBytes = 65_536;

/** All of a call beside its row. The names stand in files: they stay. */
interface CallBody {
  readonly replyTo: string;
  readonly key: string;
  readonly timeoutMs: number | null;
  readonly replySubscription: ReplySubscription | null;
  readonly outcomeAt: number;
  readonly steps: CallDetail['steps'];
  readonly error: RpcError | null;
  readonly request: ReadableMessage | null;
  readonly answers: readonly ReadableMessage[];
  /** Where the messages alone may not tell them later. */
  readonly params?: JsonValue;
  readonly result?: JsonValue;
}

/** A call as it is written to the disk: its messages with at most 64 KiB of payload each. */
export function toStored(call: CallRecord): StoredCall {
  const { replyTo, key, timeoutMs, replySubscription, outcomeAt, steps, error, request, answers } = call;
  const messages = [...(request ? [request] : []), ...answers];
  // A dialect of the user may be changed or removed; what it read stays.
  const read = call.dialect.startsWith('custom:') ? detailOf(call) : undefined;
  const body: CallBody = {
    ...{ replyTo, key, timeoutMs, replySubscription, outcomeAt, steps },
    error: error && boundedError(plainError(error)),
    request: request && cut(request),
    answers: answers.map(cut),
    ...(read && request && fits(read.params) ? { params: read.params } : {}),
    ...(read?.result !== undefined && fits(read.result) ? { result: read.result } : {}),
  };
  return { row: rowOf(call), body: encodeBody(body), messageIds: messages.map(({ messageId }) => messageId).filter((id) => id > 0) };
}

export type LoadedCall = ReadableCall & { readonly params?: JsonValue; readonly result?: JsonValue };

/** `null`: its bytes are damaged. */
export function fromStored({ row, body }: Pick<StoredCall, 'row' | 'body'>, dialects: Pick<DialectRegistry, 'find'>): LoadedCall | null {
  let known: CallBody;
  try {
    known = decodeValue(body) as CallBody;
  } catch {
    return null;
  }
  const { params, result, ...rest } = known;
  const read = { ...(params === undefined ? {} : { params }), ...(result === undefined ? {} : { result }) };
  return { ...row, ...rest, steps: [...rest.steps], reads: dialects.find(row.dialect) ?? null, ...read };
}

export function loadedDetail({ params, result, ...call }: LoadedCall): CallDetail {
  return { ...detailOf(call), ...(params === undefined ? {} : { params }), ...(result === undefined ? {} : { result }) };
}

/** As `encodeValue`, several times as fast for most calls: every call goes through it. */
function encodeBody(body: CallBody): Uint8Array {
  const { request, answers, error, params, result } = body;
  const messages = request ? [request, ...answers] : answers;
  if (error !== null || params !== undefined || result !== undefined || messages.some(({ properties }) => properties !== null)) return encodeValue(body);
  const mark = (message: ReadableMessage): unknown => ({ ...message, payload: { $: message.payload.byteLength } });
  const head = JSON.stringify({ ...body, request: request && mark(request), answers: answers.map(mark) });
  const headBytes = Buffer.byteLength(head);
  const bytes = new Uint8Array(messages.reduce((sum, { payload }) => sum + payload.byteLength, 4 + headBytes));
  const buffer = Buffer.from(bytes.buffer);
  buffer.writeUInt32BE(headBytes, 0);
  buffer.write(head, 4);
  let at = 4 + headBytes;
  for (const { payload } of messages) {
    bytes.set(payload, at);
    at += payload.byteLength;
  }
  return bytes;
}

function cut({ messageId, topic, timeUs, qos, payload, sizeBytes, properties }: ReadableMessage): ReadableMessage {
  return { messageId, topic, timeUs, qos, payload: payload.subarray(0, shownPayloadBytes), sizeBytes, properties: properties && boundedProperties(properties) };
}

/** User properties can be as large as a payload; the first ones stay. */
function boundedProperties(properties: MessageProperties): MessageProperties {
  const { userProperties } = properties;
  if (!userProperties) return properties;
  let bytes = 0;
  const end = userProperties.findIndex(([name, value]) => (bytes += name.length + value.length) > maxPropertyBytes);
  return end < 0 ? properties : { ...properties, userProperties: userProperties.slice(0, end) };
}

/** The peer's own words and data may be of any size. */
function boundedError(error: RpcError): RpcError {
  if (fits(error)) return error;
  const { name, code, origin, message, advice } = error;
  return { name, code, origin, message: message.slice(0, 10_000), advice };
}

const fits = (value: unknown): boolean => JSON.stringify(value).length <= maxErrorBytes;
