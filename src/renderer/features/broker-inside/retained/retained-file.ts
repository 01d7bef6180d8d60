import type { RetainedMessage } from '../../../../shared/contract/broker-lists.ts';
import type { PublishInput } from '../../../../shared/contract/messages.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import { decodeText } from '../../../../shared/payload/utf8-text.ts';

/*
 * Retained messages in a file: one JSON object in each line.
 *   {"topic":"home/lamp","payload":"on","qos":1,"properties":{"contentType":"text/plain"}}
 * A payload that is no UTF-8 text stands as "payloadBase64", correlation data as "correlationDataBase64". What only informs (`publisher`,
 * `storedAt`) is passed over when the file is read.
 */

const maximumPayloadBytes = 67_108_864;

/** `base64`: every payload as base64, whatever is in it. */
export function retainedLine(message: RetainedMessage, as: 'text' | 'base64'): string {
  const { topic, payload, qos, properties, publisher, storedAt, expiresInSeconds } = message;
  const decoded = as === 'text' ? decodeText(payload) : null;
  const { correlationData, messageExpirySeconds: _expiry, subscriptionIdentifiers: _identifiers, topicAlias: _alias, ...plain } = properties ?? {};
  const given = {
    ...plain,
    ...(correlationData === undefined ? {} : { correlationDataBase64: toBase64(correlationData) }),
    ...(expiresInSeconds === null ? {} : { messageExpirySeconds: expiresInSeconds }),
  };
  return JSON.stringify({
    topic,
    ...(decoded !== null && decoded.invalidAt === null ? { payload: decoded.text } : { payloadBase64: toBase64(payload) }),
    qos,
    ...(Object.values(given).some((value) => value !== undefined) ? { properties: given } : {}),
    ...(publisher === null ? {} : { publisher }),
    ...(storedAt === null ? {} : { storedAt: new Date(storedAt).toISOString() }),
  });
}

export type ReadLine = { readonly message: Omit<PublishInput, 'source' | 'retain'> } | { readonly problem: string };

export function readRetainedLine(line: string): ReadLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'is no JSON.' };
  }
  if (!isRecord(value)) return { problem: 'is no JSON object.' };
  const { topic, qos = 0 } = value;
  if (typeof topic !== 'string') return { problem: 'has no "topic".' };
  const wrong = validateTopicName(topic);
  if (wrong) return { problem: wrong.message };
  if (qos !== 0 && qos !== 1 && qos !== 2) return { problem: '"qos" is not 0, 1 or 2.' };
  const payload = readPayload(value);
  if (typeof payload === 'string') return { problem: payload };
  if (payload.length === 0) return { problem: 'has an empty payload, which would delete the message of that topic.' };
  if (payload.length > maximumPayloadBytes) return { problem: 'has a payload above 64 MiB.' };
  const properties = readProperties(value['properties']);
  if (typeof properties === 'string') return { problem: properties };
  return { message: { topic, payload, qos, ...(properties === null ? {} : { properties }) } };
}

function readPayload({ payload, payloadBase64 }: Record<string, unknown>): Uint8Array<ArrayBuffer> | string {
  if (typeof payload === 'string') return new TextEncoder().encode(payload);
  if (typeof payloadBase64 !== 'string') return 'has neither "payload" nor "payloadBase64" as text.';
  return fromBase64(payloadBase64) ?? '"payloadBase64" is no base64.';
}

function readProperties(value: unknown): NonNullable<PublishInput['properties']> | null | string {
  if (value === undefined) return null;
  if (!isRecord(value)) return '"properties" is no JSON object.';
  const { contentType, responseTopic, correlationDataBase64, messageExpirySeconds, payloadIsUtf8, userProperties } = value;
  const correlationData = typeof correlationDataBase64 === 'string' ? fromBase64(correlationDataBase64) : undefined;
  if (correlationData === null) return '"correlationDataBase64" is no base64.';
  const pairs = Array.isArray(userProperties) ? userProperties.filter(isPair) : undefined;
  if (Array.isArray(userProperties) && pairs?.length !== userProperties.length) return '"userProperties" is no list of pairs of texts.';
  return {
    ...(typeof contentType === 'string' ? { contentType } : {}),
    ...(typeof responseTopic === 'string' ? { responseTopic } : {}),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(typeof messageExpirySeconds === 'number' && Number.isInteger(messageExpirySeconds) && messageExpirySeconds >= 0 ? { messageExpirySeconds } : {}),
    ...(typeof payloadIsUtf8 === 'boolean' ? { payloadIsUtf8 } : {}),
    ...(pairs === undefined ? {} : { userProperties: pairs }),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPair = (value: unknown): value is [string, string] => Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');

/** In parts: a call takes only so many arguments. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
