import { expect, test } from 'vitest';
import { isOwnUrl, isTrustedSender } from './origin.ts';

test.each(['app://workbench/', 'app://workbench/index.html?a#b', 'app://workbench'])('%s is ours', (url) => expect(isOwnUrl(url)).toBe(true));

test.each([
  '',
  'nonsense',
  'https://workbench/',
  'app://other/',
  'app://workbench.example/',
  'app://workbench:8080/',
  'app://user@workbench/',
  'app:workbench/',
  'file:///app/workbench',
  'about:blank',
  'data:text/html,app://workbench/',
])('%s is not', (url) => expect(isOwnUrl(url)).toBe(false));

test('only a top frame of our own page is heard', () => {
  expect(isTrustedSender({ url: 'app://workbench/', parent: null })).toBe(true);
  expect(isTrustedSender({ url: 'app://workbench/', parent: {} })).toBe(false);
  expect(isTrustedSender({ url: 'https://example.com/', parent: null })).toBe(false);
  expect(isTrustedSender(null)).toBe(false);
});
