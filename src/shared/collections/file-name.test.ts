import { describe, expect, it } from 'vitest';
import { fileNameOf, fold, freeFileName } from './file-name.ts';

describe('names of files', () => {
  it.each([
    ['Get status', 'Get status'],
    ['  a   b ', 'a b'],
    ['edge/a: "on"?', 'edge-a- -on--'],
    ['..', 'unnamed'],
    ['../../etc/passwd', '__-..-etc-passwd'],
    ['.git', '_git'],
    ['ends with points...', 'ends with points'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['Com1', '_Com1'],
    ['com\u00b9', '_com\u00b9'],
    ['console', 'console'],
    ['', 'unnamed'],
    ['\u200b', 'unnamed'],
    ['a\u202egnp.exe', 'agnp.exe'],
    ['a\u0000b\nc', 'a-b-c'],
    ['cafe\u0301', 'caf\u00e9'],
    ['\ud800x', '\ufffdx'],
    ['温度', '温度'],
  ])('%j becomes %j', (name, file) => {
    expect(fileNameOf(name)).toBe(file);
  });

  it('are short enough for every system, and no character is cut in two', () => {
    expect(fileNameOf('x'.repeat(5000))).toBe('x'.repeat(180));
    const emoji = fileNameOf('🌡'.repeat(200));
    expect(emoji).toBe('🌡'.repeat(45));
    expect(fileNameOf(`${'x'.repeat(179)} y`)).toBe('x'.repeat(179));
  });

  it('stay the same when they are made safe once more', () => {
    for (const name of ['..a', 'CON', 'a/b.', 'ß'.repeat(200), '_CON']) expect(fileNameOf(fileNameOf(name))).toBe(fileNameOf(name));
  });

  it('get a number where another one would be taken for the same', () => {
    expect(freeFileName('Get', '.request.json', ['get.request.json', 'GET (2).request.json'])).toBe('Get (3).request.json');
    expect(freeFileName('Straße', '', ['STRASSE'])).toBe('Straße (2)');
    expect(freeFileName('café', '', ['cafe\u0301'])).toBe('café (2)');
    expect(freeFileName('a', '', [])).toBe('a');
    expect(fold('İ')).toBe(fold('İ'.normalize('NFD')));
  });
});
