import { describe, expect, test } from 'vitest';
import { below, seeded } from './packet-samples.ts';
import { decodeUtf8, inspectUtf8, isWellFormedUtf8, utf8Size, utf8Trait, writeUtf8 } from './utf8.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

function platformAccepts(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('well-formed UTF-8 is what the platform accepts too', () => {
  test('for every sequence of two bytes', () => {
    const bytes = new Uint8Array(2);
    for (let value = 0; value < 0x1_0000; value += 1) {
      bytes[0] = value >> 8;
      bytes[1] = value & 0xff;
      if (isWellFormedUtf8(bytes) !== platformAccepts(bytes)) expect(bytes).toBe('judged alike');
    }
  });
  test('for sequences of three and four bytes around every border', () => {
    const borders = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xb7, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
    for (const a of borders)
      for (const b of borders)
        for (const c of borders)
          for (const d of [0x7f, 0x80, 0xbf, 0xc0]) {
            const four = Uint8Array.of(a, b, c, d);
            if (isWellFormedUtf8(four) !== platformAccepts(four)) expect(four).toBe('judged alike');
            const three = four.subarray(1);
            if (isWellFormedUtf8(three) !== platformAccepts(three)) expect(three).toBe('judged alike');
          }
  });
  test('for random bytes that are often right', () => {
    const random = seeded(11);
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = encoder.encode(Array.from({ length: 4 }, () => String.fromCodePoint(below(random, 0x11_0000))).join(''));
      if (random() < 0.7) bytes[below(random, bytes.length)] = below(random, 256);
      if (isWellFormedUtf8(bytes) !== platformAccepts(bytes)) expect(bytes).toBe('judged alike');
    }
  });
});

test.each([
  ['U+0000', '\0', utf8Trait.nul],
  ['U+0001', '\u0001', utf8Trait.control],
  ['U+001F', '\u001f', utf8Trait.control],
  ['U+0020', ' ', 0],
  ['U+007E', '~', 0],
  ['U+007F', '\u007f', utf8Trait.control],
  ['U+0080', '\u0080', utf8Trait.control | utf8Trait.nonAscii],
  ['U+009F', '\u009f', utf8Trait.control | utf8Trait.nonAscii],
  ['U+00A0', '\u00a0', utf8Trait.nonAscii],
  ['U+FDCF', '\ufdcf', utf8Trait.nonAscii],
  ['U+FDD0', '\ufdd0', utf8Trait.control | utf8Trait.nonAscii],
  ['U+FDEF', '\ufdef', utf8Trait.control | utf8Trait.nonAscii],
  ['U+FDF0', '\ufdf0', utf8Trait.nonAscii],
  ['U+FEFF', '\ufeff', utf8Trait.nonAscii],
  ['U+FFFD', '\ufffd', utf8Trait.nonAscii],
  ['U+FFFE', '\ufffe', utf8Trait.control | utf8Trait.nonAscii],
  ['U+FFFF', '\uffff', utf8Trait.control | utf8Trait.nonAscii],
  ['U+1FFFD', '\u{1fffd}', utf8Trait.nonAscii],
  ['U+1FFFE', '\u{1fffe}', utf8Trait.control | utf8Trait.nonAscii],
  ['U+10FFFF', '\u{10ffff}', utf8Trait.control | utf8Trait.nonAscii],
  ['U+2A6D4', '\u{2a6d4}', utf8Trait.nonAscii],
])('%s has its traits, also between others', (_, character, traits) => {
  const bytes = encoder.encode(`ab${character}c`);
  expect(inspectUtf8(bytes, 0, bytes.length)).toBe(traits);
  expect(isWellFormedUtf8(bytes)).toBe(true);
});

test('an empty payload is well-formed, and a sequence cut by the end is not', () => {
  expect(isWellFormedUtf8(new Uint8Array(0))).toBe(true);
  expect(isWellFormedUtf8(encoder.encode('é').subarray(0, 1))).toBe(false);
});

describe('texts', () => {
  const samples = ['', 'a', 'ab', 'abc', 'abcdefgh', 'abcdefghi', 'x'.repeat(24), 'x'.repeat(25), 'y'.repeat(5000), 'é', '€', '😀', '\ufeffa', 'añ€😀z'];
  test.each(samples)('%j is measured, written and read like the platform does', (text) => {
    const expected = encoder.encode(text);
    expect(utf8Size(text)).toBe(expected.length);
    const bytes = new Uint8Array(expected.length + 3);
    expect(writeUtf8(bytes, 2, text)).toBe(expected.length + 2);
    expect(bytes.subarray(2, -1)).toEqual(expected);
    const ascii = (inspectUtf8(expected, 0, expected.length) & utf8Trait.nonAscii) === 0;
    expect(decodeUtf8(bytes, 2, bytes.length - 1, ascii)).toBe(text);
  });
  test.each(['\ud800', 'a\udc00', '\ud800a', '\udc00\ud800', '\ud83d\ud83d\ude00'])('%j cannot be written', (text) => {
    expect(() => utf8Size(text)).toThrow(RangeError);
  });
});
