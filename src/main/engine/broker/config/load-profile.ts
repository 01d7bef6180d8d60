import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BrokerProfile, ProfileProblem } from '../../../../shared/contract/broker-profile.ts';
import { longestProfile } from '../../../../shared/broker/profile/profile-document.ts';
import { readProfile } from '../../../../shared/broker/profile/read-profile.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { withWholePaths } from './profile-paths.ts';

export interface LoadedProfile {
  /** With whole paths; `null`: it cannot be used at all. */
  readonly profile: BrokerProfile | null;
  readonly problems: readonly ProfileProblem[];
}

/** Reads a profile from any file. Rejects with `bad-input` when that is not possible. */
export async function loadProfile(file: string): Promise<LoadedProfile> {
  const fail = (why: string): never => {
    throw new CodedError('bad-input', `The configuration ${file} ${why}.`);
  };
  let bytes: Uint8Array;
  try {
    const facts = await stat(file);
    if (!facts.isFile()) return fail('is not a file');
    if (facts.size > 4 * longestProfile) return fail(`has ${facts.size} bytes, too many for a profile`);
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    return fail(`cannot be read: ${(error as Error).message}`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('is not text in UTF-8');
  }
  const { profile, problems } = readProfile(text);
  return { profile: profile && withWholePaths(profile, path.dirname(path.resolve(file))), problems };
}
