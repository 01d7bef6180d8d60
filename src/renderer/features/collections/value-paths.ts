import type { JsonValue } from '../../../shared/rpc/python-json.ts';

/** A place in an answer, as JSONPath (RFC 9535). */
export interface ValuePath {
  readonly path: string;
  readonly value: JsonValue;
}

/** Enough to choose from; what lies deeper is written by hand. */
const maxPaths = 300;
const maxDepth = 12;
/** Of a list, the first items stand for the rest. */
const maxItems = 20;

/** Every value of an answer with its path, in the order they stand there; containers before what is in them. */
export function valuePaths(value: JsonValue): readonly ValuePath[] {
  const found: ValuePath[] = [];
  const walk = (one: JsonValue, path: string, depth: number): void => {
    if (found.length >= maxPaths) return;
    found.push({ path, value: one });
    if (typeof one !== 'object' || one === null || depth >= maxDepth) return;
    if (Array.isArray(one)) for (const [at, item] of one.slice(0, maxItems).entries()) walk(item as JsonValue, `${path}[${at}]`, depth + 1);
    else for (const [name, item] of Object.entries(one)) walk(item, path + memberPath(name), depth + 1);
  };
  walk(value, '$', 0);
  return found;
}

/** The shorthand where the grammar has it (RFC 9535 §2.5.1.1), else the name in quotes with what has to be escaped (§2.3.1.1). */
function memberPath(name: string): string {
  if (/^[A-Za-z_\u{80}-\u{D7FF}\u{E000}-\u{10FFFF}][\w\u{80}-\u{D7FF}\u{E000}-\u{10FFFF}]*$/u.test(name)) return `.${name}`;
  const escaped = JSON.stringify(name)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`);
  return `['${escaped}']`;
}

/** A value on one line, shortened: to tell places apart by. */
export function valueWords(value: JsonValue, maxLength = 60): string {
  const text = JSON.stringify(value);
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}
