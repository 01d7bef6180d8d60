import { createHash, pbkdf2, randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { hashForm } from '../../../../shared/broker/access/import-passwords.ts';
import { hmac, sha256 } from './credentials.ts';
import { shaCrypt } from './sha-crypt.ts';

/** 16 MiB and about 40 ms of one processor for each login that is not known yet. */
const cost = { log2N: 14, r: 8, p: 1 } as const;
const keyBytes = 32;
const saltBytes = 16;
const derive = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);
const stretch = promisify(pbkdf2);
/** What a damaged or hostile file may ask for. */
const most = { scryptBytes: 256 * 1024 * 1024, iterations: 10_000_000, rounds: 5_000_000 };

/** `$scrypt$ln=14,r=8,p=1$SALT$HASH`, salt and hash in Base64 (the form of passlib and PHC). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const { log2N, r, p } = cost;
  const key = await derive(Buffer.from(password, 'utf8'), salt, keyBytes, { N: 2 ** log2N, r, p, maxmem: most.scryptBytes });
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${salt.toString('base64')}$${key.toString('base64')}`;
}

/** A hash no password fits: names nobody has take as long as others. */
export const noPassword = `$scrypt$ln=${cost.log2N},r=${cost.r},p=${cost.p}$${Buffer.alloc(saltBytes).toString('base64')}$${Buffer.alloc(keyBytes).toString('base64')}`;

/** Whether the password is right, of any form that `hashForm` knows; no for a hash that is damaged or asks for too much. */
export async function isHashOf(hash: string, password: Uint8Array): Promise<boolean> {
  if (hashForm(hash) === null) return false;
  if (hash.startsWith('SCRAM-')) return isScramPassword(hash, password);
  const parts = hash.split('$').slice(1);
  const [scheme = '', second = '', third = '', fourth = ''] = parts;
  if (scheme === 'scrypt') {
    const [log2N = 0, r = 0, p = 0] = second.match(/\d+/g)?.map(Number) ?? [];
    if (log2N < 1 || r < 1 || p < 1 || p > 16 || 2 ** log2N * r * 128 > most.scryptBytes / 2) return false;
    const wanted = Buffer.from(fourth, 'base64');
    return same(await derive(password, Buffer.from(third, 'base64'), wanted.length, { N: 2 ** log2N, r, p, maxmem: most.scryptBytes }), wanted);
  }
  if (scheme === '7') {
    const iterations = Number(second);
    if (iterations < 1 || iterations > most.iterations) return false;
    return same(await stretch(password, Buffer.from(third, 'base64'), iterations, 64, 'sha512'), Buffer.from(fourth, 'base64'));
  }
  const last = parts.at(-1) ?? '';
  if (scheme === '6' && last.endsWith('=')) {
    return same(createHash('sha512').update(password).update(Buffer.from(second, 'base64')).digest(), Buffer.from(last, 'base64'));
  }
  const given = /^rounds=(\d+)$/.exec(second);
  const rounds = given === null ? 5000 : Math.max(1000, Number(given[1]));
  if (rounds > most.rounds) return false;
  const made = await shaCrypt(scheme === '5' ? 'sha256' : 'sha512', password, given === null ? second : third, rounds);
  return same(Buffer.from(made), Buffer.from(last));
}

/** Whether the password has this StoredKey (RFC 5802 §3). */
async function isScramPassword(hash: string, password: Uint8Array): Promise<boolean> {
  const [, iterationsText = '', salt = '', storedKey = ''] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(hash) ?? [];
  const iterations = Number(iterationsText);
  if (iterations < 1 || iterations > most.iterations) return false;
  const salted = await stretch(password, Buffer.from(salt, 'base64'), iterations, keyBytes, 'sha256');
  return same(sha256(hmac(salted, 'Client Key')), Buffer.from(storedKey, 'base64'));
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
