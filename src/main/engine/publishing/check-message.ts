import type { PublishInput } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';

/** The largest packet of MQTT (§1.5.5) carries topic and properties too; this leaves room for them. */
const maxPayloadBytes = 268_000_000;

/** Throws `invalid-topic`. */
export function checkTopicName(topic: string): void {
  const problem = validateTopicName(topic);
  if (problem) throw new CodedError('invalid-topic', problem.message, { advice: problem.advice });
}

export function checkPublish({ topic, payload, properties }: Omit<PublishInput, 'source'>): void {
  checkTopicName(topic);
  if (payload.byteLength > maxPayloadBytes) throw new CodedError('payload-too-large', 'MQTT carries at most 256 MiB in one message.');
  if (properties?.responseTopic !== undefined) checkTopicName(properties.responseTopic);
}
