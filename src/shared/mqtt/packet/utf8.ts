/**
 * MQTT allows a receiver to refuse control characters (U+0001–U+001F, U+007F–U+009F) and Unicode non-characters in its strings
 * (§1.5.4, 1.5.3 of 3.1.1). `refuse` does so, as mosquitto does; `accept` lets them pass.
 */
export type ControlCharacters = 'refuse' | 'accept';

/** What `inspectUtf8` found, as bits. */
export const utf8Trait = { nonAscii: 1, illFormed: 2, nul: 4, control: 8 } as const;

/** Looks once over bytes: 0 for printable ASCII. Stops at the first ill-formed sequence (overlong, surrogate, cut short, above U+10FFFF). */
export function inspectUtf8(bytes: Uint8Array, start: number, end: number): number {
  let traits = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      if (byte < 0x20 || byte === 0x7f) traits |= byte === 0 ? utf8Trait.nul : utf8Trait.control;
      at += 1;
      continue;
    }
    traits |= utf8Trait.nonAscii;
    if (byte < 0xc2 || byte > 0xf4) return traits | utf8Trait.illFormed;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (at + length > end) return traits | utf8Trait.illFormed;
    const second = bytes[at + 1]!;
    if ((second & 0xc0) !== 0x80) return traits | utf8Trait.illFormed;
    if (length === 2) {
      // U+0080–U+009F.
      if (byte === 0xc2 && second < 0xa0) traits |= utf8Trait.control;
      at += 2;
      continue;
    }
    const third = bytes[at + 2]!;
    if ((third & 0xc0) !== 0x80) return traits | utf8Trait.illFormed;
    if (length === 3) {
      // Overlong below U+0800, and the surrogates U+D800–U+DFFF.
      if ((byte === 0xe0 && second < 0xa0) || (byte === 0xed && second > 0x9f)) return traits | utf8Trait.illFormed;
      // U+FDD0–U+FDEF, U+FFFE and U+FFFF.
      if (byte === 0xef && ((second === 0xb7 && third >= 0x90 && third <= 0xaf) || (second === 0xbf && third >= 0xbe))) traits |= utf8Trait.control;
      at += 3;
      continue;
    }
    const fourth = bytes[at + 3]!;
    if ((fourth & 0xc0) !== 0x80) return traits | utf8Trait.illFormed;
    if ((byte === 0xf0 && second < 0x90) || (byte === 0xf4 && second > 0x8f)) return traits | utf8Trait.illFormed;
    // The last two code points of every plane.
    if ((second & 0x0f) === 0x0f && third === 0xbf && fourth >= 0xbe) traits |= utf8Trait.control;
    at += 4;
  }
  return traits;
}

/** Whether bytes are UTF-8 as Unicode defines it. U+0000 is allowed: this is the rule for payloads (§3.3.2.3.2), strings have more. */
export function isWellFormedUtf8(bytes: Uint8Array): boolean {
  return (inspectUtf8(bytes, 0, bytes.length) & utf8Trait.illFormed) === 0;
}

// A byte order mark is an ordinary character of MQTT [MQTT-1.5.4-3].
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Up to here the decoder's own overhead costs more than putting characters together. */
const shortText = 24;

/** Text of bytes that `inspectUtf8` has found well-formed. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number, ascii: boolean): string {
  if (!ascii || end - start > shortText) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  let at = start;
  for (; at + 8 <= end; at += 8) {
    text += String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!, bytes[at + 4]!, bytes[at + 5]!, bytes[at + 6]!, bytes[at + 7]!);
  }
  for (; at + 2 <= end; at += 2) text += String.fromCharCode(bytes[at]!, bytes[at + 1]!);
  if (at < end) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** Bytes of a text in UTF-8; throws a RangeError for half a surrogate pair, which UTF-8 cannot hold. */
export function utf8Size(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 2;
    else {
      const low = unit < 0xdc00 ? text.charCodeAt(index + 1) : 0;
      if (!(low >= 0xdc00 && low <= 0xdfff)) throw new RangeError('A text contains half of a surrogate pair, which UTF-8 cannot hold.');
      bytes += 2;
      index += 1;
    }
  }
  return bytes;
}

/** Writes a text that `utf8Size` has measured; returns the offset behind it. */
export function writeUtf8(target: Uint8Array, offset: number, text: string): number {
  let at = offset;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      target[at] = unit;
      at += 1;
    } else if (unit < 0x800) {
      target[at] = 0xc0 | (unit >> 6);
      target[at + 1] = 0x80 | (unit & 0x3f);
      at += 2;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      target[at] = 0xe0 | (unit >> 12);
      target[at + 1] = 0x80 | ((unit >> 6) & 0x3f);
      target[at + 2] = 0x80 | (unit & 0x3f);
      at += 3;
    } else {
      index += 1;
      const point = 0x10000 + ((unit - 0xd800) << 10) + (text.charCodeAt(index) - 0xdc00);
      target[at] = 0xf0 | (point >> 18);
      target[at + 1] = 0x80 | ((point >> 12) & 0x3f);
      target[at + 2] = 0x80 | ((point >> 6) & 0x3f);
      target[at + 3] = 0x80 | (point & 0x3f);
      at += 4;
    }
  }
  return at;
}
