import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ScramClient } from '../../../../../test/support/scram-client.ts';
import type { AuthStep } from '../core/hooks.ts';
import { isPassword, type CredentialStore } from './credentials.ts';
import { saslPrep } from '../../sasl-prep.ts';
import { ScramExchange } from './scram.ts';
import { parseUsers, readUsersFile, userLine } from './users-file.ts';

/** The example of RFC 7677 §3: user `user`, password `pencil`. */
const example = 'user:SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';
const store = parseUsers(`# people\n\n${example}\n`, 'users');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (step: AuthStep): string => (step.kind === 'failure' ? `failure: ${step.reason}` : Buffer.from(step.data ?? []).toString());

async function run(users: CredentialStore, client: ScramClient): Promise<readonly [challenge: string, end: AuthStep]> {
  const exchange = new ScramExchange(users);
  const challenge = textOf(await exchange.step(bytes(client.first)));
  return [challenge, await exchange.step(bytes(client.final(challenge)))];
}

describe('SCRAM-SHA-256', () => {
  it('says word for word what RFC 7677 §3 shows', async () => {
    const exchange = new ScramExchange(store, () => '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0');
    expect(textOf(await exchange.step(bytes('n,,n=user,r=rOprNGfwEbeRWgbNEkqO')))).toBe(
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    );
    const last = await exchange.step(bytes('c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='));
    expect(last).toMatchObject({ kind: 'success', username: 'user' });
    expect(textOf(last)).toBe('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  });

  it.each(['n,,', 'y,,', 'n,a=user,'])('lets in who knows the password, with the header %s', async (gs2) => {
    const client = new ScramClient('user', 'pencil', { gs2 });
    const [, end] = await run(store, client);
    expect(textOf(end)).toBe(client.serverFinal);
  });

  it('refuses a wrong password, and a second try on the same exchange', async () => {
    const client = new ScramClient('user', 'pencils');
    const exchange = new ScramExchange(store);
    const challenge = textOf(await exchange.step(bytes(client.first)));
    expect(textOf(await exchange.step(bytes(client.final(challenge))))).toBe('failure: bad-credentials');
    const right = new ScramClient('user', 'pencil');
    expect(textOf(await exchange.step(bytes(right.final(challenge))))).toBe('failure: malformed');
  });

  it('does not tell who exists: a name nobody has gets a challenge of the same kind, the same each time', async () => {
    const challenges: string[] = [];
    for (const name of ['nobody', 'nobody', 'somebody']) {
      const [challenge, end] = await run(store, new ScramClient(name, 'pencil', { nonce: 'abc' }));
      expect(textOf(end)).toBe('failure: bad-credentials');
      challenges.push(challenge.replace(/^r=[^,]+/, ''));
    }
    expect(challenges[0]).toMatch(/^,s=[A-Za-z0-9+/]{22}==,i=4096$/);
    expect(challenges[1]).toBe(challenges[0]);
    expect(challenges[2]).not.toBe(challenges[0]);
  });

  it('decodes commas and equals signs in names, and compares names in one form', async () => {
    const odd = parseUsers(`${await userLine('a,b=\u2168', 'pass\u00adword')}\n`, 'users');
    const [, end] = await run(odd, new ScramClient('a=2Cb=3DIX', 'password'));
    expect(end).toMatchObject({ kind: 'success', username: 'a,b=IX' });
  });

  it.each([
    'p=tls-unique,,n=user,r=abc',
    'n,,n=user',
    'n,,n=user,r=',
    'n,,n=,r=abc',
    'n,,n=us=er,r=abc',
    'n,,m=x,n=user,r=abc',
    'n,a=root,n=user,r=abc',
    'n=user,r=abc',
    '',
  ])('refuses the first message %j', async (text) => {
    expect(textOf(await new ScramExchange(store).step(bytes(text)))).toBe('failure: malformed');
  });

  it('refuses bytes that are no UTF-8, and no data at all', async () => {
    expect(textOf(await new ScramExchange(store).step(Uint8Array.of(0x6e, 0x2c, 0x2c, 0xff)))).toBe('failure: malformed');
    expect(textOf(await new ScramExchange(store).step(null))).toBe('failure: malformed');
  });

  it.each([
    ['another nonce', (final: string) => final.replace(/r=./, 'r=~'), 'bad-credentials'],
    ['another header', (final: string) => final.replace('c=biws', 'c=eSws'), 'bad-credentials'],
    ['a changed proof', (final: string) => final.replace(/p=./, (start) => (start === 'p=A' ? 'p=B' : 'p=A')), 'bad-credentials'],
    ['no proof', (final: string) => final.replace(/,p=.*/, ''), 'malformed'],
    ['a short proof', (final: string) => final.replace(/p=.*/, 'p=AAAA'), 'malformed'],
  ])('refuses a last message with %s', async (_what, change, reason) => {
    const client = new ScramClient('user', 'pencil');
    const exchange = new ScramExchange(store);
    const final = client.final(textOf(await exchange.step(bytes(client.first))));
    expect(textOf(await exchange.step(bytes(change(final))))).toBe(`failure: ${reason}`);
  });
});

describe('plain passwords', () => {
  it('are checked against the same entries', async () => {
    expect(await isPassword(store, 'user', bytes('pencil'))).toBe(true);
    expect(await isPassword(store, 'user', bytes('pencil '))).toBe(false);
    expect(await isPassword(store, 'user', bytes(''))).toBe(false);
    expect(await isPassword(store, 'User', bytes('pencil'))).toBe(false);
    expect(await isPassword(store, 'nobody', bytes('pencil'))).toBe(false);
    expect(await isPassword(store, 'user', Uint8Array.of(0xff))).toBe(false);
  });
});

describe('SASLprep', () => {
  it.each([
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['a\u00a0b', 'a b'],
    ['\u0007', null],
    ['a\u{e0001}b', null],
    ['a\ufffdb', null],
    ['\ud800', null],
  ])('makes %j to %j (RFC 4013 §3)', (text, expected) => {
    expect(saslPrep(text)).toBe(expected);
  });
});

describe('the users file', () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  it('reads what it has written', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'users-'));
    folders.push(folder);
    const file = path.join(folder, 'users');
    await writeFile(file, `${await userLine('alice', 'looking-glass')}\r\n#bob:gone\r\n`);
    const users = await readUsersFile(file);
    expect(await isPassword(users, 'alice', bytes('looking-glass'))).toBe(true);
    expect(await users.find('bob')).toBeNull();
    await expect(readUsersFile(path.join(folder, 'none'))).rejects.toThrow(/The users file .*none cannot be read/);
  });

  it.each([
    ['alice', 'a line is NAME:SCRAM-SHA-256$'],
    [':x', 'a line is NAME:SCRAM-SHA-256$'],
    ['alice:secret', 'user “alice”: this is no SCRAM-SHA-256 entry'],
    [example.replace('4096', '100'), '100 iterations'],
    [`${example}\n${example}`, 'line 2: the user “user” is there twice'],
  ])('names what is wrong with %j', (text, message) => {
    expect(() => parseUsers(text, 'users')).toThrow(message);
  });

  it.each([
    ['', 'x'],
    ['a:b', 'x'],
    ['#a', 'x'],
    ['a', ''],
    ['a', '\u0000'],
  ])('makes no entry for the name %j and the password %j', async (name, password) => {
    await expect(userLine(name, password)).rejects.toThrow(RangeError);
  });
});
