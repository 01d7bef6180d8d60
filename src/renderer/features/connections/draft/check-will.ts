import { encodePublishPayload } from '../../../../shared/payload/publish-payload.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import { readBytes } from './bytes.ts';
import { checkText, checkUserProperties, type Told } from './problems.ts';
import { checkNumber } from './numbers.ts';
import type { ProfileDraft } from './profile-draft.ts';

const uint32 = 4_294_967_295;

export function checkWill({ will }: ProfileDraft, tell: Told): void {
  const topic = will.topic === '' ? 'Enter the topic of the will.' : topicProblem(will.topic);
  tell('will.topic', topic);
  tell('will.payload', payloadProblem(will));
  tell('will.delaySeconds', checkNumber(will.delaySeconds, { min: 0, max: uint32, unit: 'seconds' }));
  tell('will.messageExpirySeconds', checkNumber(will.messageExpirySeconds, { min: 0, max: uint32, unit: 'seconds', empty: 'never' }));
  tell('will.contentType', checkText(will.contentType, 'A content type'));
  tell('will.responseTopic', will.responseTopic === '' ? undefined : topicProblem(will.responseTopic));
  const data = readBytes(will.correlationData);
  if ('problem' in data) tell('will.correlationData', data.problem);
  else if (data.bytes.length > 65_535) tell('will.correlationData', 'At most 65,535 bytes fit.');
  checkUserProperties(will.userProperties, 'will.userProperties', tell);
}

function topicProblem(topic: string): string | undefined {
  const invalid = validateTopicName(topic);
  return invalid ? `${invalid.message} ${invalid.advice}` : undefined;
}

function payloadProblem({ payload, payloadAs, payloadIsUtf8 }: ProfileDraft['will']): string | undefined {
  const read = encodePublishPayload(payloadAs, payload);
  if ('problem' in read) return read.problem;
  // §3.1.3.3: the payload of a will is binary data with a length of two bytes.
  if (read.bytes.length > 65_535) return `A will has 65,535 bytes at most; this has ${read.bytes.length.toLocaleString('en')}.`;
  if (payload.length > 100_000) return 'At most 100,000 characters fit.';
  if (!payloadIsUtf8) return undefined;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(read.bytes);
    return undefined;
  } catch {
    return 'These bytes are not UTF-8, as the box below says of them.';
  }
}
