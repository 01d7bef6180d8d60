import { readFile } from 'node:fs/promises';
import { leastIterations, makeCredentials, sha256, usualIterations, type Credentials, type CredentialStore } from './credentials.ts';
import { saslPrep } from '../../sasl-prep.ts';

const keyBytes = 32;

/**
 * Users and what is kept of their passwords, one to a line: `NAME:SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY`, the last three in Base64,
 * behind the colon as PostgreSQL keeps it. Empty lines and those that begin with `#` say nothing.
 * Rejects with a sentence that names the file and the line.
 */
export async function readUsersFile(file: string): Promise<CredentialStore> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`The users file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return parseUsers(text, file);
}

export function parseUsers(text: string, file: string): CredentialStore {
  const users = new Map<string, Credentials>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const place = `${file}, line ${at + 1}`;
    const colon = line.indexOf(':');
    const name = colon > 0 ? saslPrep(line.slice(0, colon)) : null;
    if (name === null || name === '') throw new Error(`${place}: a line is NAME:SCRAM-SHA-256$…, as --hash-password prints it.`);
    if (users.has(name)) throw new Error(`${place}: the user “${name}” is there twice.`);
    users.set(name, parseCredentials(line.slice(colon + 1).trim(), `${place}, user “${name}”`));
  }
  return { find: (username) => users.get(username) ?? null, mockSecret: sha256(Buffer.from(text)), mockIterations: mostCommonIterations(users.values()) };
}

function mostCommonIterations(users: Iterable<Credentials>): number {
  const counts = new Map<number, number>();
  let most = usualIterations;
  for (const { iterations } of users) {
    counts.set(iterations, (counts.get(iterations) ?? 0) + 1);
    if ((counts.get(iterations) ?? 0) > (counts.get(most) ?? 0)) most = iterations;
  }
  return most;
}

/** A line of the file for this user. Throws a RangeError for what cannot be written. */
export async function userLine(username: string, password: string): Promise<string> {
  const name = saslPrep(username);
  if (name === null || name === '' || name.includes(':') || name.startsWith('#')) {
    throw new RangeError('The user name is empty, holds a colon or characters that no name may hold, or begins with #.');
  }
  const { iterations, salt, storedKey, serverKey } = await makeCredentials(password);
  return `${name}:SCRAM-SHA-256$${iterations}:${toBase64(salt)}$${toBase64(storedKey)}:${toBase64(serverKey)}`;
}

function parseCredentials(text: string, place: string): Credentials {
  const parts = /^SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$/.exec(text);
  if (parts === null) throw new Error(`${place}: this is no SCRAM-SHA-256 entry. --hash-password NAME makes one.`);
  const [, iterationsText, ...encoded] = parts;
  const [salt = new Uint8Array(0), storedKey = salt, serverKey = salt] = encoded.map((part) => new Uint8Array(Buffer.from(part, 'base64')));
  const iterations = Number(iterationsText);
  if (iterations < leastIterations || iterations > 10_000_000)
    throw new Error(`${place}: ${iterations} iterations; there have to be ${leastIterations} at least.`);
  if (storedKey.length !== keyBytes || serverKey.length !== keyBytes || salt.length === 0) throw new Error(`${place}: a key or the salt is too short.`);
  return { salt, iterations, storedKey, serverKey };
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
