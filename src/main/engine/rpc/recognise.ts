import type { DialectId } from '../../../shared/contract/rpc.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { other, type ParsedMessage } from '../../../shared/rpc/dialect.ts';
import { maxPayloadBytes } from '../../../shared/rpc/json-payload.ts';
import type { DialectRegistry, OwnCandidate } from './dialects/index.ts';

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
  /** Dialects of the user that this message can be of, by its topic and the names in its bytes. */
  readonly own: readonly OwnCandidate[];
}

/** Only messages of gf_mqtt_client are there. */
const gfTopics = 'gf_int_v1/';
const brace = 0x7b;
const envelopeMark = Buffer.from('"rpc_re');
const eventMark = Buffer.from('"event_type"');
const jsonrpcMark = Buffer.from('"jsonrpc"');
/** Of a payload that is too large to be read anyway. */
const scannedOfLarge = 65_536;

/** Whether a message may be part of a call, or an event, by a look at its bytes and properties: nothing is parsed. */
export function mayBeCall({ topic, payload, properties }: MessageRecord, { awaited, spoken, own }: TopicKnowledge): boolean {
  if (awaited !== undefined || spoken !== undefined || own.length > 0 || topic.startsWith(gfTopics)) return true;
  return hasCorrelation(properties) || isEvent(properties) || markOf(payload) !== null;
}

/** Finds the dialect of a message and reads it; `null`: it is not part of a call. */
export function recognise(record: MessageRecord, topic: TopicKnowledge, dialects: Pick<DialectRegistry, 'find'>): Recognised | null {
  const { awaited, spoken, own } = topic;
  const read = readerOf(dialects);
  const readOwn = (candidates: readonly OwnCandidate[]): Recognised | null => {
    for (const { id } of candidates) {
      const found = read(id, record);
      if (found.parsed.kind === 'request' || found.parsed.kind === 'response') return found;
    }
    return null;
  };
  // A form of topics that says more than that there is one has been described for these messages, whatever else they look like.
  const isFirst = ({ id, topic: { specific } }: OwnCandidate): boolean => specific || id === awaited || id === spoken;
  const first = readOwn(own.filter(isFirst));
  if (first) return first;
  if (record.topic.startsWith(gfTopics)) {
    const found = read('gf', record);
    return found.parsed.kind === 'other' ? null : found;
  }
  const mark = markOf(record.payload);
  if (mark !== null) {
    const found = read(mark, record);
    if (found.parsed.kind !== 'other' && !isStrangers(found, topic)) return found;
  }
  if (isEvent(record.properties)) {
    const found = read('mqttxx4', record);
    if (found.parsed.kind === 'event') return found;
  }
  if (hasCorrelation(record.properties)) return readByProperties(record, topic, read) ?? readOwn(own);
  // Who asks without Correlation Data takes what comes to the Response Topic for the answer.
  if (awaited === 'mqtt5') return read('mqtt5', { ...record, properties: { correlationData: new Uint8Array(0) } });
  for (const dialect of [awaited, spoken]) {
    if (dialect === undefined || dialect === mark) continue;
    const found = read(dialect, record);
    if (found.parsed.kind !== 'other') return found;
  }
  return readOwn(own.filter((candidate) => !isFirst(candidate)));
}

/** Any JSON may hold the words of an envelope; it is a damaged one only where the service speaks it, or when nearly everything is there. */
function isStrangers({ dialect, parsed }: Recognised, { awaited, spoken }: TopicKnowledge): boolean {
  if (parsed.kind !== 'invalid' || dialect === awaited || dialect === spoken) return false;
  return parsed.name === 'INVALID_MESSAGE_TYPE' || parsed.name === 'INVALID_JSON' || parsed.name === 'INVALID_UTF8';
}

type Read = (dialect: DialectId, record: MessageRecord) => Recognised;

const readerOf =
  (dialects: Pick<DialectRegistry, 'find'>): Read =>
  (dialect, record) => {
    const parsed = dialects.find(dialect)?.parse(record) ?? other('no such dialect');
    // A request in an envelope may still say in its properties where the answer belongs.
    const replyTo = record.properties?.responseTopic;
    if (parsed.kind === 'request' && dialect === 'jsonrpc' && replyTo !== undefined) return { dialect, parsed: { ...parsed, replyTo } };
    return { dialect, parsed };
  };

/** mqttxx 4.x and the generic way have the same properties; the topic or the user property tells the former. */
function readByProperties(record: MessageRecord, { awaited, spoken }: TopicKnowledge, read: Read): Recognised | null {
  const known = awaited ?? spoken;
  const isMqttxx4 = known === 'mqttxx4' || (known === undefined && (record.topic.startsWith('rpc/r/') || hasCallerId(record)));
  if (isMqttxx4) {
    const found = read('mqttxx4', record);
    if (found.parsed.kind !== 'invalid' || known === 'mqttxx4') return found.parsed.kind === 'other' ? null : found;
  }
  const found = read('mqtt5', record);
  return found.parsed.kind === 'other' ? null : found;
}

/** Of mqttxx 4.x, which has the data alone in the payload. */
function isEvent(properties: MessageRecord['properties']): boolean {
  return properties?.userProperties?.some(([name, value]) => name === 'type' && value === 'event') ?? false;
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
  if (bytes.includes(envelopeMark) || bytes.includes(eventMark)) return 'mqttxx2';
  return bytes.includes(jsonrpcMark) ? 'jsonrpc' : null;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
