import { readFile } from 'node:fs/promises';
import { protocolVersionSchema } from '../../../shared/contract/common.ts';
import { connectionProfileSchema } from '../../../shared/contract/connections.ts';
import { parseBrokerUri } from '../../../shared/mqtt/broker-uri.ts';
import type { openMqttLink } from '../connections/index.ts';

/** For `parseArgs`: the options of every command that connects to a broker. */
export const linkOptions = {
  'client-id': { type: 'string' },
  mqtt: { type: 'string', default: '5' },
  username: { type: 'string' },
  password: { type: 'string' },
  'password-file': { type: 'string' },
  insecure: { type: 'boolean', default: false },
  'connect-timeout': { type: 'string', default: '10' },
} as const;

export const linkUsage = `  --client-id ID        the MQTT client id (default: a new one)
  --mqtt VERSION        3.1, 3.1.1 or 5 (default 5)
  --username NAME       for the broker
  --password-file FILE  its first line is the password; the environment variable
                        MQTT_WORKBENCH_PASSWORD and --password TEXT are other ways
  --insecure            take certificates that cannot be verified
  --connect-timeout SECONDS
                        for the connection (default 10)
`;

interface LinkValues {
  readonly 'client-id'?: string | undefined;
  readonly mqtt: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly 'password-file'?: string | undefined;
  readonly insecure: boolean;
  readonly 'connect-timeout': string;
}

/** How to connect. */
export type LinkPlan = Omit<Parameters<typeof openMqttLink>[0], 'nowUs'>;

/** `newId`: makes a UUID with dashes. Throws an error that says which argument is wrong. */
export async function readLink(address: string, values: LinkValues, env: Readonly<Record<string, string | undefined>>, newId: () => string): Promise<LinkPlan> {
  const uri = parseBrokerUri(address);
  if (!uri.ok) throw new Error(`${uri.problem.message} ${uri.problem.advice}`);
  const version = protocolVersionSchema.safeParse(values.mqtt).data;
  if (version === undefined) throw new Error(`--mqtt is 3.1, 3.1.1 or 5, not "${values.mqtt}".`);
  const username = values.username ?? uri.value.username;
  const password = await readPassword(values.password, values['password-file'], username === undefined ? undefined : env['MQTT_WORKBENCH_PASSWORD']);
  const known = password ?? uri.value.password;
  // [MQTT-3.1.2-22] of 3.1.1: the password flag needs the user name flag.
  if (known !== undefined && username === undefined && version !== '5') throw new Error(`MQTT ${version} sends a password only together with --username.`);
  const profile = connectionProfileSchema.parse({
    id: 'cli',
    name: 'cli',
    uri: address,
    version,
    connectTimeoutSeconds: readSeconds('--connect-timeout', values['connect-timeout'], 1, 300),
    tls: { verify: values.insecure ? 'none' : 'required' },
  });
  return { profile, uri: uri.value, clientId: values['client-id'] ?? `workbench-${newId().slice(0, 8)}`, username, password: known };
}

async function readPassword(given: string | undefined, file: string | undefined, fromEnvironment: string | undefined): Promise<string | undefined> {
  if (given !== undefined || file === undefined) return given ?? fromEnvironment;
  return (await readTextFile('--password-file', file)).split(/\r?\n/, 1)[0];
}

/** Throws an error that names the option. */
export async function readTextFile(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`${option}: the file "${file}" cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

export function readSeconds(option: string, text: string, least: number, most: number): number {
  const seconds = /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds >= least && seconds <= most)) throw new Error(`${option} needs seconds from ${least} to ${most}, not "${text}".`);
  return seconds;
}
