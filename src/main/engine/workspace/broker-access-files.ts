import { z } from 'zod';
import { accessSettingsSchema, brokerUserSchema, mostUsers, openAccess, type AccessSettings, type BrokerUser } from '../../../shared/contract/broker-access.ts';
import { createJsonFile, type JsonFileOptions } from './json-file.ts';

type Options = Omit<JsonFileOptions<never>, 'name' | 'schema' | 'without' | 'mode'>;

/** Who may do what at the local broker. The rules are in a file that may be shared, the users in one for this user of the computer alone. */
export interface BrokerAccessFiles {
  settings(): AccessSettings;
  users(): readonly BrokerUser[];
  saveSettings(settings: AccessSettings): Promise<void>;
  saveUsers(users: readonly BrokerUser[]): Promise<void>;
  settle(): Promise<void>;
}

/** Rules that cannot be read let nobody in: the broker would otherwise be open that was meant to be closed. */
const closed: AccessSettings = { login: 'users', anonymous: false, rules: [], otherwise: 'deny' };

export async function openBrokerAccess(options: Options): Promise<BrokerAccessFiles> {
  let damaged = false;
  const rulesFile = createJsonFile<AccessSettings>({
    ...options,
    name: 'broker-access.json',
    schema: accessSettingsSchema,
    without: 'The local broker lets nobody in until you look at its access.',
    onProblem: (problem) => {
      damaged ||= problem.code !== 'workspace-unwritable';
      options.onProblem(problem);
    },
  });
  const usersFile = createJsonFile({
    ...options,
    name: 'broker/users.json',
    schema: z.strictObject({ users: z.array(brokerUserSchema).max(mostUsers) }),
    without: 'The local broker goes on without users: add them again.',
    mode: 0o600,
  });
  let settings = (await rulesFile.read()) ?? openAccess;
  if (damaged) {
    settings = closed;
    // Also after a restart, when there is nothing damaged any more. A failure is in the view.
    await rulesFile.write(settings).catch(() => undefined);
  }
  let users: readonly BrokerUser[] = (await usersFile.read())?.users ?? [];
  return {
    settings: () => settings,
    users: () => users,
    saveSettings(next) {
      settings = next;
      return rulesFile.write(next);
    },
    saveUsers(next) {
      users = next;
      return usersFile.write({ users: [...next] });
    },
    async settle() {
      await rulesFile.settle();
      await usersFile.settle();
    },
  };
}
