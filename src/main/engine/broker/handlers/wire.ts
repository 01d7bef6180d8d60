import { Buffer, isUtf8 } from 'node:buffer';
import type { WirePayload } from '../../../../shared/contract/broker-handlers.ts';
import type { Qos } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { Properties } from '../../../../shared/mqtt/packet/packets.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';

/** What scripts are given of a client. */
export interface WireClient {
  /** `null`: the workbench itself. */
  readonly id: string | null;
  readonly username: string | null;
  readonly version: string | null;
  readonly address: string | null;
  readonly listener: string | null;
}

/** Parts of a message, as a script gives them. */
export interface MessageParts {
  readonly topic?: string;
  readonly payload?: Uint8Array;
  readonly qos?: Qos;
  readonly retain?: boolean;
  /** `null`: none. */
  readonly properties?: Properties | null;
  readonly stop?: boolean;
}

/** What a script wants. */
export type HandlerAnswer =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'change'; readonly parts: MessageParts }
  | { readonly kind: 'answers'; readonly answers: readonly MessageParts[] }
  | { readonly kind: 'drop' }
  | { readonly kind: 'refuse'; readonly reason: string; readonly code: number | null };

const mostAnswers = 100;
export const maxPayload = 1_048_576;

export function toWirePayload(payload: Uint8Array): WirePayload {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
}

export function fromWirePayload(payload: WirePayload): Uint8Array {
  return 'text' in payload ? Buffer.from(payload.text) : Buffer.from(payload.base64, 'base64');
}

/** Only what a message carries, in a form that JSON has. */
export function toWireProperties(properties: Properties | null): { readonly [name: string]: JsonValue } | null {
  if (properties === null) return null;
  const { payloadFormatIndicator, messageExpiryInterval, contentType, responseTopic, correlationData, userProperties } = properties;
  return {
    ...(payloadFormatIndicator === undefined ? {} : { payloadFormatIndicator }),
    ...(messageExpiryInterval === undefined ? {} : { messageExpiryInterval }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: Buffer.from(correlationData).toString('base64') }),
    ...(userProperties === undefined ? {} : { userProperties: userProperties.map(([name, value]) => [name, value]) }),
  };
}

type Fields = { readonly [name: string]: JsonValue };

const bad = (message: string): CodedError => new CodedError('script-error', message, { data: { name: 'TypeError', line: null, column: null } });

function fieldsOf(value: JsonValue | undefined, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw bad(`${what} has to be an object.`);
}

function textOf(value: JsonValue | undefined, what: string, most: number): string {
  if (typeof value === 'string' && value.length <= most && value.isWellFormed() && !value.includes('\0')) return value;
  throw bad(`${what} has to be a text of at most ${most} characters, without NUL.`);
}

function numberOf(value: JsonValue | undefined, what: string, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw bad(`${what} has to be a whole number from 0 to ${most}.`);
}

function qosOf(value: JsonValue | undefined): Qos {
  if (value === 0 || value === 1 || value === 2) return value;
  throw bad('qos is 0, 1 or 2.');
}

function retainOf(value: JsonValue | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw bad('retain is true or false.');
}

/** A topic that may be published to. */
export function topicOf(value: JsonValue | undefined): string {
  if (typeof value !== 'string') throw bad('The topic has to be a text.');
  const problem = validateTopicName(value);
  if (problem !== null) throw bad(`${problem.message} ${problem.advice}`);
  // [MQTT-4.7.2-1]
  if (value.startsWith('$SYS')) throw bad('Only the broker speaks below $SYS.');
  return value;
}

function payloadOf(value: JsonValue | undefined): Uint8Array {
  const { text, base64 } = fieldsOf(value, 'The payload');
  const payload = typeof text === 'string' ? Buffer.from(text) : Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64');
  if (payload.byteLength > maxPayload) throw bad(`The payload has ${payload.byteLength} bytes; a handler may send ${maxPayload} at most.`);
  return payload;
}

const mostUserProperties = 100;

