import { existsSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import type { BrokerOptions } from '../../../../shared/contract/broker.ts';
import type { BrokerProfile, ProfileProblem } from '../../../../shared/contract/broker-profile.ts';
import { listenerOptionsSchema, type ListenerOptions } from '../../../../shared/contract/listeners.ts';
import { isSame } from '../../../../shared/broker/profile/is-same.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { openAccessConfig } from '../access/access-control.ts';
import type { AccessConfig } from '../access/access-config.ts';
import { readAclFile } from '../access/acl-file.ts';
import { loadProfile } from '../config/load-profile.ts';
import { accessOfProfile, optionsOf } from '../config/profile-options.ts';
import { readUsersOf } from '../config/users-of-file.ts';
import { withLabFiles } from '../lab-listeners.ts';
import { listenerLabel } from '../listeners/listen-failure.ts';
import { readTlsMaterial } from '../listeners/tls-material.ts';
import { readListeners } from './cli-listeners.ts';
import type { GivenOptions } from './cli-options.ts';

/** A configuration with what the command line puts in place of it. */
export interface CliConfig {
  readonly file: string;
  /** With whole paths. */
  readonly profile: BrokerProfile;
  /** The command line, with what the profile has for it. */
  readonly given: GivenOptions;
}

/** The file cannot be used as it is: for exit code 2. */
export class ConfigProblems extends Error {
  override readonly name = 'ConfigProblems';

  constructor(file: string, problems: readonly ProfileProblem[]) {
    super(problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
  }
}

/** Rejects with `ConfigProblems`, or an error that names the file or the option. */
export async function readCliConfig(file: string, given: GivenOptions): Promise<CliConfig> {
  if (file === '') throw new Error('--config needs the name of a file.');
  const { profile, problems } = await loadProfile(file);
  if (profile === null || problems.length > 0) throw new ConfigProblems(file, problems);
  return { file, profile: withArguments(profile, given), given: { ...optionsIn(profile, path.dirname(path.resolve(file))), ...given } };
}

/** What is given on the command line goes before what is in the file. */
function withArguments(profile: BrokerProfile, given: GivenOptions): BrokerProfile {
  const listeners = readListeners(given, profile);
  const access = given.users === undefined ? profile.access : { ...profile.access, login: 'users' as const, usersFile: path.resolve(given.users) };
  return { ...profile, host: given.host ?? profile.host, tcpPort: null, webSocketPort: null, listeners, access };
}

const filesAlone: ReadonlySet<string> = new Set(['handlers', 'persist', 'packets', 'faults', 'faults-tests', 'redis-ca']);

/** `alone` as if it were on the command line; its files are from the folder of the profile on. */
function optionsIn({ alone = {} }: BrokerProfile, folder: string): GivenOptions {
  const entries = Object.entries(alone).flatMap(([name, value]): [string, string | boolean][] => {
    if (value === undefined) return [];
    if (typeof value === 'boolean') return [[name, value]];
    return [[name, filesAlone.has(name) ? path.resolve(folder, String(value)) : String(value)]];
  });
  return Object.fromEntries(entries) satisfies GivenOptions;
}

export interface ConfiguredBroker {
  readonly options: BrokerOptions;
  readonly access: AccessConfig;
  readonly persistenceFile: string | undefined;
  /** What is odd and does no harm, in sentences. */
  readonly remarks: readonly string[];
}

/** What the configuration names is read as well: users, and files of the TLS lab beside it. Rejects with coded errors. */
export async function configuredBroker({ file, profile }: CliConfig, given: GivenOptions): Promise<ConfiguredBroker> {
  const { access, remarks } = await readAccess(profile, given);
  const lab = path.resolve(path.dirname(file), '..', 'tls-lab');
  // Loaded where there is one: most brokers need none.
  const files = existsSync(lab) ? await (await import('../../tls-lab/index.ts')).openTlsLab({ folder: lab, now: Date.now }) : undefined;
  const options = withLabFiles(optionsOf(profile), (id) => files?.files(id));
  const own = profile.persistence === 'file' ? path.resolve(`${file.replace(/\.(?:ya?ml|json)$/i, '')}.db`) : undefined;
  return { options, access, persistenceFile: given.persist ?? own, remarks };
}

export async function readAccess(profile: BrokerProfile, given: GivenOptions): Promise<{ readonly access: AccessConfig; readonly remarks: readonly string[] }> {
  const { usersFile, login } = profile.access;
  const { users, findings } = usersFile === undefined ? { users: [], findings: [] } : await readUsersOf(usersFile);
  const remarks = findings.map(({ line, message }) => `${usersFile}:${line}: ${message}`);
  if (login === 'users' && usersFile === undefined && !profile.access.anonymous)
    throw new CodedError('bad-input', 'Only users may log in (“login: users”), and there is no “usersFile”: nobody could.', {
      advice: 'Name a file with users, made with --hash-password.',
    });
  const ofFile = given.acl === undefined ? undefined : await readAclFile(given.acl);
  const settings = { ...accessOfProfile(profile), ...(ofFile && { rules: ofFile.rules, otherwise: ofFile.otherwise }) };
  return { access: { ...openAccessConfig(), settings, users: [...users] }, remarks };
}

/** Everything short of listening. Rejects as a start would. */
export async function checkConfig(config: CliConfig, given: GivenOptions): Promise<readonly string[]> {
  const { options, remarks } = await configuredBroker(config, given);
  for (const listener of options.listeners ?? []) {
    if (listener.enabled && 'tls' in listener) await readTlsMaterial({ id: listener.id, label: listenerLabel(listener) }, listener.tls, Date.now());
  }
  return remarks;
}

/** The whole configuration as it is used, what is as usual included: a profile again. */
export function printedConfig({ profile }: CliConfig): string {
  const isPlain = (listener: ListenerOptions): boolean =>
    'port' in listener && isSame(listener, listenerOptionsSchema.parse({ kind: listener.kind, id: listener.id, host: profile.host, port: listener.port }));
  const simple = (id: 'tcp' | 'ws'): number | 'off' => {
    const found = profile.listeners.find((listener) => listener.id === id && isPlain(listener));
    return found && 'port' in found ? found.port : 'off';
  };
  const listeners = profile.listeners
    .filter((listener) => !((listener.id === 'tcp' || listener.id === 'ws') && isPlain(listener)))
    // These two names are those of the simple ports, which have no limits of their own.
    .map((listener) => (listener.id === 'tcp' || listener.id === 'ws' ? { ...listener, id: `${listener.id}-port` } : listener));
  return stringify({ ...profile, tcpPort: simple('tcp'), webSocketPort: simple('ws'), listeners }, { lineWidth: 0 });
}
