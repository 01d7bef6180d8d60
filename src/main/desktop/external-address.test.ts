import { expect, test } from 'vitest';
import { externalAddress } from './external-address.ts';

test.each([
  ['https://example.com/a?b#c', 'https://example.com/a?b#c'],
  ['HTTPS://EXAMPLE.com', 'https://example.com/'],
  ['mailto:someone@example.com?subject=x', 'mailto:someone@example.com?subject=x'],
])('%s may be opened', (text, address) => expect(externalAddress(text)).toBe(address));

test.each([
  'http://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'smb://server/share',
  'ms-settings:',
  'mqtt://broker',
  'https://bank.example@evil.example/',
  'https://user:password@example.com/',
  `https://example.com/${'a'.repeat(3000)}`,
  '//example.com',
  '',
])('%s may not', (text) => expect(externalAddress(text)).toBeUndefined());

test('a disguised host is shown as what it is', () => {
  expect(externalAddress('https://exаmple.com/')).toBe('https://xn--exmple-4nf.com/');
});
