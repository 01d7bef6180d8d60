import type { Codec } from '../codec.ts';
import { maxDepth } from '../value/limits.ts';
import { PayloadFailure } from '../value/payload-failure.ts';
import { bytesOfText, textOf } from './text-codecs.ts';

/** Shown indented where that changes nothing but space between elements; never interpreted: entities stay as written, nothing is fetched. */
export const xmlCodec: Codec = {
  name: 'xml',
  title: 'XML',
  help: 'XML 1.0, checked for matching elements and shown indented. Entities are not expanded.',
  params: [],
  decode(bytes) {
    const text = textOf(bytes);
    const pieces = readXml(text, (at) => new TextEncoder().encode(text.slice(0, at)).length);
    return { decoded: { kind: 'text', text: indentXml(pieces), language: 'xml' } };
  },
  encode(text) {
    readXml(text, (at) => at);
    return bytesOfText(text);
  },
};

type Piece = { readonly kind: 'open' | 'close' | 'empty' | 'other' | 'text'; readonly text: string };

const name = String.raw`[\p{L}_:][\p{L}\p{M}\p{N}_:.\-·]*`;
const open = new RegExp(String.raw`<(${name})((?:\s+${name}\s*=\s*(?:"[^<"]*"|'[^<']*'))*)\s*(/?)>`, 'uy');
const close = new RegExp(String.raw`</(${name})\s*>`, 'uy');

/** The parts of a well-formed document (XML 1.0 §2.1), or `PayloadFailure` with the place. */
function readXml(text: string, placeOf: (at: number) => number): readonly Piece[] {
  const pieces: Piece[] = [];
  const stack: { readonly name: string; readonly at: number }[] = [];
  let roots = 0;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  const fail = (reason: string, where = at): never => {
    throw new PayloadFailure(reason, placeOf(where));
  };
  while (at < text.length) {
    const start = at;
    if (text[at] !== '<') {
      at = text.indexOf('<', at);
      if (at < 0) at = text.length;
      const content = text.slice(start, at);
      if (stack.length === 0 && content.trim() !== '') fail('text outside the root element', start);
      pieces.push({ kind: 'text', text: content });
      continue;
    }
    const special = endOfSpecial(text, at);
    if (special !== null) {
      if (special < 0) fail('a comment, declaration or CDATA section has no end');
      at = special;
      pieces.push({ kind: text.startsWith('<![CDATA[', start) ? 'text' : 'other', text: text.slice(start, at) });
      continue;
    }
    close.lastIndex = at;
    const closing = close.exec(text);
    if (closing) {
      const opened = stack.pop();
      if (!opened) return fail(`</${closing[1]}> closes nothing`);
      if (opened.name !== closing[1]) return fail(`</${closing[1]}> where </${opened.name}> has to be`);
      at += closing[0].length;
      pieces.push({ kind: 'close', text: closing[0] });
      continue;
    }
    open.lastIndex = at;
    const opening = open.exec(text);
    if (!opening) return fail('"<" begins nothing that XML knows');
    if (stack.length === 0) roots += 1;
    if (roots > 1) fail('a second root element');
    const isEmpty = opening[3] === '/';
    if (!isEmpty) stack.push({ name: opening[1] as string, at });
    if (stack.length > maxDepth) fail(`nested deeper than ${maxDepth} levels`);
    at += opening[0].length;
    pieces.push({ kind: isEmpty ? 'empty' : 'open', text: opening[0] });
  }
  const unclosed = stack.at(-1);
  if (unclosed) fail(`<${unclosed.name}> is not closed`, unclosed.at);
  if (roots === 0) fail('there is no element');
  return pieces;
}

/** Where a comment, CDATA section, processing instruction or document type ends; -1: nowhere; `null`: it is none of them. */
function endOfSpecial(text: string, at: number): number | null {
  for (const [begin, end] of [
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
    ['<?', '?>'],
  ] as const) {
    if (text.startsWith(begin, at)) {
      const found = text.indexOf(end, at + begin.length);
      return found < 0 ? -1 : found + end.length;
    }
  }
  if (!text.startsWith('<!DOCTYPE', at)) return null;
  const body = /<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>/y;
  body.lastIndex = at;
  const found = body.exec(text);
  return found ? at + found[0].length : -1;
}

/** Puts elements that hold only elements on lines of their own; where text is among them, everything stays as it is. */
function indentXml(pieces: readonly Piece[]): string {
  const isMixed = mixedOf(pieces);
  const out: string[] = [];
  let depth = 0;
  /** How many open elements have text in them: inside, spaces count. */
  let inText = 0;
  const line = (): string => (inText > 0 || out.length === 0 ? '' : `\n${'  '.repeat(depth)}`);
  for (const [index, { kind, text }] of pieces.entries()) {
    if (kind === 'text') {
      if (inText > 0) out.push(text);
      continue;
    }
    if (kind === 'close') {
      depth -= 1;
      const holdsNothing = pieces[index - 1]?.kind === 'open';
      out.push(holdsNothing ? text : `${line()}${text}`);
      if (isMixed[index] === true) inText -= 1;
      continue;
    }
    out.push(`${line()}${text}`);
    if (kind === 'open') {
      depth += 1;
      if (isMixed[index] === true) inText += 1;
    }
  }
  return out.join('');
}

/** For the opening and the closing tag of each element: whether it holds text itself. */
function mixedOf(pieces: readonly Piece[]): readonly boolean[] {
  const mixed = pieces.map(() => false);
  const stack: number[] = [];
  const holdsText = new Set<number>();
  for (const [index, { kind, text }] of pieces.entries()) {
    if (kind === 'open') stack.push(index);
    else if (kind === 'text' && text.trim() !== '' && stack.length > 0) holdsText.add(stack.at(-1) as number);
    else if (kind === 'close') {
      const opened = stack.pop() as number;
      if (holdsText.has(opened)) mixed[opened] = mixed[index] = true;
    }
  }
  return mixed;
}
