import { endOfJsonString } from './json-strings.ts';
import { readParams } from './params-form.ts';

/** What is wrong with JSON that may hold `{{variables}}`, in texts and in the place of values; empty stands for none. */
export function checkJsonTemplate(text: string): string | undefined {
  const read = readParams(withoutPlaceholders(text));
  return 'problem' in read ? read.problem : undefined;
}

/** A number in place of each placeholder outside of texts, as long as what it stands for, so that the place of an error is told as it is seen. */
function withoutPlaceholders(text: string): string {
  const marks = /"|\{\{[^{}]*\}\}/g;
  let filled = '';
  let copied = 0;
  for (let found = marks.exec(text); found; found = marks.exec(text)) {
    if (found[0] === '"') {
      marks.lastIndex = endOfJsonString(text, found.index);
      continue;
    }
    filled += text.slice(copied, found.index) + '0'.padEnd(found[0].length);
    copied = marks.lastIndex;
  }
  return filled + text.slice(copied);
}
