export type PayloadFormat = 'json' | 'text' | 'hex';

export interface DecodedText {
  readonly text: string;
  /** Position of the first byte that is not valid UTF-8 (RFC 3629), or `null`. */
  readonly invalidAt: number | null;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Decodes UTF-8. Of a payload that is not here in full, a character cut at the end is left out instead of called invalid. */
export function decodeText(payload: Uint8Array, complete = true): DecodedText {
  const bytes = complete ? payload : payload.subarray(0, wholeCharacters(payload));
  try {
    return { text: strict.decode(bytes), invalidAt: null };
  } catch {
    return { text: lenient.decode(bytes), invalidAt: firstInvalidByte(bytes) };
  }
}

/** Length without a multi-byte character that is cut off at the end. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** The shapes of RFC 3629 §4, table of well-formed byte sequences. */
function firstInvalidByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] as number;
    const length = lead < 0x80 ? 1 : lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
    if (length === 0) return at;
    for (let next = 1; next < length; next += 1) {
      const byte = bytes[at + next] ?? 0;
      const low = next === 1 ? (lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80) : 0x80;
      const high = next === 1 ? (lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf) : 0xbf;
      if (byte < low || byte > high) return at;
    }
    at += length;
  }
  return bytes.length;
}

/** The format that shows most of a payload: JSON objects and lists, readable text, or bytes. */
export function detectFormat(payload: Uint8Array, complete = true): PayloadFormat {
  if (payload.length === 0) return 'text';
  const { text, invalidAt } = decodeText(payload, complete);
  if (invalidAt !== null || hasBinaryControls(text)) return 'hex';
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return 'text';
  return complete && !isJson(text) ? 'text' : 'json';
}

/** Control characters that no text file has; tab, line feed, carriage return and escape are ordinary. */
function hasBinaryControls(text: string): boolean {
  const head = text.length > 65_536 ? text.slice(0, 65_536) : text;
  for (let at = 0; at < head.length; at += 1) {
    const code = head.charCodeAt(at);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 27) return true;
  }
  return false;
}

function isJson(text: string): boolean {
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

/** One line of text for a list row: control characters become spaces. */
export function oneLine(head: Uint8Array, sizeBytes: number): { readonly text: string; readonly binary: boolean } {
  const { text, invalidAt } = decodeText(head, head.length >= sizeBytes);
  if (invalidAt !== null || hasBinaryControls(text)) {
    return { text: Array.from(head.subarray(0, 64), (byte) => byte.toString(16).padStart(2, '0')).join(' '), binary: true };
  }
  return { text: text.replaceAll(/\s+/g, ' ').trim(), binary: false };
}
