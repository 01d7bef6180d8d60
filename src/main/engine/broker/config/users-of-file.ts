import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { brokerUserSchema, mostUsers, type BrokerUser } from '../../../../shared/contract/broker-access.ts';
import type { ImportFinding } from '../../../../shared/broker/access/import-findings.ts';
import { readPasswordFile } from '../../../../shared/broker/access/import-passwords.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { preparedUserName } from '../access/make-user.ts';

const largestFile = 16 * 1_048_576;
const workspaceUsersSchema = z.object({ users: z.array(brokerUserSchema).max(mostUsers) });

interface UsersOfFile {
  readonly users: readonly BrokerUser[];
  /** Lines that say nothing, and why. */
  readonly findings: readonly ImportFinding[];
}

/**
 * Users of a file: lines of `--hash-password`, a password file of mosquitto or distmqtt, or `users.json` of a workspace. Rejects with `bad-input`, naming
 * the file.
 */
export async function readUsersOf(file: string): Promise<UsersOfFile> {
  const fail = (why: string): never => {
    throw new CodedError('bad-input', `The users file ${file} ${why}.`, { advice: 'Without it nobody could log in.' });
  };
  let text: string;
  try {
    const facts = await stat(file);
    if (!facts.isFile()) return fail('is not a file');
    if (facts.size > largestFile) return fail(`has ${facts.size} bytes, too many for users`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof CodedError) throw error;
    return fail(`cannot be read: ${(error as Error).message}`);
  }
  const { users, findings } = /^\s*\{/.test(text) ? { users: readJson(text) ?? fail('is no list of users of a workspace'), findings: [] } : usersOfLines(text);
  if (users.length > mostUsers) return fail(`has ${users.length} users, and no more than ${mostUsers} can be kept`);
  return { users, findings };
}

function readJson(text: string): readonly BrokerUser[] | undefined {
  try {
    return workspaceUsersSchema.safeParse(JSON.parse(text)).data?.users;
  } catch {
    return undefined;
  }
}

/** Users of a password file with the names in the form in which they are compared. */
function usersOfLines(text: string): UsersOfFile {
  const { users: read, findings } = readPasswordFile(text);
  const users: BrokerUser[] = [];
  const unusable: ImportFinding[] = [];
  for (const { name, hash, line } of read) {
    const prepared = preparedUserName(name);
    if (prepared === null) unusable.push({ line, message: `“${name}” cannot be the name of a user.` });
    else users.push({ name: prepared, hash, ...(hash.startsWith('SCRAM-') ? { scram: hash } : {}) });
  }
  return { users, findings: [...findings, ...unusable].toSorted((one, other) => one.line - other.line) };
}
