/** Whether a text has the form of a pattern, in which `*` stands for any characters, also none. An empty pattern matches everything. Time grows with the product of the lengths at worst, never beyond. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (pattern === '') return true;
  let at = 0;
  let inText = 0;
  let star = -1;
  let resume = 0;
  while (inText < text.length) {
    // The star first: the text may hold one, too.
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      resume = inText;
    } else if (pattern[at] === text[inText]) {
      at += 1;
      inText += 1;
    } else if (star >= 0) {
      // The last star takes one character more.
      at = star + 1;
      resume += 1;
      inText = resume;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
