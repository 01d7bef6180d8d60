/** What is no text: punctuation, numbers and words. */
const tokens = /\s*(?:([{}[\],:])|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b))/y;
const quote = /\s*"/y;
// JSON allows no control characters inside texts, so they are what is looked for.
// oxlint-disable-next-line no-control-regex
const special = /["\\\u0000-\u001f]/g;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Where the text that begins after `from` ends, its `"` included; -1 for one that does not. Step by step: one expression for all of it would need stack for each character. */
function textEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    special.lastIndex = at;
    const found = special.exec(text);
    if (!found) return -1;
    if (found[0] === '"') return special.lastIndex;
    escape.lastIndex = found.index;
    if (!escape.test(text)) return -1;
    at = escape.lastIndex;
  }
}

type Expecting = 'value' | 'value or ]' | 'key or }' | 'key' | 'colon' | 'comma or end';

/** Where a text stops being JSON (RFC 8259), as an offset; its length when it only ends too early. Engines word this differently, or not at all. */
export function jsonErrorPosition(text: string): number {
  const open: ('{' | '[')[] = [];
  let expecting: Expecting = 'value';
  let at = 0;
  for (;;) {
    const start = at + (/^\s*/.exec(text.slice(at, at + 10_000))?.[0].length ?? 0);
    quote.lastIndex = at;
    const isText = quote.test(text);
    tokens.lastIndex = at;
    const match = isText ? null : tokens.exec(text);
    const end = isText ? textEnd(text, quote.lastIndex) : match ? tokens.lastIndex : -1;
    if (end < 0) return start;
    const next: Expecting | undefined = step(match?.[1], isText, expecting, open);
    if (next === undefined) return start;
    expecting = next;
    at = end;
    if (open.length === 0 && expecting === 'comma or end') {
      const rest = text.slice(at);
      return at + (rest.length - rest.trimStart().length);
    }
  }
}

function step(mark: string | undefined, isText: boolean, expecting: Expecting, open: ('{' | '[')[]): Expecting | undefined {
  const wantsValue = expecting === 'value' || expecting === 'value or ]';
  switch (mark) {
    case '{':
    case '[':
      if (!wantsValue) return undefined;
      open.push(mark);
      return mark === '{' ? 'key or }' : 'value or ]';
    case '}':
      return (expecting === 'key or }' || expecting === 'comma or end') && open.pop() === '{' ? 'comma or end' : undefined;
    case ']':
      return (expecting === 'value or ]' || expecting === 'comma or end') && open.pop() === '[' ? 'comma or end' : undefined;
    case ':':
      return expecting === 'colon' ? 'value' : undefined;
    case ',':
      return expecting === 'comma or end' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined;
    default:
      if (expecting === 'key' || expecting === 'key or }') return isText ? 'colon' : undefined;
      return wantsValue ? 'comma or end' : undefined;
  }
}
