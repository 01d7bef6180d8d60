import { describe, expect, test } from 'vitest';
import { chordId, chordLabel, chordOf, chordText, isTypingChord, parseChord, type Chord, type KeyPress } from './chord.ts';

const press = (key: string, code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  ...held,
});
const parsed = (text: string): Chord => {
  const chord = parseChord(text);
  if (!chord) throw new Error(`${text} is no chord`);
  return chord;
};

describe('parseChord', () => {
  test.each([
    ['Mod+K', 'Mod+K'],
    ['mod+shift+k', 'Mod+Shift+K'],
    ['Shift+Ctrl+Enter', 'Ctrl+Shift+Enter'],
    ['cmd+esc', 'Meta+Escape'],
    ['f12', 'F12'],
    ['Mod++', 'Mod+Plus'],
    ['Mod+,', 'Mod+,'],
    ['?', '?'],
    ['alt+up', 'Alt+ArrowUp'],
  ])('reads %s as %s', (text, expected) => expect(chordText(parsed(text))).toBe(expected));

  test.each(['', 'Mod+', 'Mod', 'Hyper+K', 'Mod+Kk', 'F25', '+'])('does not take %j', (text) => expect(parseChord(text)).toBeUndefined());
});

describe('chordOf', () => {
  test('names the printed key, whatever modifiers make of it', () => {
    expect(chordText(chordOf(press('!', 'Digit1', { ctrlKey: true, shiftKey: true }), false) as Chord)).toBe('Mod+Shift+1');
    expect(chordText(chordOf(press('å', 'KeyA', { altKey: true }), true) as Chord)).toBe('Alt+A');
  });

  test('follows the keyboard layout for Latin letters and the position for other scripts', () => {
    expect(chordOf(press('z', 'KeyY', { ctrlKey: true }), false)?.key).toBe('Z');
    expect(chordOf(press('л', 'KeyK', { ctrlKey: true }), false)?.key).toBe('K');
  });

  test('is none while only modifiers are down', () => {
    for (const key of ['Control', 'Shift', 'Alt', 'Meta', 'Dead', 'Process']) expect(chordOf(press(key, key), false)).toBeUndefined();
  });

  test('takes Cmd for Mod on a Mac and Ctrl elsewhere', () => {
    expect(chordText(chordOf(press('k', 'KeyK', { metaKey: true }), true) as Chord)).toBe('Mod+K');
    expect(chordText(chordOf(press('k', 'KeyK', { ctrlKey: true }), true) as Chord)).toBe('Ctrl+K');
    expect(chordText(chordOf(press('k', 'KeyK', { metaKey: true }), false) as Chord)).toBe('Meta+K');
  });
});

test('chordId unites spellings of the same keys', () => {
  expect(chordId(parsed('Ctrl+K'), false)).toBe(chordId(parsed('Mod+K'), false));
  expect(chordId(parsed('Cmd+K'), true)).toBe(chordId(parsed('Mod+K'), true));
  expect(chordId(parsed('Ctrl+K'), true)).not.toBe(chordId(parsed('Mod+K'), true));
});

test('isTypingChord keeps plain keys out of text fields', () => {
  expect(isTypingChord(parsed('?'))).toBe(true);
  expect(isTypingChord(parsed('Shift+Enter'))).toBe(true);
  expect(isTypingChord(parsed('F6'))).toBe(false);
  expect(isTypingChord(parsed('Mod+Enter'))).toBe(false);
});

test('chordLabel shows the signs of the platform', () => {
  expect(chordLabel(parsed('Mod+Shift+K'), false)).toBe('Ctrl+Shift+K');
  expect(chordLabel(parsed('Mod+Shift+K'), true)).toBe('⇧⌘K');
  expect(chordLabel(parsed('Alt+ArrowUp'), false)).toBe('Alt+↑');
});
