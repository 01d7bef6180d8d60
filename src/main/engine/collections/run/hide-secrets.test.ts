import { expect, it } from 'vitest';
import { secretHider } from './hide-secrets.ts';

const secret = 'grüße/"a+b" & <c>?';

it.each([
  ['as it is', (text: string) => text],
  ['as JSON', (text: string) => JSON.stringify({ text })],
  ['as JSON within JSON', (text: string) => JSON.stringify({ inner: JSON.stringify({ text }) })],
  ['as JSON in ASCII', (text: string) => JSON.stringify(text).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)],
  ['as JSON with escaped slashes', (text: string) => JSON.stringify(text).replaceAll('/', '\\/')],
  ['in a URI', encodeURIComponent],
  ['as a URI', encodeURI],
  ['in a URI, in small letters', (text: string) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase())],
  ['in a URI within a URI', (text: string) => encodeURIComponent(encodeURIComponent(text))],
  ['in a form', (text: string) => new URLSearchParams({ text }).toString()],
  ['as XML', (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')],
  ['in hexadecimal digits', (text: string) => Buffer.from(text).toString('hex')],
  ['in large hexadecimal digits', (text: string) => Buffer.from(text).toString('hex').toUpperCase()],
])('hides a secret %s', (_how, write) => {
  expect(secretHider([secret])(`a ${write(secret)} z`)).toBe(`a ${write('@').replace(/@|%40|%2540|40$/, '•••')} z`);
});

it('hides it in Base64, wherever in it it stands', () => {
  for (const encoding of ['base64', 'base64url'] as const) {
    for (const before of ['', 'u', 'us', 'user:']) {
      for (const after of ['', 'x', 'xy', 'xyz']) {
        const written = Buffer.from(`${before}${secret}${after}`).toString(encoding);
        const hidden = secretHider([secret])(`Basic ${written}`);
        const left = Buffer.from(hidden.replace('Basic ', '').replace('•••', ''), 'base64').length;
        expect(hidden, written).toContain('•••');
        expect(left, hidden).toBeLessThanOrEqual(before.length + after.length);
      }
    }
  }
});

it('hides short ones where they stand alone, and leaves the rest of a text to be read', () => {
  const hide = secretHider(['7', 'ab', '', '$1']);
  expect(hide('7 of 17 at 7.5 s: "ab", able, ab_c, $1.')).toBe('••• of 17 at •••.5 s: "•••", able, ab_c, •••.');
  expect(secretHider([])('nothing to hide')).toBe('nothing to hide');
});

it('hides the head of one that was cut at the end of a text', () => {
  const hide = secretHider(['correct horse', 'correctness']);
  expect(hide('the answer was correct ho…')).toBe('the answer was •••…');
  expect(hide('the answer was correct…')).toBe('the answer was •••…');
  expect(hide('the answer was co…')).toBe('the answer was co…');
  expect(hide('the answer was correct horse…')).toBe('the answer was •••…');
  expect(hide('the answer was right…')).toBe('the answer was right…');
});

it('hides the longer of two that share their beginning', () => {
  expect(secretHider(['abc', 'abcdef'])('abcdef abc')).toBe('••• •••');
});

it('takes what is no text, and long ones, in its time', () => {
  expect(secretHider(['half \ud800 pair'])('a half \ud800 pair')).toBe('a •••');
  const long = 'x+/'.repeat(20_000);
  expect(secretHider([long])(`<${long}> ${Buffer.from(`u:${long}`).toString('base64')}`)).toMatch(/^<•••> .{0,3}•••=*$/);
});
