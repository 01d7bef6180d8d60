import type { Qos } from '../contract/common.ts';
import { utf8Length } from '../mqtt/utf8-text.ts';

/** What pika-mqtt, a client for small devices written in C, cannot take or send. All numbers are those of its code; its document names none. */
export const pikaLimits = { topicBytes: 64, willTopicBytes: 63, packetBytes: 1024 } as const;

export interface PikaWarning {
  readonly code: 'topic-long' | 'packet-large' | 'nul' | 'empty-payload' | 'wildcard';
  readonly message: string;
  readonly advice: string;
}

const longTopic = (bytes: number, most: number, what: string): PikaWarning[] =>
  bytes <= most
    ? []
    : [{ code: 'topic-long', message: `${what} has ${bytes} bytes; a pika device keeps ${most} and cuts the rest.`, advice: `Use at most ${most} bytes.` }];

const nulIn = (payload: Uint8Array): PikaWarning[] => {
  const at = payload.indexOf(0);
  const message = `The payload has a NUL at byte ${at + 1}: a pika device takes payloads as text of C, which ends there.`;
  return at < 0 ? [] : [{ code: 'nul', message, advice: 'Send text; write bytes as hexadecimal or Base64.' }];
};

/** A message between the workbench and a pika device, whichever way it goes. */
export function pikaMessageWarnings({ topic, payload, qos }: { readonly topic: string; readonly payload: Uint8Array; readonly qos: Qos }): PikaWarning[] {
  const topicBytes = utf8Length(topic);
  // PUBLISH of MQTT 3.1 and 3.1.1 (§3.3): type, remaining length, topic with its length, packet identifier above QoS 0, payload.
  const rest = 2 + topicBytes + (qos > 0 ? 2 : 0) + payload.byteLength;
  const packet = 1 + (rest < 128 ? 1 : rest < 16_384 ? 2 : rest < 2_097_152 ? 3 : 4) + rest;
  const warnings = longTopic(topicBytes, pikaLimits.topicBytes, 'The topic');
  if (packet > pikaLimits.packetBytes) {
    const message = `The whole packet has ${packet} bytes; a pika device drops what is larger than ${pikaLimits.packetBytes} without a word.`;
    warnings.push({ code: 'packet-large', message, advice: `Leave out ${packet - pikaLimits.packetBytes} bytes, or send it in parts.` });
  }
  warnings.push(...nulIn(payload));
  if (payload.byteLength === 0) {
    const message = 'The payload is empty: a pika device refuses to publish such a message (-3), so it cannot clear a retained one itself.';
    warnings.push({ code: 'empty-payload', message, advice: 'Agree on a text that means "nothing", or clear retained messages from here.' });
  }
  return warnings;
}

/** A subscription that a pika device makes. */
export function pikaFilterWarnings(filter: string): PikaWarning[] {
  const warnings = longTopic(utf8Length(filter), pikaLimits.topicBytes, 'The topic filter');
  if (/[+#]/.test(filter)) {
    const message = 'A pika device finds the callback by the topic of the message: with wildcards it receives messages and never calls back.';
    warnings.push({ code: 'wildcard', message, advice: 'Let the device subscribe to each topic by its name.' });
  }
  return warnings;
}

/** A will that a pika device leaves. */
export function pikaWillWarnings({ topic, payload }: { readonly topic: string; readonly payload: Uint8Array }): PikaWarning[] {
  const warnings = [...longTopic(utf8Length(topic), pikaLimits.willTopicBytes, 'The topic of the will'), ...nulIn(payload)];
  if (payload.byteLength === 0)
    warnings.push({ code: 'empty-payload', message: 'The will is empty: a pika device refuses it.', advice: 'Give the will a text.' });
  return warnings;
}

/**
 * What the connect call of a pika device answers. The document and the code have different scales that share their numbers, so both are said;
 * `null`: not on that scale. Names of the document as it spells them.
 */
export function pikaConnectResult(result: number): { readonly document: string | null; readonly code: string | null } {
  return { document: documented[result] ?? null, code: connack[result] ?? null };
}

const documented: Readonly<Record<number, string>> = {
  0: 'SUCCESS',
  1: 'FAIL_UNKONW',
  2: 'FAIL_BAD_NAME_PASSWD',
  3: 'FAIL_BAD_CLINETID',
  4: 'FAIL_BAD_PROTOCOL',
  5: 'FAIL_BAD_RCODE',
  6: 'FAIL_PERMISSION',
};

/** Return codes of CONNACK (§3.2.2.3 of 3.1.1). */
const connack: Readonly<Record<number, string>> = {
  0: 'connected',
  1: 'unacceptable protocol version',
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
};
