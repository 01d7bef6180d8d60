import { validateUtf8Text, type TextProblem } from './utf8-text.ts';

/** Checks a topic filter (§4.7). `null` when valid. */
export function validateTopicFilter(filter: string): TextProblem | null {
  const text = validateUtf8Text(filter, 'The topic filter');
  if (text) return text;
  const levels = filter.split('/');
  if (levels[0] === '$share') {
    const group = levels[1] ?? '';
    if (group === '' || /[+#]/.test(group)) {
      return {
        message: 'The shared subscription has no valid share name.',
        advice: 'Write $share/NAME/filter, with a NAME that holds neither "+" nor "#" [MQTT-4.8.2-1].',
      };
    }
    if (levels.length < 3 || levels.slice(2).join('/') === '') {
      return { message: 'The shared subscription has no filter.', advice: 'Write $share/NAME/filter, for example $share/workers/jobs/#.' };
    }
  }
  for (const [index, level] of levels.entries()) {
    if (level.includes('#') && (level !== '#' || index !== levels.length - 1)) {
      return {
        message: `"#" may only stand alone as the last level, not in level ${index + 1} ("${level}").`,
        advice: 'Use it at the end, as in sensors/#; use "+" for one level in the middle [MQTT-4.7.1-1].',
      };
    }
    if (level.includes('+') && level !== '+') {
      return {
        message: `"+" must stand alone in its level, not as in "${level}".`,
        advice: 'Write sensors/+/temperature, not sensors/room+/temperature [MQTT-4.7.1-2].',
      };
    }
  }
  return null;
}

/** Whether a topic name matches a filter (§4.7.1); a leading wildcard does not match `$` topics [MQTT-4.7.2-1]. */
export function matchesFilter(filter: string, topic: string): boolean {
  return compileFilter(filter)(topic);
}

/** The same, with the filter split once for many topics. A `$share/NAME/` prefix is not part of the match. */
export function compileFilter(filter: string): (topic: string) => boolean {
  const all = filter.split('/');
  const levels = all[0] === '$share' && all.length > 2 ? all.slice(2) : all;
  const hidesSystem = levels[0] === '+' || levels[0] === '#';
  const open = levels.at(-1) === '#';
  const fixed = open ? levels.slice(0, -1) : levels;
  return (topic) => {
    if (hidesSystem && topic.startsWith('$')) return false;
    const parts = topic.split('/');
    // "sport/#" also matches the parent level "sport" (§4.7.1.2).
    if (open ? parts.length < fixed.length : parts.length !== fixed.length) return false;
    return fixed.every((level, index) => level === '+' || level === parts[index]);
  };
}