function userPropertiesOf(value: JsonValue): readonly (readonly [string, string])[] {
  const pairs = Array.isArray(value) ? value : Object.entries(fieldsOf(value, 'userProperties'));
  if (pairs.length > mostUserProperties) throw bad(`No more than ${mostUserProperties} user properties can be given.`);
  return pairs.map((pair) => {
    const [name, text] = Array.isArray(pair) ? (pair as readonly JsonValue[]) : [];
    return [textOf(name, 'The name of a user property', 65_535), textOf(text, 'A user property', 65_535)] as const;
  });
}

function propertiesOf(value: JsonValue | undefined): Properties | null {
  if (value === null || value === undefined) return null;
  let made: Properties = {};
  for (const [name, part] of Object.entries(fieldsOf(value, 'properties'))) {
    if (part === undefined || part === null) continue;
    switch (name) {
      case 'payloadFormatIndicator':
        made = { ...made, payloadFormatIndicator: numberOf(part, name, 1) as 0 | 1 };
        break;
      case 'messageExpiryInterval':
        made = { ...made, messageExpiryInterval: numberOf(part, name, 0xffff_ffff) };
        break;
      case 'contentType':
        made = { ...made, contentType: textOf(part, name, 65_535) };
        break;
      case 'responseTopic':
        made = { ...made, responseTopic: topicOf(part) };
        break;
      case 'correlationData':
        made = { ...made, correlationData: Buffer.from(textOf(part, name, 87_380), 'base64') };
        break;
      case 'userProperties':
        made = { ...made, userProperties: userPropertiesOf(part) };
        break;
      default:
        throw bad(`A message has no property “${name}”.`);
    }
  }
  return Object.keys(made).length === 0 ? null : made;
}

function partsOf(value: JsonValue | undefined): MessageParts {
  const { topic, payload, qos, retain, properties, stop } = fieldsOf(value, 'What the handler gives');
  return {
    ...(topic === undefined ? {} : { topic: topicOf(topic) }),
    ...(payload === undefined ? {} : { payload: payloadOf(payload) }),
    ...(qos === undefined ? {} : { qos: qosOf(qos) }),
    ...(retain === undefined ? {} : { retain: retainOf(retain) }),
    ...(properties === undefined ? {} : { properties: propertiesOf(properties) }),
    ...(stop === undefined ? {} : { stop: stop === true }),
  };
}

/** What `$workbenchRun` gives. Throws `script-error` for what cannot be meant. */
export function readAnswer(value: JsonValue | undefined): HandlerAnswer {
  if (value === undefined || value === null) return { kind: 'nothing' };
  const { drop, refuse, change, answers } = fieldsOf(value, 'What the handler gives');
  if (drop === true) return { kind: 'drop' };
  if (refuse !== undefined) {
    const { reason = '', code = null } = fieldsOf(refuse, 'A refusal');
    return {
      kind: 'refuse',
      reason: typeof reason === 'string' ? reason.slice(0, 1000) : '',
      code: code === null ? null : numberOf(code, 'The reason code', 255),
    };
  }
  if (Array.isArray(answers)) {
    if (answers.length > mostAnswers) throw bad(`A handler may answer with ${mostAnswers} messages at most.`);
    return { kind: 'answers', answers: answers.map(partsOf) };
  }
  return change === undefined ? { kind: 'nothing' } : { kind: 'change', parts: partsOf(change) };
}

/** A message that a script sends. */
export interface SentByScript {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties: Properties | null;
  /** To this client alone. */
  readonly to: string | null;
}

export function readSent(value: JsonValue | undefined): SentByScript {
  const { to } = fieldsOf(value, 'publish');
  const { topic, payload, qos = 0, retain = false, properties = null } = partsOf(value);
  return {
    topic: topicOf(topic),
    payload: payload ?? new Uint8Array(0),
    qos,
    retain,
    properties,
    to: to === undefined || to === null ? null : textOf(to, 'to', 65_535),
  };
}
