import type { DialectId } from '../../../shared/contract/rpc.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { ParsedMessage } from '../../../shared/rpc/dialect.ts';
import { maxPayloadBytes } from '../../../shared/rpc/json-payload.ts';
import { dialectOf } from './dialect-of.ts';

export interface Recognised {
  readonly dialect: DialectId;
  readonly parsed: ParsedMessage;
}

/** What is known of the topic of a message. */
export interface TopicKnowledge {
  /** Of a call whose answer is to come here. */
  readonly awaited: DialectId | undefined;
  /** Of the service that listens here. */
  readonly spoken: DialectId | undefined;
}

const brace = 0x7b;
const envelopeMark = Buffer.from('"rpc_re');
const jsonrpcMark = Buffer.from('"jsonrpc"');
/** Of a payload that is too large to be read anyway. */
const scannedOfLarge = 65_536;

/** Whether a message may be part of a call, by a look at its bytes and properties: nothing is parsed. */
export function mayBeCall({ payload, properties }: MessageRecord, { awaited, spoken }: TopicKnowledge): boolean {
  if (awaited !== undefined || spoken !== undefined) return true;
  return hasCorrelation(properties) || markOf(payload) !== null;
}

/** Finds the dialect of a message and reads it; `null`: it is not part of a call. */
export function recognise(record: MessageRecord, topic: TopicKnowledge): Recognised | null {
  const { awaited, spoken } = topic;
  const mark = markOf(record.payload);
  if (mark !== null) {
    const found = read(mark, record);
    if (found.parsed.kind !== 'other' && !isStrangers(found, topic)) return found;
  }
  if (hasCorrelation(record.properties)) return readByProperties(record, topic);
  // Who asks without Correlation Data takes what comes to the Response Topic for the answer.
  if (awaited === 'mqtt5') return read('mqtt5', { ...record, properties: { correlationData: new Uint8Array(0) } });
  for (const dialect of [awaited, spoken]) {
    if (dialect === undefined || dialect === mark) continue;
    const found = read(dialect, record);
    if (found.parsed.kind !== 'other') return found;
  }
  return null;
}

/** Any JSON may hold the words of an envelope; it is a damaged one only where the service speaks it, or when nearly everything is there. */
function isStrangers({ dialect, parsed }: Recognised, { awaited, spoken }: TopicKnowledge): boolean {
  if (parsed.kind !== 'invalid' || dialect === awaited || dialect === spoken) return false;
  return parsed.name === 'INVALID_MESSAGE_TYPE' || parsed.name === 'INVALID_JSON' || parsed.name === 'INVALID_UTF8';
}

function read(dialect: DialectId, record: MessageRecord): Recognised {
  const parsed = dialectOf(dialect).parse(record);
  // A request in an envelope may still say in its properties where the answer belongs.
  const replyTo = record.properties?.responseTopic;
  if (parsed.kind === 'request' && dialect === 'jsonrpc' && replyTo !== undefined) return { dialect, parsed: { ...parsed, replyTo } };
  return { dialect, parsed };
}

/** mqttxx 4.x and the generic way have the same properties; the topic or the user property tells the former. */
function readByProperties(record: MessageRecord, { awaited, spoken }: TopicKnowledge): Recognised | null {
  const known = awaited ?? spoken;
  const isMqttxx4 = known === 'mqttxx4' || (known === undefined && (record.topic.startsWith('rpc/r/') || hasCallerId(record)));
  if (isMqttxx4) {
    const found = read('mqttxx4', record);
    if (found.parsed.kind !== 'invalid' || known === 'mqttxx4') return found.parsed.kind === 'other' ? null : found;
  }
  const found = read('mqtt5', record);
  return found.parsed.kind === 'other' ? null : found;
}

function hasCallerId({ properties }: MessageRecord): boolean {
  return properties?.userProperties?.some(([name]) => name === 'caller_id') ?? false;
}

function hasCorrelation(properties: MessageRecord['properties']): boolean {
  return properties !== null && (properties.responseTopic !== undefined || properties.correlationData !== undefined);
}

function markOf(payload: Uint8Array): 'mqttxx2' | 'jsonrpc' | null {
  let start = 0;
  while (start < payload.length && isSpace(payload[start] as number)) start += 1;
  if (payload[start] !== brace) return null;
  const length = payload.length > maxPayloadBytes ? scannedOfLarge : payload.length;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, length);
  if (bytes.includes(envelopeMark)) return 'mqttxx2';
  return bytes.includes(jsonrpcMark) ? 'jsonrpc' : null;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
