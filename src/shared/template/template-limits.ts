import { TemplateFault } from './template-problem.ts';

/** UTF-16 units of a template. */
const maxTemplateLength = 1_048_576;
/** UTF-16 units of what becomes of it: some levels of lists in lists make little text into much. */
const maxFilledLength = 4 * 1_048_576;
const maxPlaceholders = 10_000;
/** Levels of JSON in the text of a template, as in a payload that is read. */
export const maxTemplateDepth = 512;

export function checkTemplateLength(text: string): void {
  if (text.length <= maxTemplateLength) return;
  throw new TemplateFault(
    `The template is longer than ${maxTemplateLength} characters.`,
    'Make it shorter: a larger message is dropped by most peers.',
    maxTemplateLength,
    text.length - maxTemplateLength,
  );
}

/** Counts what one template makes. */
export class TemplateBudget {
  #placeholders = 0;
  #length = 0;

  /** Call with each placeholder that is filled in, and the length of what comes of it. */
  spend(length: number, at: number, placeholderLength: number): void {
    this.#placeholders += 1;
    this.#length += length;
    if (this.#placeholders > maxPlaceholders) {
      throw new TemplateFault(`There are more than ${maxPlaceholders} placeholders.`, 'Make the template smaller.', at, placeholderLength);
    }
    if (this.#length > maxFilledLength) {
      throw new TemplateFault(
        `More than ${maxFilledLength} characters come of this template.`,
        'Fill in less, or a part of a value only.',
        at,
        placeholderLength,
      );
    }
  }
}
