import type { ImportFinding } from './import-findings.ts';

/** Forms in which a password may be kept; `checkHash` of the broker knows them all. */
const forms: readonly (readonly [form: RegExp, name: string])[] = [
  [/^\$scrypt\$ln=\d{1,2},r=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]+={0,2}$/, 'scrypt'],
  // mosquitto: Base64 with its padding; the forms of crypt have neither.
  [/^\$7\$\d{1,8}\$[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]{86}==$/, 'PBKDF2-SHA512 of mosquitto'],
  [/^\$6\$[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]{86}==$/, 'SHA512 of mosquitto'],
  [/^\$6\$(rounds=\d{1,9}\$)?[^$:\n]{0,16}\$[./A-Za-z0-9]{86}$/, 'SHA512-crypt'],
  // Keys of SCRAM check a plain password as well.
  [/^SCRAM-SHA-256\$\d{1,9}:[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/, 'SCRAM-SHA-256'],
  [/^\$5\$(rounds=\d{1,9}\$)?[^$:\n]{0,16}\$[./A-Za-z0-9]{43}$/, 'SHA256-crypt'],
];

/** `null`: not one that can be checked. */
export function hashForm(hash: string): string | null {
  return forms.find(([form]) => form.test(hash))?.[1] ?? null;
}

interface ImportedUser {
  readonly name: string;
  readonly hash: string;
  /** From 1. */
  readonly line: number;
}

interface ImportedUsers {
  readonly users: readonly ImportedUser[];
  readonly findings: readonly ImportFinding[];
}

/** The users of a password file: of mosquitto (`mosquitto_passwd`), of distmqtt (`user:crypt-hash`) or of the broker alone (`--hash-password`). They are told apart by their hashes. */
export function readPasswordFile(text: string): ImportedUsers {
  const users = new Map<string, ImportedUser>();
  const findings: ImportFinding[] = [];
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const say = (message: string): void => void findings.push({ line: at + 1, message });
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    // Never the line itself: it may be a password.
    if (name === '') say('A line is NAME:HASH.');
    else if (users.has(name)) say(`The user “${name}” is there twice; the first line counts.`);
    else {
      const hash = line.slice(colon + 1).trim();
      if (hashForm(hash) === null) say(unknown(name, hash));
      else users.set(name, { name, hash, line: at + 1 });
    }
  }
  return { users: [...users.values()], findings };
}

function unknown(name: string, hash: string): string {
  if (hash === '') return `The user “${name}” has no password.`;
  const scheme = /^\$([a-z0-9-]{1,20})\$/.exec(hash)?.[1];
  if (scheme === undefined) return `What stands for the password of “${name}” is no hash that is known. Is it the password itself?`;
  return ['5', '6', '7', 'scrypt'].includes(scheme)
    ? `The hash of “${name}” ($${scheme}$) is damaged.`
    : `The hash of “${name}” is of a kind that is not known ($${scheme}$). Set a new password.`;
}
