import path from 'node:path';
import { expect, test } from 'vitest';
import { mimeTypeOf, pageFileOf } from './page-files.ts';

const folder = path.resolve('/srv/page');

test.each([
  ['app://workbench/', 'index.html'],
  ['app://workbench/index.html?x=1#y', 'index.html'],
  ['app://workbench/assets/a%20b.js', 'assets/a b.js'],
  ['app://workbench/assets/../index.html', 'index.html'],
  ['app://workbench/..hidden.js', '..hidden.js'],
])('%s is the file %s', (address, file) => expect(pageFileOf(address, folder)).toBe(path.join(folder, file)));

// The address parser already resolves plain and `%2e` dots inside the address; the encoded separators reach us.
test.each([
  'app://workbench/..%2f..%2fetc/passwd',
  'app://workbench/%2e%2e%2fsecret',
  'app://workbench/..%5c..%5csecret',
  'app://workbench/a%00.js',
  'app://workbench/C:%2fwindows',
  'app://workbench/%2f%2fserver/share/..%2f..%2f..%2fx',
  'app://workbench/%e0%a4%a',
  'app://workbench/assets%2f..',
  'app://other/index.html',
  'file:///srv/page/index.html',
  'nonsense',
])('%s is nothing', (address) => expect(pageFileOf(address, folder)).toBeUndefined());

test('file types, unknown ones as plain bytes', () => {
  expect(mimeTypeOf('a.js')).toContain('text/javascript');
  expect(mimeTypeOf('A.HTML')).toContain('text/html');
  expect(mimeTypeOf('a.exe')).toBe('application/octet-stream');
});
