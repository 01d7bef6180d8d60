import { CodedError } from '../../../shared/ipc/errors.ts';

/** The routing core inside refuses deeper topics. */
const maxLevels = 100;

/** Throws `invalid-topic` unless the text can be published to [MQTT-4.7.1-1, MQTT-4.7.3-1 … 3]. */
export function checkPublishTopic(topic: string): void {
  const problem = findProblem(topic);
  if (problem) throw new CodedError('invalid-topic', problem);
}

function findProblem(topic: string): string | null {
  if (topic === '') return 'A topic needs at least one character.';
  if (/[+#]/.test(topic)) return 'A message cannot be published to a topic with the wildcards + or #.';
  if (topic.includes('\0')) return 'A topic cannot hold the character U+0000.';
  if (!topic.isWellFormed()) return 'The topic holds half of a surrogate pair, which cannot be written as UTF-8.';
  if (Buffer.byteLength(topic) > 65_535) return 'A topic may have at most 65,535 bytes.';
  if (topic.split('/').length > maxLevels) return `The local broker accepts topics of at most ${maxLevels} levels.`;
  if (topic.startsWith('$SYS/')) return 'Topics below $SYS/ belong to the broker itself.';
  return null;
}

/** Whether a text is a topic filter: `#` only as the whole last level, `+` only as a whole level [MQTT-4.7.1-2, MQTT-4.7.1-3]. */
export function isValidFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\0')) return false;
  const levels = filter.split('/');
  return levels.every((level, index) => !/[+#]/.test(level) || level === '+' || (level === '#' && index === levels.length - 1));
}
