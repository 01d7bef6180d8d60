/** The name or path in `{{name}}`, `{{device.topic}}`, `{{list[0]}}`; functions (`{{$uuid}}`), texts in quotes and what has a fallback after `|` need no variable. */
const variable = /\{\{\s*([\p{L}_][^{}|\s[]*)[^{}|]*\}\}/gu;

/** Every variable that texts need, each once, in their order. */
export function usedVariables(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.flatMap((text) => [...text.matchAll(variable)].map(([, name]) => name ?? '')))];
}

/** The used ones that nothing gives a value to. A name may have dots in it, or a dot may lead into a value. */
export function unknownVariables(used: readonly string[], known: ReadonlySet<string>): readonly string[] {
  return used.filter((name) => {
    const parts = name.split('.');
    return !parts.some((_part, at) => known.has(parts.slice(0, at + 1).join('.')));
  });
}

/** The same as a list in a sentence: `{{a}}, {{b}} and 3 more`. */
export function variableWords(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).map((name) => `{{${name}}}`);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** Whether something has to be filled in. */
export const hasVariables = (texts: readonly string[]): boolean => texts.some((text) => text.includes('{{'));
