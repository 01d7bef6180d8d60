import { describe, expect, it } from 'vitest';
import { newProfile } from '../../../../shared/connections/new-profile.ts';
import { checkNumber, numberOf, spokenSeconds } from './numbers.ts';
import { certificateText, isEncryptedKey, pemBlocks, splitPem } from './pem.ts';
import { insecurities, usesTls, usesWebSocket, verifyWords } from './tls-words.ts';

describe('numbers', () => {
  it.each([
    ['60', 60],
    [' 0.5 ', 0.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['', Number.NaN],
    ['0x10', Number.NaN],
    ['1,5', Number.NaN],
    ['Infinity', Number.NaN],
  ])('%j is %d', (text, value) => expect(numberOf(text)).toBe(value));
  it('are told with their range', () => {
    expect(checkNumber('x', { min: 0, max: 65_535, unit: 'seconds' })).toBe('Enter a whole number from 0 to 65,535 seconds.');
    expect(checkNumber('1.5', { min: 1, max: 2, whole: false })).toBeUndefined();
    expect(checkNumber('', { min: 1, max: 2, empty: 'no limit' })).toBeUndefined();
    expect(checkNumber('3', { min: 1, max: 2, empty: 'no limit' })).toBe('Enter a whole number from 1 to 2, or nothing for no limit.');
  });
  it.each([
    [0, '0 s'],
    [7.5, '7.5 s'],
    [25.3125, '25.313 s'],
    [60, '1 min'],
    [3690, '1 h 1 min'],
    [90_061, '1 d 1 h'],
  ])('%d seconds are %s', (seconds, text) => expect(spokenSeconds(seconds)).toBe(text));
});

describe('PEM', () => {
  const block = (kind: string): string => `-----BEGIN ${kind}-----\nAAAA\n-----END ${kind}-----`;
  it('has complete blocks, whatever stands between them', () =>
    expect(pemBlocks(`Subject: x\n${block('CERTIFICATE')}\n\n${block('RSA PRIVATE KEY')}\n-----BEGIN CERTIFICATE-----`).map(({ kind }) => kind)).toEqual([
      'CERTIFICATE',
      'RSA PRIVATE KEY',
    ]));
  it('is split into what may be written and what is secret', () => {
    expect(splitPem(`${block('CERTIFICATE')}\n${block('PRIVATE KEY')}\n${block('CERTIFICATE')}`)).toEqual({
      certificates: `${block('CERTIFICATE')}\n${block('CERTIFICATE')}\n`,
      keys: `${block('PRIVATE KEY')}\n`,
    });
    expect(splitPem('as it is')).toEqual({ certificates: 'as it is', keys: '' });
  });
  it('tells encrypted keys of both forms', () => {
    expect(
      [block('ENCRYPTED PRIVATE KEY'), block('RSA PRIVATE KEY').replace('AAAA', 'Proc-Type: 4,ENCRYPTED\n\nAAAA'), block('PRIVATE KEY')].map(isEncryptedKey),
    ).toEqual([true, true, false]);
  });
  it('is made of DER', () => {
    const der = Uint8Array.from([0x30, 0x82, ...Array.from({ length: 60 }, () => 7)]);
    const text = certificateText(der);
    expect(pemBlocks(text).map(({ kind }) => kind)).toEqual(['CERTIFICATE']);
    expect(Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64')).toEqual(Buffer.from(der));
    expect(certificateText(new TextEncoder().encode(block('CERTIFICATE')))).toBe(block('CERTIFICATE'));
  });
  it('takes nothing that never ends for long', () => expect(pemBlocks('-----BEGIN A-----'.repeat(10_000))).toEqual([]));
});

describe('what is insecure', () => {
  const profile = (uri: string, tls = {}) => ({ ...newProfile('a', { uri, username: 'me' }), tls: { ...newProfile('a').tls, ...tls } });
  it.each([
    ['mqtts://lab', {}, true, 0],
    ['mqtts://lab', { verify: 'none' }, true, 1],
    ['mqtts://lab', { checkHostName: false }, true, 1],
    // Python's CERT_OPTIONAL keeps the check on (protocols.md §2.2).
    ['mqtts://lab', { verify: 'optional', checkHostName: false }, true, 0],
    ['wss://lab', { minVersion: 'TLSv1.1', verify: 'none' }, false, 2],
    ['mqtt://lab', { verify: 'none' }, false, 0],
    ['mqtt://lab', {}, true, 1],
    ['lab:1883', {}, true, 1],
    ['mqtt://127.0.0.1', {}, true, 0],
    ['ws://[::1]:8080', {}, true, 0],
  ] as const)('%s with %j, password %s: %d', (uri, tls, password, count) => expect(insecurities(profile(uri, tls), password)).toHaveLength(count));
  it('is no password that SCRAM does not send', () =>
    expect(insecurities({ ...profile('mqtt://lab'), authentication: { kind: 'scram-sha-256' } }, true)).toEqual([]));
  it('has other words for each combination', () => {
    const modes = (['required', 'optional', 'none'] as const).flatMap((verify) => [true, false].map((checkHostName) => verifyWords({ verify, checkHostName })));
    expect(new Set(modes).size).toBe(4);
  });
});

it.each([
  ['mqtts://h', true, false],
  ['WSS://h', true, true],
  ['mqtt://h', false, false],
  ['ws://h', false, true],
  ['', false, false],
])('%s uses TLS: %s, WebSocket: %s', (uri, tls, webSocket) => expect([usesTls(uri), usesWebSocket(uri)]).toEqual([tls, webSocket]));
