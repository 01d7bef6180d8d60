import { createHash, createHmac, pbkdf2 as derive, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { saslPrep } from '../sasl-prep.ts';
import type { Authenticator } from './authenticator.ts';

const pbkdf2 = promisify(derive);
/** RFC 7677 §4 asks for 4096 at least; a server that asks for very many would hold this machine for minutes. */
const leastIterations = 4096;
const mostIterations = 10_000_000;

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding: the password never leaves this machine, and the server must show that it knows
 * it too. Throws where SASLprep (RFC 4013) refuses the user name or the password.
 */
export function scramSha256(username: string, password: string, makeNonce: () => string = () => randomBytes(18).toString('base64')): Authenticator {
  const name = prepared(username, 'user name').replaceAll('=', '=3D').replaceAll(',', '=2C');
  const secret = prepared(password, 'password');
  let nonce = '';
  let bare = '';
  let expected: Buffer | null = null;
  return {
    method: 'SCRAM-SHA-256',
    start() {
      nonce = makeNonce();
      bare = `n=${name},r=${nonce}`;
      expected = null;
      return Buffer.from(`n,,${bare}`);
    },
    async next(challenge) {
      if (expected) throw new Error('The broker asks a second time in one SCRAM exchange.');
      const text = read(challenge);
      const failure = /^e=([^,]*)/.exec(text);
      if (failure) throw new Error(`The broker refused the SCRAM exchange: ${failure[1]}.`);
      const parts = /^r=([!-+\--~]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9]\d*)(?:,[A-Za-z]=[^,]*)*$/.exec(text);
      if (!parts) throw new Error('The broker sent no SCRAM challenge (RFC 5802 §7: r=…,s=…,i=…).');
      const [, combined = '', salt = '', count = ''] = parts;
      if (!combined.startsWith(nonce) || combined.length === nonce.length)
        throw new Error('The broker answered another SCRAM exchange: its nonce does not continue ours.');
      const iterations = Number(count);
      if (iterations < leastIterations || iterations > mostIterations)
        throw new Error(
          `The broker asks for ${count} SCRAM iterations; ${leastIterations.toLocaleString('en-GB')} to ${mostIterations.toLocaleString('en-GB')} are accepted.`,
        );
      const salted = await pbkdf2(secret, Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
      const clientKey = hmac(salted, 'Client Key');
      const withoutProof = `c=${Buffer.from('n,,').toString('base64')},r=${combined}`;
      const messages = `${bare},${text},${withoutProof}`;
      const signature = hmac(sha256(clientKey), messages);
      expected = hmac(hmac(salted, 'Server Key'), messages);
      const proof = clientKey.map((byte, at) => byte ^ (signature[at] as number));
      return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
    },
    finish(data) {
      const signature = /^v=([A-Za-z0-9+/]{43}=)/.exec(read(data))?.[1];
      const sent = Buffer.from(signature ?? '', 'base64');
      if (!expected || sent.length !== expected.length || !timingSafeEqual(sent, expected))
        throw new Error('The broker did not show that it knows the password (SCRAM server signature): it may be another one than it claims.');
      expected = null;
    },
  };
}

function prepared(text: string, what: string): string {
  const result = saslPrep(text);
  if (result === null) throw new Error(`The ${what} has characters that SCRAM does not allow (SASLprep, RFC 4013).`);
  return result;
}

function read(data: Uint8Array | null): string {
  try {
    return utf8.decode(data ?? new Uint8Array());
  } catch {
    throw new Error('The broker sent a SCRAM message that is not UTF-8.');
  }
}
