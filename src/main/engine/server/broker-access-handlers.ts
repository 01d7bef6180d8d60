import { readDistmqttAcl } from '../../../shared/broker/access/import-distmqtt-acl.ts';
import type { ImportFinding } from '../../../shared/broker/access/import-findings.ts';
import { readMosquittoAcl } from '../../../shared/broker/access/import-mosquitto-acl.ts';
import { hashForm, readPasswordFile } from '../../../shared/broker/access/import-passwords.ts';
import { mostUsers, type AccessView, type brokerAccessContract, type BrokerUser } from '../../../shared/contract/broker-access.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { makeUser, preparedUserName } from '../broker/index.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function brokerAccessHandlers({ broker, brokerChanged, workspace }: Services): Handlers<typeof brokerAccessContract> {
  const saved = workspace.brokerAccess;
  /** In use even when it cannot be written; the failure is told afterwards. */
  const use = async (saving: Promise<void>): Promise<void> => {
    brokerChanged.notify();
    const written = saving.then(
      () => null,
      (error: unknown) => ({ error }),
    );
    await broker.setAccess({ settings: saved.settings(), users: [...saved.users()] });
    const failure = await written;
    if (failure !== null) throw failure.error;
  };
  const find = (name: string): void => {
    if (!saved.users().some((user) => user.name === name)) throw new CodedError('not-found', `There is no user “${name}” (any more).`);
  };

  return {
    'broker.access'(_input, sink) {
      let [sentSettings, sentUsers]: readonly unknown[] = [];
      const read = (): AccessView | undefined => {
        const [settings, users] = [saved.settings(), saved.users()];
        // Saving puts others in their place.
        if (settings === sentSettings && users === sentUsers) return undefined;
        [sentSettings, sentUsers] = [settings, users];
        return { ...settings, users: users.map(({ name, hash, scram }) => ({ name, form: hashForm(hash) ?? 'unknown', scram: scram !== undefined })) };
      };
      return sendSnapshots(sink, read, brokerChanged.subscribe);
    },
    'broker.saveAccess': (settings) => use(saved.saveSettings(settings)),
    async 'broker.setUser'({ name, password, scram }) {
      const user = await makeUser(name, password, scram).catch((error: unknown) => {
        throw error instanceof RangeError ? new CodedError('bad-input', error.message) : error;
      });
      await use(saved.saveUsers(withUsers(saved.users(), [user])));
    },
    async 'broker.removeUser'({ name }) {
      find(name);
      await use(saved.saveUsers(saved.users().filter((user) => user.name !== name)));
    },
    'broker.readPasswords'({ text }) {
      const { users, findings } = usersOf(text);
      const names = new Set(saved.users().map(({ name }) => name));
      const read = users.map(({ name, hash }) => ({ name, form: hashForm(hash) ?? 'unknown', replaces: names.has(name) }));
      return { users: read, total: names.size + read.filter(({ replaces }) => !replaces).length, most: mostUsers, findings };
    },
    async 'broker.importUsers'({ text }) {
      const { users, findings } = usersOf(text);
      const names = new Set(saved.users().map(({ name }) => name));
      const replaced = users.filter(({ name }) => names.has(name)).length;
      if (users.length > 0) await use(saved.saveUsers(withUsers(saved.users(), users)));
      return { added: users.length - replaced, replaced, findings };
    },
    'broker.readAcl': ({ format, text }) => (format === 'mosquitto' ? readMosquittoAcl(text) : readDistmqttAcl(text)),
    'broker.previewAccess': (rules) => broker.previewAccess(rules),
  };
}

/** Each name once, in the form in which it is kept: two spellings may come to the same one. */
function usersOf(text: string): { readonly users: readonly BrokerUser[]; readonly findings: readonly ImportFinding[] } {
  const { users: read, findings } = readPasswordFile(text);
  const users = new Map<string, BrokerUser>();
  const unusable: ImportFinding[] = [];
  for (const { name, hash, line } of read) {
    const prepared = preparedUserName(name);
    if (prepared === null) unusable.push({ line, message: `“${name}” cannot be the name of a user.` });
    else if (users.has(prepared)) unusable.push({ line, message: `“${name}” is the same user as “${prepared}”; the first line counts.` });
    else users.set(prepared, { name: prepared, hash });
  }
  return { users: [...users.values()], findings: [...findings, ...unusable].toSorted((one, other) => one.line - other.line) };
}

/** New ones at the end, others in their places. */
function withUsers(users: readonly BrokerUser[], changed: readonly BrokerUser[]): readonly BrokerUser[] {
  const all = new Map(users.map((user) => [user.name, user]));
  for (const user of changed) all.set(user.name, user);
  if (all.size > mostUsers) throw new CodedError('invalid-state', `No more than ${mostUsers} users can be kept.`, { advice: 'Delete some first.' });
  return [...all.values()];
}
