import { expect, test } from 'vitest';
import { lineDiff, type DiffLine } from './line-diff.ts';

const marks = { same: ' ', expected: '-', actual: '+', skipped: '…' } as const;
const words = (lines: readonly DiffLine[]): readonly string[] => lines.map(({ kind, text }) => `${marks[kind]} ${text}`);

test('a changed line stands beside what it was, with the lines around it', () => {
  expect(words(lineDiff('a\nb\nc\nd\ne\nf', 'a\nb\nc\nX\ne\nf'))).toEqual(['… 1 equal line', '  b', '  c', '- d', '+ X', '  e', '  f']);
});

test('a line that moved in keeps the others in place', () => {
  expect(words(lineDiff('1\n2', '1\nnew\n2'))).toEqual(['  1', '+ new', '  2']);
});

test('equal texts are one skipped run, and empty ones too', () => {
  expect(words(lineDiff('a\nb', 'a\nb'))).toEqual(['… 2 equal lines']);
  expect(words(lineDiff('', 'a'))).toEqual(['- ', '+ a']);
});

test('what is too long to compare is shown as a whole, at once', () => {
  const long = (word: string): string => Array.from({ length: 5000 }, (_, at) => `${word} ${at}`).join('\n');
  const lines = lineDiff(long('was'), long('is'));
  expect(lines).toHaveLength(10_000);
  expect(lines[0]).toEqual({ kind: 'expected', text: 'was 0' });
  expect(lines.at(-1)).toEqual({ kind: 'actual', text: 'is 4999' });
});

test('both texts can be read back from the lines', () => {
  const before = 'a\nb\nc\nd'.split('');
  const after = 'a\nc\nx\nd\ne'.split('');
  const lines = lineDiff(before.join(''), after.join(''));
  const side = (kind: 'expected' | 'actual'): string =>
    lines
      .filter((line) => line.kind === 'same' || line.kind === kind)
      .map((line) => line.text)
      .join('\n');
  expect(side('expected')).toBe('a\nb\nc\nd');
  expect(side('actual')).toBe('a\nc\nx\nd\ne');
});
