import type { BrokerUser } from '../../../../shared/contract/broker-access.ts';
import { saslPrep } from '../../sasl-prep.ts';
import { hashPassword } from '../users/password-hash.ts';
import { userLine } from '../users/users-file.ts';

/** The name in the form in which it is compared; `null`: none that a user can have. */
export function preparedUserName(name: string): string | null {
  const prepared = saslPrep(name);
  return prepared === null || prepared === '' || prepared.includes(':') || prepared.startsWith('#') ? null : prepared;
}

/** `scram`: its keys are kept as well. They are cheaper to guess from than scrypt, so that not everybody has them. Throws a RangeError for what cannot be kept. */
export async function makeUser(name: string, password: string, scram: boolean): Promise<BrokerUser> {
  const prepared = preparedUserName(name);
  if (prepared === null) throw new RangeError('The user name is empty, holds a colon or characters that no name may hold, or begins with #.');
  const secret = saslPrep(password);
  if (secret === null || secret === '') throw new RangeError('The password is empty or holds characters that no password may hold.');
  const hash = await hashPassword(secret);
  if (!scram) return { name: prepared, hash };
  const line = await userLine(prepared, secret);
  return { name: prepared, hash, scram: line.slice(line.indexOf(':') + 1) };
}
