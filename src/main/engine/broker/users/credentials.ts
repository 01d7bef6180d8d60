import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { saslPrep } from '../../sasl-prep.ts';

/** What is kept of a password (RFC 5802 §3): enough to check one, not enough to log in with. */
export interface Credentials {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** 32 bytes: H(ClientKey). */
  readonly storedKey: Uint8Array;
  /** 32 bytes: with it the broker proves that it knows the password. */
  readonly serverKey: Uint8Array;
}

/** Who may log in. */
export interface CredentialStore {
  /** By the name after SASLprep; `null`: nobody is called so. */
  find(username: string): Credentials | null | Promise<Credentials | null>;
  /** Names nobody has are answered with a salt made of this, so that asking does not tell who exists. Secret, and the same over restarts. */
  readonly mockSecret: Uint8Array;
  /** What most users have, for the same reason. */
  readonly mockIterations: number;
}

/** RFC 7677 §4 asks for 4096 at least. */
export const leastIterations = 4096;
/** About 5 ms of one processor for each login. */
export const usualIterations = 15_000;

const keyBytes = 32;
const saltBytes = 16;
const derive = promisify(pbkdf2);

/** Throws a RangeError for a password that SASLprep refuses. */
export async function makeCredentials(password: string): Promise<Credentials> {
  const prepared = saslPrep(password);
  if (prepared === null || prepared === '') throw new RangeError('The password is empty or holds characters that no password may hold.');
  const salt = randomBytes(saltBytes);
  const salted = await derive(prepared, salt, usualIterations, keyBytes, 'sha256');
  return { salt, iterations: usualIterations, storedKey: sha256(hmac(salted, 'Client Key')), serverKey: hmac(salted, 'Server Key') };
}

/** The user's, or some that no password fits but that look like everybody's. */
export async function findOrMock(store: CredentialStore, username: string | null): Promise<{ readonly credentials: Credentials; readonly exists: boolean }> {
  const found = username === null ? null : await store.find(username);
  if (found !== null) return { credentials: found, exists: true };
  const mock = (part: string): Buffer => hmac(store.mockSecret, `${part} ${username ?? ''}`);
  const credentials = { salt: mock('salt').subarray(0, saltBytes), iterations: store.mockIterations, storedKey: mock('stored'), serverKey: mock('server') };
  return { credentials, exists: false };
}

/** Whether a plain password is right. It takes equally long for names nobody has. */
export async function isPassword(store: CredentialStore, username: string, password: Uint8Array): Promise<boolean> {
  const { credentials, exists } = await findOrMock(store, saslPrep(username));
  const prepared = saslPrep(Buffer.from(password).toString('utf8'));
  const salted = await derive(prepared ?? '', credentials.salt, credentials.iterations, keyBytes, 'sha256');
  return timingSafeEqual(sha256(hmac(salted, 'Client Key')), credentials.storedKey) && exists && prepared !== null;
}

export function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
