import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { openAccess, type AccessSettings } from '../../../../shared/contract/broker-access.ts';
import { brokerProfileSchema, type BrokerProfile } from '../../../../shared/contract/broker-profile.ts';
import type { ProfileSummary } from '../../../../shared/contract/broker-profiles.ts';
import type { WorkspaceProblem } from '../../../../shared/contract/workspace.ts';
import { fileNameOf, fold, freeFileName } from '../../../../shared/collections/file-name.ts';
import { editProfile, newProfileText } from '../../../../shared/broker/profile/edit-profile.ts';
import { longestProfile } from '../../../../shared/broker/profile/profile-document.ts';
import { readProfile } from '../../../../shared/broker/profile/read-profile.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { withWholePaths } from '../../broker/index.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import { errorCode, type FileAccess } from '../file-access.ts';
import { followFolder } from '../open-files/followed-folder.ts';
import { goneRevision } from '../open-files/open-file.ts';
import { unwritable } from '../workspace-errors.ts';
import { profileEnding, profileFileName, profilesFolderName, readProfileFile, readProfileFolder, revisionOf, type ProfileFile } from './profile-folder.ts';

export interface BrokerProfilesOptions {
  readonly folder: string;
  readonly files: FileAccess;
  /** `false`: nothing can be written in the whole workspace, which has been told. */
  readonly isWritable: boolean;
  readonly onProblem: (problem: WorkspaceProblem) => void;
  readonly onRecovered: (file: string) => void;
  /** Which one is in use. */
  readonly current: string;
  readonly onChosen: (name: string) => Promise<void>;
  /** What the first profile gets in a workspace that has none. */
  readonly first: () => Promise<BrokerProfile>;
}

/**
 * The named configurations of the local broker. The files are the truth: what other programs change is read again. In a folder that cannot be written memory
 * stands in for them.
 */
export interface BrokerProfiles {
  readonly changed: Pick<Notifier, 'subscribe'>;
  currentName(): string;
  /** The current one with whole paths, as it was last when it could be read. */
  current(): BrokerProfile;
  /** The current one is in its file. */
  isSaved(): boolean;
  /** Why the current one cannot be used, in words; `null`: it can. */
  problem(): string | null;
  list(): readonly ProfileSummary[];
  /** With whole paths. */
  asUsed(profile: BrokerProfile): BrokerProfile;
  /** What the files say now. */
  refresh(): Promise<void>;
  /** Changes the current one, in memory at once. Rejects with `workspace-unwritable`, and is in use all the same; with `invalid-state` for a broken file. */
  change(part: Partial<BrokerProfile>): Promise<void>;
  /** Rejects with `not-found`. */
  file(name: string): Promise<ProfileFile>;
  /** Answers with the name, made usable for a file and free. */
  create(name: string, text: string): Promise<string>;
  /** Rejects with `invalid-state` when the file is another by now than the one of `revision`. */
  write(name: string, text: string, revision?: string): Promise<void>;
  rename(name: string, to: string): Promise<string>;
  remove(name: string): Promise<string>;
  /** Rejects with `not-found`, and with `invalid-state` for a broken one. */
  choose(name: string): Promise<void>;
  settle(): Promise<void>;
  close(): void;
}

/** A broker that cannot be read lets nobody in: it may have been closed. */
const closedAccess: AccessSettings = { ...openAccess, login: 'users', anonymous: false, otherwise: 'deny' };
export const usualProfile: BrokerProfile = brokerProfileSchema.parse({ access: openAccess });

