import { jsonErrorPosition } from './json-error-position.ts';

export type PayloadInputFormat = 'text' | 'json' | 'hex' | 'base64';
export type EncodedPayload = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly problem: string };

/** Turns what a person typed into the bytes to publish. JSON is checked but sent as typed: whoever compares bytes gets what they see. */
export function encodePublishPayload(format: PayloadInputFormat, text: string): EncodedPayload {
  switch (format) {
    case 'text':
      return text.isWellFormed()
        ? { bytes: new TextEncoder().encode(text) }
        : { problem: 'The text contains half of a surrogate pair: a character was cut in two.' };
    case 'json':
      return encodeJson(text);
    case 'hex':
      return encodeHex(text);
    case 'base64':
      return encodeBase64(text);
  }
}

function encodeJson(text: string): EncodedPayload {
  if (text.trim() === '') return { problem: 'The JSON is empty. Enter a value, or choose Text to publish an empty payload.' };
  try {
    JSON.parse(text);
  } catch {
    return { problem: `This is not JSON: ${whereInJson(text)}.` };
  }
  return { bytes: new TextEncoder().encode(text) };
}

function whereInJson(text: string): string {
  const at = jsonErrorPosition(text);
  const before = text.slice(0, at);
  const place = `line ${before.split('\n').length}, column ${at - (before.lastIndexOf('\n') + 1) + 1}`;
  return at >= text.trimEnd().length ? `it ends too early, in ${place}` : `unexpected "${characterAt(text, at)}" in ${place}`;
}

/** Two digits a byte; spaces, line breaks, `:`, `-`, `,` and `0x` may stand between bytes. */
function encodeHex(text: string): EncodedPayload {
  const bytes: number[] = [];
  let at = 0;
  while (at < text.length) {
    const separator = /^(?:[\s:,-]+|0x)/i.exec(text.slice(at, at + 64))?.[0];
    if (separator) {
      at += separator.length;
      continue;
    }
    const pair = text.slice(at, at + 2);
    if (!/^[0-9a-f]{2}$/i.test(pair)) {
      const bad = pair.split('').findIndex((digit) => !/[0-9a-f]/i.test(digit));
      if (bad < 0 || (bad === 1 && /[\s:,-]/.test(pair[1] ?? '')))
        return { problem: `The byte at position ${at + 1} has one hex digit; write two, such as 0${pair[0]}.` };
      return { problem: `"${characterAt(text, at + bad)}" at position ${at + bad + 1} is not a hex digit (0–9, a–f).` };
    }
    bytes.push(Number.parseInt(pair, 16));
    at += 2;
  }
  return { bytes: Uint8Array.from(bytes) };
}

/** RFC 4648 §4 and the URL-safe alphabet of §5; white space is ignored, padding may be missing. */
function encodeBase64(text: string): EncodedPayload {
  const bad = /[^A-Za-z0-9+/_=\s-]/u.exec(text);
  if (bad) return { problem: `"${bad[0]}" at position ${bad.index + 1} does not belong to Base64.` };
  const digits = text.replace(/\s+/g, '').replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  if (digits.includes('=')) return { problem: 'Base64 has "=" only at its end.' };
  if (digits.length % 4 === 1) return { problem: 'The Base64 text is cut short: its last group has only one character.' };
  const binary = atob(digits);
  return { bytes: Uint8Array.from(binary, (character) => character.charCodeAt(0)) };
}

/** A character as a reader sees it: one that takes two code units is not cut. */
function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}
