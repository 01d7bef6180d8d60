import { expect, it } from 'vitest';
import { checkUri, splitUserInfo } from './check-uri.ts';

it('says what is wrong and what to write', () => {
  expect(checkUri('mqtt://lab:1883')).toBeUndefined();
  expect(checkUri('https://lab')).toMatch(/web address.*wss:/s);
});
it('takes user info out of an address', () => {
  expect(splitUserInfo('mqtts://me:se%20cret@lab:8884')).toEqual({ uri: 'mqtts://lab:8884', username: 'me', password: 'se cret' });
  expect(splitUserInfo('mqtt://me@lab')).toEqual({ uri: 'mqtt://lab', username: 'me' });
  expect(splitUserInfo('mqtt://lab')).toBeUndefined();
  expect(splitUserInfo('nonsense://')).toBeUndefined();
});
