import { CodedError } from '../../../shared/ipc/errors.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';

/** The routing core inside refuses deeper topics. */
const maxLevels = 100;

/** Throws `invalid-topic` unless the workbench may publish to the topic on the local broker. */
export function checkPublishTopic(topic: string): void {
  const problem = validateTopicName(topic);
  if (problem) throw new CodedError('invalid-topic', problem.message, { advice: problem.advice });
  if (topic.split('/').length > maxLevels) throw new CodedError('invalid-topic', `The local broker accepts topics of at most ${maxLevels} levels.`);
  if (topic.startsWith('$SYS/')) throw new CodedError('invalid-topic', 'Topics below $SYS/ belong to the broker itself.');
}

/**
 * Whether a client of MQTT 3.1 or 3.1.1 may subscribe to the filter: `#` only as the whole last level, `+` only as a whole level
 * [MQTT-4.7.1-2, MQTT-4.7.1-3]. `$share` has no meaning in these versions.
 */
export function isValidFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, index) => !/[+#]/.test(level) || level === '+' || (level === '#' && index === levels.length - 1));
}
