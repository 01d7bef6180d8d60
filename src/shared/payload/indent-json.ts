export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Indents JSON without re-writing its values: long numbers, key order and duplicates stay as they were sent.
 * Text that is not JSON, or nested so deeply that the spaces would dwarf it, comes back unchanged.
 */
export function indentJson(text: string): string {
  if (!isJson(text)) return text;
  const out: string[] = [];
  let depth = 0;
  let at = 0;
  let room = text.length * 8 + 1_000_000;
  const line = (): string => {
    room -= 2 * depth;
    return `\n${'  '.repeat(depth)}`;
  };
  while (at < text.length) {
    if (room < 0) return text;
    const char = text[at] as string;
    if (char === '"') {
      const end = stringEnd(text, at);
      out.push(text.slice(at, end));
      at = end;
      continue;
    }
    if (char === '{' || char === '[') {
      const close = nextSolid(text, at + 1);
      if (text[close] === '}' || text[close] === ']') {
        out.push(char, text[close]);
        at = close + 1;
        continue;
      }
      depth += 1;
      out.push(char, line());
    } else if (char === '}' || char === ']') {
      depth -= 1;
      out.push(line(), char);
    } else if (char === ',') out.push(',', line());
    else if (char === ':') out.push(': ');
    else if (!isSpace(char)) {
      const end = literalEnd(text, at);
      out.push(text.slice(at, end));
      at = end;
      continue;
    }
    at += 1;
  }
  return out.join('');
}

/** JSON without spaces outside its texts, otherwise as it was written. Text that is not JSON comes back unchanged. */
export function compactJson(text: string): string {
  if (!isJson(text)) return text;
  const out: string[] = [];
  let at = nextSolid(text, 0);
  while (at < text.length) {
    const char = text[at] as string;
    const end = char === '"' ? stringEnd(text, at) : ',:{}[]'.includes(char) ? at + 1 : literalEnd(text, at);
    out.push(text.slice(at, end));
    at = nextSolid(text, end);
  }
  return out.join('');
}

const isSpace = (char: string | undefined): boolean => char === ' ' || char === '\n' || char === '\r' || char === '\t';

function nextSolid(text: string, from: number): number {
  let at = from;
  while (isSpace(text[at])) at += 1;
  return at;
}

function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function literalEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isSpace(text[at]) && !',:{}[]"'.includes(text[at] as string)) at += 1;
  return at;
}