export async function openBrokerProfiles(options: BrokerProfilesOptions): Promise<BrokerProfiles> {
  const folder = path.join(options.folder, profilesFolderName);
  const fileOf = (name: string): string => path.join(folder, `${name}${profileEnding}`);
  const whole = (profile: BrokerProfile): BrokerProfile => withWholePaths(profile, folder);
  const changed = createNotifier();
  let name = options.current;
  let files = await readProfileFolder(folder, new Map());
  let profile: BrokerProfile = { ...usualProfile, access: closedAccess };
  let problem: string | null = null;
  /** What `profile` was read from, or written as. */
  let revision: string = goneRevision;
  let isMemory = false;

  const describe = ({ read }: ProfileFile): string => {
    const [first] = read.problems;
    return first === undefined ? '' : `${profileFileName(name)}, line ${first.line}, column ${first.column}: ${first.message}`;
  };
  const follow = (): void => {
    const present = files.get(name);
    // Nothing but what is in memory alone.
    if (isMemory && (present?.revision ?? goneRevision) === revision) return;
    if (!present) {
      problem = `${profileFileName(name)} is not there (any more). Choose another profile, or make a new one.`;
      return;
    }
    problem = present.read.profile === null ? describe(present) : null;
    if (present.read.profile === null) return;
    profile = whole(present.read.profile);
    revision = present.revision;
    isMemory = false;
  };
  const followed = followFolder({
    async read() {
      files = await readProfileFolder(folder, files);
      follow();
      changed.notify();
      return [options.folder, folder];
    },
  });

  const put = async (target: string, text: string, check?: () => Promise<void>): Promise<void> => {
    if (text.length > longestProfile) throw new CodedError('payload-too-large', `A profile has at most ${longestProfile} characters.`);
    try {
      await options.files.makeFolder(folder);
      await options.files.writeAtomic(fileOf(target), text, undefined, check);
    } catch (error) {
      if (error instanceof CodedError) throw error;
      const coded = unwritable(profileFileName(target), error);
      options.onProblem({ code: coded.code, file: profileFileName(target), keptAs: null, message: coded.message, advice: coded.advice });
      throw coded;
    }
    options.onRecovered(profileFileName(target));
    files.set(target, { revision: revisionOf(text), text, read: readProfile(text) });
  };
  const checked = (target: string, known: string) => async (): Promise<void> => {
    const present = (await readProfileFile(fileOf(target), undefined))?.revision ?? goneRevision;
    if (present !== known) throw new ChangedMeanwhile(target);
  };

  /** Changes that are in memory and not in the file yet. */
  let waiting: Partial<BrokerProfile> = {};
  const write = async (): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const part = waiting;
      if (Object.keys(part).length === 0) return;
      waiting = {};
      const present = await readProfileFile(fileOf(name), files.get(name));
      const base = present?.read.profile;
      if (present && !base) throw new CodedError('invalid-state', describe(present), { advice: 'Mend the file first: it is not overwritten.' });
      const after = base ? { ...whole(base), ...part } : { ...profile, ...part };
      const text = present && base ? editProfile(present.text, whole(base), after, whole) : newProfileText(after);
      try {
        await put(name, text, checked(name, present?.revision ?? goneRevision));
      } catch (error) {
        waiting = { ...part, ...waiting };
        if (error instanceof ChangedMeanwhile && attempt < 3) continue;
        waiting = {};
        throw error;
      }
      revision = revisionOf(text);
      isMemory = false;
      profile = { ...whole(readProfile(text).profile ?? after), ...waiting };
      problem = null;
      changed.notify();
    }
  };

  const must = (target: string): ProfileFile => {
    const found = files.get(target);
    if (!found) throw new CodedError('not-found', `There is no profile “${target}” (any more).`);
    return found;
  };
  const freeName = (wanted: string, but?: string): string => {
    const taken = [...files.keys()].filter((one) => one !== but);
    return freeFileName(wanted.slice(0, 100), '', taken);
  };

  if (files.size === 0) {
    name = 'default';
    profile = whole(await options.first());
    isMemory = true;
    // Why not is in the view; memory stands in.
    if (options.isWritable) await put(name, newProfileText(profile)).catch(unlessCoded);
  }
  follow();
  const stopWatching = followed.changed.subscribe(() => undefined);

  return {
    changed,
    currentName: () => name,
    current: () => profile,
    isSaved: () => !isMemory && problem === null,
    problem: () => problem,
    list: () =>
      [...files].map(([one, { revision: its, read }]) => ({
        name: one,
        file: profileFileName(one),
        description: read.profile?.description ?? '',
        revision: its,
        broken: read.profile === null,
        problems: read.problems,
      })),
    asUsed: whole,
    refresh: () => followed.refresh(),
    change(part) {
      if (problem !== null) return Promise.reject(new CodedError('invalid-state', problem, { advice: 'Mend the profile first, or choose another one.' }));
      profile = { ...profile, ...part };
      isMemory = true;
      waiting = { ...waiting, ...part };
      changed.notify();
      return followed.change(write);
    },
    async file(target) {
      await followed.refresh();
      return must(target);
    },
    create: (wanted, text) =>
      followed.change(async () => {
        files = await readProfileFolder(folder, files);
        const made = freeName(wanted);
        await put(made, text, checked(made, goneRevision));
        changed.notify();
        return made;
      }),
    write: (target, text, known) =>
      followed.change(async () => {
        must(target);
        await put(target, text, known === undefined ? undefined : checked(target, known));
        follow();
        changed.notify();
      }),
    rename: (from, to) =>
      followed.change(async () => {
        must(from);
        const wanted = fileNameOf(to);
        if (fold(wanted) !== fold(from) && freeName(wanted) !== wanted) throw new CodedError('bad-input', `There is a profile “${wanted}” already.`);
        await rename(fileOf(from), fileOf(wanted)).catch((error: unknown) => {
          throw new CodedError('workspace-unwritable', `${profileFileName(from)} could not be renamed (${errorCode(error)}).`);
        });
        files = await readProfileFolder(folder, files);
        if (name === from) {
          name = wanted;
          await options.onChosen(name);
        }
        follow();
        changed.notify();
        return wanted;
      }),
    remove: (target) =>
      followed.change(async () => {
        if (target === name) throw new CodedError('invalid-state', `“${target}” is in use.`, { advice: 'Choose another profile first.' });
        const { text } = must(target);
        await rm(fileOf(target), { force: true }).catch((error: unknown) => {
          throw new CodedError('workspace-unwritable', `${profileFileName(target)} could not be deleted (${errorCode(error)}).`);
        });
        files.delete(target);
        changed.notify();
        return text;
      }),
    choose: (target) =>
      followed.change(async () => {
        files = await readProfileFolder(folder, files);
        const wanted = must(target);
        if (wanted.read.profile === null) {
          const [first] = wanted.read.problems;
          const why = first === undefined ? '' : `, line ${first.line}, column ${first.column}: ${first.message}`;
          throw new CodedError('invalid-state', `${profileFileName(target)}${why}`, { advice: 'Mend the file first.' });
        }
        name = target;
        isMemory = false;
        follow();
        changed.notify();
        await options.onChosen(target);
      }),
    settle: () => followed.change(() => Promise.resolve()),
    close() {
      stopWatching();
      followed.close();
    },
  };
}

function unlessCoded(error: unknown): void {
  if (!(error instanceof CodedError)) throw error;
}

/** Another program was faster. */
class ChangedMeanwhile extends CodedError {
  constructor(name: string) {
    super('invalid-state', `${profileFileName(name)} was changed by another program meanwhile.`, { advice: 'Look at it again.', data: { reason: 'changed' } });
  }
}
