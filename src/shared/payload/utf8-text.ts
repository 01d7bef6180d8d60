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

/** Control characters that no text file has; tab, line feed, carriage return and escape are ordinary. */
export function hasBinaryControls(text: string): boolean {
  const head = text.length > 65_536 ? text.slice(0, 65_536) : text;
  for (let at = 0; at < head.length; at += 1) {
    const code = head.charCodeAt(at);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 27) return true;
  }
  return false;
}
