import { clauseOf } from './clauses.ts';
import { malformed, type MqttProtocolError } from './protocol-error.ts';
import type { ProtocolLevel } from './packets.ts';

const plus = 0x2b;
const hash = 0x23;
const slash = 0x2f;
const sharePrefix = '$share/';

/** What is wrong with a topic filter (§4.7.1, §4.8.2) whose characters were checked, or `null`. Shared subscriptions are served in every level. */
export function filterProblem(filter: string, level: ProtocolLevel): MqttProtocolError | null {
  if (filter === '') return malformed('MQTT-4.7.3-1', 'A topic filter is empty.');
  let from = 0;
  if (filter.startsWith(sharePrefix)) {
    const nameEnd = filter.indexOf('/', sharePrefix.length);
    if (nameEnd < 0 || nameEnd + 1 === filter.length) return malformed('MQTT-4.8.2-2', `"${filter}" has no topic filter behind its share name.`);
    if (nameEnd === sharePrefix.length) return malformed('MQTT-4.8.2-1', `"${filter}" has an empty share name.`);
    for (let at = sharePrefix.length; at < nameEnd; at += 1) {
      const unit = filter.charCodeAt(at);
      if (unit === plus || unit === hash) return malformed('MQTT-4.8.2-2', `The share name of "${filter}" contains a wildcard.`);
    }
    from = nameEnd + 1;
  }
  const last = filter.length - 1;
  for (let at = from; at <= last; at += 1) {
    const unit = filter.charCodeAt(at);
    if (unit !== plus && unit !== hash) continue;
    const startsLevel = at === from || filter.charCodeAt(at - 1) === slash;
    if (unit === hash && !(startsLevel && at === last))
      return malformed(clauseOf('multiLevelWildcard', level), `"#" may only be the whole last level, not as in "${filter}".`);
    if (unit === plus && !(startsLevel && (at === last || filter.charCodeAt(at + 1) === slash)))
      return malformed(clauseOf('singleLevelWildcard', level), `"+" may only be a whole level, not as in "${filter}".`);
  }
  return null;
}

/** Whether a filter is a shared subscription (§4.8.2). */
export function isSharedFilter(filter: string): boolean {
  return filter.startsWith(sharePrefix);
}

/** Whether a topic name contains a wildcard, which only filters may (§4.7.1). */
export function hasWildcard(topic: string): boolean {
  for (let at = 0; at < topic.length; at += 1) {
    const unit = topic.charCodeAt(at);
    if (unit === plus || unit === hash) return true;
  }
  return false;
}
