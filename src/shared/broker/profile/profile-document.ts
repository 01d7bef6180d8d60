import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { ProfileProblem } from '../../contract/broker-profile.ts';
import { shorten } from '../../text/shorten.ts';

/** A profile has a page or two; the longest lists of rules and listeners stay below. Parsing YAML takes a time that grows with the square of what is nested or broken. */
export const longestProfile = 200_000;
const deepest = 50;
const mostNodes = 50_000;

/** A parsed file, with where everything stands. */
export interface ProfileDocument {
  readonly document: Document;
  /** Its values. */
  readonly content: unknown;
  /** From 1: of a key, or of the value at a path, as far as the file has it. */
  placeOf(path: readonly PropertyKey[], key: string | null): { readonly line: number; readonly column: number };
}

export type ReadProfileDocument = ProfileDocument | { readonly problems: readonly ProfileProblem[] };

const atStart = (message: string): ReadProfileDocument => ({ problems: [{ line: 1, column: 1, message }] });

/** YAML 1.2, and so JSON as well; 1.1 is what Python reads. Never throws. */
export function readProfileDocument(text: string, version: '1.1' | '1.2' = '1.2'): ReadProfileDocument {
  if (text.length > longestProfile) return atStart(`The file has more than ${longestProfile.toLocaleString('en-GB')} characters, too many for a profile.`);
  if (nestsDeeply(text)) return atStart(`The file is nested more than ${deepest} levels deep.`);
  try {
    return parse(text, version);
  } catch (error) {
    if (error instanceof RangeError) return atStart('The file is nested too deeply.');
    return atStart(`The file cannot be read as YAML: ${sentence(error instanceof Error ? error.message : String(error))}`);
  }
}

function parse(text: string, version: '1.1' | '1.2'): ReadProfileDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { version, prettyErrors: false, lineCounter: lines, logLevel: 'error' });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    // What follows the first one is mostly a consequence of it.
    const problems = document.errors.slice(0, 1).map(({ code, pos, message }) => ({ ...at(pos[0]), message: yamlFault(text, code, message) }));
    return { problems };
  }
  const odd = findOddity(document.contents, 0, { nodes: 0 });
  if (odd) return { problems: [{ ...at(odd.node?.range?.[0] ?? 0), message: odd.message }] };
  const content: unknown = document.toJS({ maxAliasCount: 50 });
  return {
    document,
    content: content ?? {},
    placeOf(path, key) {
      let node: unknown = document.contents;
      let start = 0;
      for (const step of key === null ? path : [...path, key]) {
        if (isAlias(node)) break;
        if (isMap(node)) {
          const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
          if (!pair) break;
          start = startOf(pair.key) ?? start;
          node = pair.value;
        } else if (isSeq(node)) {
          node = node.items[Number(step)];
          start = startOf(node) ?? start;
        } else break;
      }
      const isWhole = key === null && path.length > 0;
      return at(isWhole ? (startOf(node) ?? start) : start);
    },
  };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

interface Oddity {
  readonly node: Node | null;
  readonly message: string;
}

/** What no profile has, and what would make a mystery of it. */
function findOddity(node: unknown, depth: number, count: { nodes: number }): Oddity | undefined {
  count.nodes += 1;
  const here = node as Node | null;
  if (count.nodes > mostNodes) return { node: here, message: `The file has more than ${mostNodes.toLocaleString('en-GB')} values.` };
  if (depth > deepest) return { node: here, message: `The file is nested more than ${deepest} levels deep.` };
  if (isSeq(node)) {
    for (const item of node.items) {
      const odd = findOddity(item, depth + 1, count);
      if (odd) return odd;
    }
  } else if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (!isScalar(key)) return { node: key as Node | null, message: 'A key has to be a word.' };
      const odd = findOddity(value, depth + 1, count);
      if (odd) return odd;
    }
  }
  return undefined;
}

function yamlFault(text: string, code: string, message: string): string {
  if (/^(?:<{7}|={7}|>{7})/m.test(text)) return 'The file has a merge conflict in it.';
  if (code === 'DUPLICATE_KEY') return 'This key stands here twice.';
  if (code === 'TAB_AS_INDENT') return 'Lines are indented with spaces, not with tabs.';
  if (code === 'MULTIPLE_DOCS') return 'The file has several documents (“---”): a profile is one.';
  return `This is not valid YAML: ${sentence(message)}`;
}

function sentence(text: string): string {
  const line = shorten(text.split('\n')[0] ?? '', 200);
  return line.endsWith('.') ? line : `${line}.`;
}

/** Before the parser sees it: openers of flow collections and indicators of block collections, roughly counted. */
function nestsDeeply(text: string): boolean {
  let depth = 0;
  for (const mark of text.match(/[[\]{}]/g) ?? []) {
    depth = mark === '[' || mark === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > deepest) return true;
  }
  return /(?:[?:-][ \t]+){50}/.test(text);
}
