import { describe, expect, it } from 'vitest';
import { checkFailures } from './explained.ts';
import { parseBytes, readCases } from './packet-cases.ts';

describe('the notation of bytes', () => {
  it('knows texts, numbers of one, two and four bytes, variable byte integers and hexadecimal', () => {
    expect(parseBytes("10 r13 s4 'MQTT' 04 02 k10 s1 'p'").toString('hex')).toBe('100d00044d5154540402000a000170');
    expect(parseBytes('i7 H258 L4294967295 v128 m1234 EDA080').toString('hex')).toBe('070102ffffffff800104d2eda080');
  });

  it('writes a remaining length that needs five bytes, which is not allowed', () => {
    expect(parseBytes('30 r268435456').toString('hex')).toBe('308080808001');
  });

  it('refuses what it does not know', () => {
    expect(() => parseBytes('x1')).toThrow(/x1/);
  });
});

it('takes what a case leaves out from its group, and tells cases of one name apart', () => {
  const msgs = [{ type: 'send', payload: 'C0 r0' }];
  const json = JSON.stringify([
    {
      group: 'v5.0   A',
      ver: 5,
      connect: false,
      tests: [
        { name: 'b ', msgs },
        { name: 'b', ver: 4, expect_disconnect: false, msgs: [] },
      ],
    },
    { group: 'off', disable: true, tests: [{ name: 'c', msgs }] },
  ]);
  expect(readCases(json)).toEqual([
    { key: 'v5.0 A/b', version: 5, connect: false, endsClosed: true, steps: [{ kind: 'send', bytes: Buffer.from('c000', 'hex') }] },
    { key: 'v5.0 A/b #2', version: 4, connect: false, endsClosed: false, steps: [] },
  ]);
});

it('matches failures with explanations and finds those that nothing needs', () => {
  const checked = checkFailures(['a/b [x]', 'a/c', 'd'], { 'a/b [x]': 'one', 'a*c': 'two', 'e*': 'three' });
  expect(checked.unexplained).toEqual(['d']);
  expect([...checked.explained.values()]).toEqual(['one', 'two']);
  expect(checked.stale).toEqual(['e*']);
});
