import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ProfileProblem } from '../../../../shared/contract/broker-profile.ts';
import { longestProfile } from '../../../../shared/broker/profile/profile-document.ts';
import { readProfile, type ReadProfile } from '../../../../shared/broker/profile/read-profile.ts';
import { errorCode } from '../file-access.ts';
import { isGone } from '../open-files/open-file.ts';

export const profilesFolderName = 'brokers';
export const profileEnding = '.yaml';
const mostProfiles = 200;
/** A file that was just written may not be complete. */
const restMs = 100;
const mostLooks = 10;

/** One file as it was when it was read. */
export interface ProfileFile {
  readonly revision: string;
  /** Empty where it cannot be read as text. */
  readonly text: string;
  readonly read: Pick<ReadProfile, 'profile' | 'problems'>;
}

export const profileFileName = (name: string): string => `${profilesFolderName}/${name}${profileEnding}`;

/** Every profile of the folder by its name, read again only where it has changed. Links are not followed. */
export async function readProfileFolder(folder: string, known: ReadonlyMap<string, ProfileFile>): Promise<Map<string, ProfileFile>> {
  const files = new Map<string, ProfileFile>();
  for (const name of (await namesIn(folder)).slice(0, mostProfiles)) {
    const file = await readProfileFile(path.join(folder, `${name}${profileEnding}`), known.get(name));
    if (file) files.set(name, file);
  }
  return files;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    if ((await lstat(folder)).isSymbolicLink()) return [];
    return (await readdir(folder))
      .filter((name) => name.endsWith(profileEnding) && !name.startsWith('.') && name.length > profileEnding.length)
      .map((name) => name.slice(0, -profileEnding.length))
      .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }) || (one < other ? -1 : 1));
  } catch {
    return [];
  }
}

/** `null`: there is no such file. */
export async function readProfileFile(file: string, known: ProfileFile | undefined): Promise<ProfileFile | null> {
  const unusable = (why: string): ProfileFile => ({ revision: why, text: '', read: { profile: null, problems: [problemAtStart(why)] } });
  let bytes: Buffer;
  try {
    for (let look = 1; ; look += 1) {
      const facts = await lstat(file);
      if (facts.isSymbolicLink()) return unusable('The file is a link, and links are not followed.');
      if (!facts.isFile()) return unusable('This is not a file.');
      if (facts.size > 4 * longestProfile) return unusable(`The file has ${facts.size} bytes, too many for a profile.`);
      bytes = await readFile(file);
      if (revisionOf(bytes) === known?.revision) return known;
      // Other programs write over a file bit by bit: half of the rules would be other rules.
      const ageMs = Date.now() - facts.mtimeMs;
      if (look === mostLooks || ageMs < 0 || ageMs > restMs) break;
      await setTimeout(restMs);
    }
  } catch (error) {
    return isGone(error) ? null : unusable(`The file cannot be read (${errorCode(error) || String(error)}).`);
  }
  const revision = revisionOf(bytes);
  // What a program that is about to write leaves for a moment; to be as usual needs a word at least: `version: 1`.
  if (bytes.length === 0) return { ...unusable('The file is empty.'), revision };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { revision, text, read: readProfile(text) };
  } catch {
    return { ...unusable('The file is not text in UTF-8.'), revision };
  }
}

export function revisionOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

const problemAtStart = (message: string): ProfileProblem => ({ line: 1, column: 1, message });
