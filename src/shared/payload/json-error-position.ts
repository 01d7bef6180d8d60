// JSON allows no control characters inside strings, so they are what is looked for.
const tokens =
  // oxlint-disable-next-line no-control-regex
  /\s*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b))/y;

type Expecting = 'value' | 'value or ]' | 'key or }' | 'key' | 'colon' | 'comma or end';

/** Where a text stops being JSON (RFC 8259), as an offset; its length when it only ends too early. Engines word this differently, or not at all. */
export function jsonErrorPosition(text: string): number {
  const open: ('{' | '[')[] = [];
  let expecting: Expecting = 'value';
  let at = 0;
  for (;;) {
    tokens.lastIndex = at;
    const match = tokens.exec(text);
    const start = at + (/^\s*/.exec(text.slice(at, at + 10_000))?.[0].length ?? 0);
    if (!match) return start;
    const next: Expecting | undefined = step(match[1], match[2] !== undefined, expecting, open);
    if (next === undefined) return start;
    expecting = next;
    at = tokens.lastIndex;
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
