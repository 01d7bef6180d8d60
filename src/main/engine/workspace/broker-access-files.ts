import { z } from 'zod';
import { accessSettingsSchema, brokerUserSchema, mostUsers, openAccess, type AccessSettings, type BrokerUser } from '../../../shared/contract/broker-access.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { accessOfProfile, readUsersOf } from '../broker/index.ts';
import type { BrokerProfiles } from './broker-profiles/broker-profiles.ts';
import { createJsonFile, type JsonFileOptions } from './json-file.ts';

type Options = Omit<JsonFileOptions<never>, 'name' | 'schema' | 'without' | 'mode'>;

/** Who may do what at the local broker. The rules are in the current profile, which may be shared, the users in a file for this user of the computer alone. */
export interface BrokerAccessFiles {
  settings(): AccessSettings;
  users(): readonly BrokerUser[];
  saveSettings(settings: AccessSettings): Promise<void>;
  /** Rejects with `invalid-state` while the profile takes its users from a file of its own. */
  saveUsers(users: readonly BrokerUser[]): Promise<void>;
  /** Reads the users of the profile again, if it has a file of its own for them. Answers with what is wrong with that file, in sentences. */
  refresh(): Promise<string | null>;
  settle(): Promise<void>;
}

export async function openBrokerAccess(options: Options, profiles: BrokerProfiles): Promise<BrokerAccessFiles> {
  const usersFile = createJsonFile({
    ...options,
    name: 'broker/users.json',
    schema: z.strictObject({ users: z.array(brokerUserSchema).max(mostUsers) }),
    without: 'The local broker goes on without users: add them again.',
    mode: 0o600,
  });
  let users: readonly BrokerUser[] = (await usersFile.read())?.users ?? [];
  let ofProfile: { readonly file: string; readonly users: readonly BrokerUser[] } | null = null;
  let settings: { readonly access: object; readonly shown: AccessSettings } | undefined;

  const files: BrokerAccessFiles = {
    settings() {
      const { access } = profiles.current();
      // The same object as long as nothing has changed: who shows it compares.
      if (settings?.access !== access) settings = { access, shown: accessOfProfile(profiles.current()) };
      return settings.shown;
    },
    users: () => ofProfile?.users ?? users,
    saveSettings(next) {
      const { usersFile: file } = profiles.current().access;
      return profiles.change({ access: { ...next, ...(file === undefined ? {} : { usersFile: file }) } });
    },
    saveUsers(next) {
      if (ofProfile !== null) {
        return Promise.reject(
          new CodedError('invalid-state', `The users of this profile are in ${ofProfile.file}.`, {
            advice: 'Change them there, or take “usersFile” out of the profile.',
          }),
        );
      }
      users = next;
      return usersFile.write({ users: [...next] });
    },
    async refresh() {
      const { usersFile: file } = profiles.current().access;
      if (file === undefined) {
        ofProfile = null;
        return null;
      }
      try {
        const { users: read, findings } = await readUsersOf(file);
        if (ofProfile?.file !== file || JSON.stringify(ofProfile.users) !== JSON.stringify(read)) ofProfile = { file, users: read };
        return findings.length === 0 ? null : findings.map(({ line, message }) => `${file}, line ${line}: ${message}`).join(' ');
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        ofProfile = { file, users: [] };
        return error.message;
      }
    },
    settle: () => usersFile.settle(),
  };
  await files.refresh();
  return files;
}

/** Rules that cannot be read let nobody in: the broker would otherwise be open that was meant to be closed. */
const closed: AccessSettings = { login: 'users', anonymous: false, rules: [], otherwise: 'deny' };

interface FormerAccess {
  readonly access: AccessSettings;
  readonly exists: boolean;
  forget(): Promise<void>;
}

/** What a workspace from before the profiles has for the access; it goes into its first profile. */
export async function readFormerAccess(options: Options): Promise<FormerAccess> {
  let damaged = false;
  const file = createJsonFile<AccessSettings>({
    ...options,
    name: 'broker-access.json',
    schema: accessSettingsSchema,
    without: 'The local broker lets nobody in until you look at its access.',
    onProblem: (problem) => {
      damaged ||= problem.code !== 'workspace-unwritable';
      options.onProblem(problem);
    },
  });
  const read = await file.read();
  return { access: damaged ? closed : (read ?? openAccess), exists: read !== undefined, forget: () => file.remove() };
}
