import { describe, expect, it } from 'vitest';
import { decodeText } from './utf8-text.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('decodeText', () => {
  it('keeps a byte order mark as it was sent', () => expect(decodeText(utf8('\uFEFFa')).text).toBe('\uFEFFa'));
  it.each([
    [[0x61, 0xff], 1],
    [[0x61, 0xc3], 1],
    [[0xe2, 0x82, 0xac, 0xc0, 0xaf], 3],
    [[0xed, 0xa0, 0x80], 0],
    [[0xf4, 0x90, 0x80, 0x80], 0],
    [[0x61, 0x62, 0x80], 2],
  ])('%j is invalid from byte %d', (bytes, at) => expect(decodeText(Uint8Array.from(bytes)).invalidAt).toBe(at));
  it('does not blame a character that is cut where the loaded part ends', () => {
    const cut = utf8('price: 5 €').slice(0, -1);
    expect(decodeText(cut, false)).toEqual({ text: 'price: 5 ', invalidAt: null });
    expect(decodeText(cut, true).invalidAt).toBe(9);
  });
});
