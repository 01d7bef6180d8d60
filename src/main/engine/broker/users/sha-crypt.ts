import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Rounds at once: other clients wait no longer than some milliseconds for them. */
const slice = 2000;

/** Which bytes make up each group of four characters, in the order of the specification. */
const orders = {
  sha256: [
    [0, 10, 20],
    [21, 1, 11],
    [12, 22, 2],
    [3, 13, 23],
    [24, 4, 14],
    [15, 25, 5],
    [6, 16, 26],
    [27, 7, 17],
    [18, 28, 8],
    [9, 19, 29],
    [-1, 31, 30],
  ],
  sha512: [
    ...Array.from(
      { length: 21 },
      (_, at) =>
        [
          [at, at + 21, at + 42],
          [at + 21, at + 42, at],
          [at + 42, at, at + 21],
        ][at % 3] ?? [],
    ),
    [-1, -1, 63],
  ],
} as const;

/**
 * The hash part of SHA-crypt (U. Drepper, "Unix crypt using SHA-256 and SHA-512"), as glibc, passlib and OpenSSL make it. `salt` counts up to 16 bytes.
 */
export async function shaCrypt(algorithm: 'sha256' | 'sha512', password: Uint8Array, saltText: string, rounds: number): Promise<string> {
  const salt = Buffer.from(saltText, 'utf8').subarray(0, 16);
  const digest = (...parts: readonly Uint8Array[]): Buffer => {
    const hash = createHash(algorithm);
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const size = algorithm === 'sha256' ? 32 : 64;
  const b = digest(password, salt, password);
  const bits: Uint8Array[] = [];
  for (let length = password.length; length > 0; length >>= 1) bits.push(length & 1 ? b : password);
  let state = digest(password, salt, stretch(b, password.length), ...bits);
  const p = stretch(digest(repeat(password, password.length)), password.length);
  const s = stretch(digest(repeat(salt, 16 + (state[0] ?? 0))), salt.length);
  for (let round = 0; round < rounds; round += 1) {
    const odd = (round & 1) === 1;
    state = digest(odd ? p : state, round % 3 === 0 ? empty : s, round % 7 === 0 ? empty : p, odd ? state : p);
    if (round % slice === slice - 1) await nextTurn();
  }
  let text = '';
  for (const group of orders[algorithm]) {
    const bytes = group.map((at) => (at < 0 || at >= size ? 0 : (state[at] ?? 0)));
    let value = ((bytes[0] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
    const used = group.filter((at) => at >= 0).length;
    for (let count = used + 1; count > 0; count -= 1, value >>= 6) text += alphabet[value & 63];
  }
  return text;
}

const empty = new Uint8Array(0);

function stretch(bytes: Uint8Array, length: number): Buffer {
  const out = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) out[at] = bytes[at % bytes.length] ?? 0;
  return out;
}

function repeat(bytes: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}
