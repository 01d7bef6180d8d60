import { readParams } from './params-form.ts';

/** A text in quotes, or a placeholder outside of one. */
const stringOrPlaceholder = /"(?:[^"\\]|\\.)*"|\{\{[^{}]*\}\}/g;

/** What is wrong with JSON that may hold `{{variables}}`, in texts and in the place of values; empty stands for none. */
export function checkJsonTemplate(text: string): string | undefined {
  // As long as what it stands for, so that the place of an error is told as it is seen.
  const filled = text.replace(stringOrPlaceholder, (token) => (token.startsWith('{{') ? '0'.padEnd(token.length) : token));
  const read = readParams(filled);
  return 'problem' in read ? read.problem : undefined;
}
