import { describe, expect, test } from 'vitest';
import { scramSha256 } from './scram.ts';

const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();
const bytes = (words: string): Uint8Array => Buffer.from(words);

// RFC 7677 §3.
const nonce = 'rOprNGfwEbeRWgbNEkqO';
const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const proof = 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const serverFinal = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

describe('SCRAM-SHA-256', () => {
  test('says what the RFC says', async () => {
    const scram = scramSha256('user', 'pencil', () => nonce);
    expect(text(scram.start())).toBe(`n,,n=user,r=${nonce}`);
    expect(text(await scram.next(bytes(serverFirst)))).toBe(proof);
    scram.finish(bytes(serverFinal));
    expect(() => scram.finish(bytes(serverFinal))).toThrow(/did not show/);
  });

  test('writes "," and "=" of a name, and refuses what SASLprep refuses', () => {
    expect(text(scramSha256('a,b=c', 'x', () => 'n').start())).toBe('n,,n=a=2Cb=3Dc,r=n');
    expect(() => scramSha256('user', 'a\u0007b')).toThrow(/password has characters/);
  });

  test.each([
    ['another nonce', 'r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096', /another SCRAM exchange/],
    ['a nonce that is not continued', `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`, /another SCRAM exchange/],
    ['few iterations', `r=${nonce}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1`, /asks for 1 SCRAM iterations/],
    ['very many iterations', `r=${nonce}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999`, /iterations/],
    ['an error', 'e=unknown-user', /refused the SCRAM exchange: unknown-user/],
    ['nothing', '', /no SCRAM challenge/],
  ])('refuses %s', async (_name, challenge, words) => {
    const scram = scramSha256('user', 'pencil', () => nonce);
    scram.start();
    await expect(async () => scram.next(bytes(challenge))).rejects.toThrow(words);
  });

  test.each([['v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='], ['e=other-error'], ['']])('does not believe a server that ends with "%s"', async (final) => {
    const scram = scramSha256('user', 'pencil', () => nonce);
    scram.start();
    await scram.next(bytes(serverFirst));
    expect(() => scram.finish(bytes(final))).toThrow(/did not show/);
  });
});
