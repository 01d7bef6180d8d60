import { validateUtf8Text, type TextProblem } from './utf8-text.ts';

/** Checks a topic name to publish to (§3.3.2.1, §4.7). `null` when valid. */
export function validateTopicName(topic: string): TextProblem | null {
  const text = validateUtf8Text(topic, 'The topic');
  if (text) return text;
  const wildcard = /[+#]/.exec(topic);
  if (wildcard) {
    return {
      message: `The topic contains the wildcard "${wildcard[0]}" at position ${wildcard.index + 1}.`,
      advice: 'Wildcards are for subscribing; publish to one topic, for example sensors/room1/temperature [MQTT-3.3.2-2].',
    };
  }
  return null;
}
