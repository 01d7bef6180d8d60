import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { protocolVersionSchema } from '../../../shared/contract/common.ts';
import { connectionProfileSchema } from '../../../shared/contract/connections.ts';
import { parseBrokerUri } from '../../../shared/mqtt/broker-uri.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { encodePublishPayload } from '../../../shared/payload/publish-payload.ts';
import { customDialect } from '../../../shared/rpc/custom.ts';
import { customProfileSchema } from '../../../shared/rpc/custom-profile.ts';
import type { Dialect } from '../../../shared/rpc/dialect.ts';
import { dialects } from '../../../shared/rpc/dialects.ts';
import { readJsonPayload } from '../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import type { CallPlan } from './call-once.ts';

const dialectNames = [...dialects.keys()].join(', ');

export const callUsage = `Usage: npm run call -- ADDRESS TOPIC METHOD [OPTIONS]

  ADDRESS               of the broker, such as mqtt://127.0.0.1:1883
  TOPIC                 where the peer takes requests
  --params JSON         the parameters; @FILE reads them from a file, - from the
                        standard input (default null)
  --timeout SECONDS     how long to wait for the answer (default 30)
  --dialect NAME        ${dialectNames} (default mqttxx2),
                        or @FILE with a description of your own
  --reply-to TOPIC      where the answer is to be sent
  --caller-id ID        how the caller names itself (default: its client id)
  --client-id ID        the MQTT client id (default: a new one)
  --mqtt VERSION        3.1, 3.1.1 or 5 (default 5)
  --username NAME       for the broker
  --password-file FILE  its first line is the password; the environment variable
                        MQTT_WORKBENCH_PASSWORD and --password TEXT are other ways
  --insecure            take certificates that cannot be verified
  --connect-timeout SECONDS
                        for the connection (default 10)
  --json                print one line of JSON about the call, failed or not
`;

export interface CallArguments {
  readonly plan: CallPlan;
  readonly json: boolean;
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readStandardInput: () => Promise<string>;
  /** A UUID with dashes. */
  readonly newId: () => string;
}

/** Throws an error that says which argument is wrong. */
export async function readCallArguments(args: readonly string[], { env, readStandardInput, newId }: Surroundings): Promise<CallArguments | 'help'> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      params: { type: 'string', default: 'null' },
      timeout: { type: 'string', default: '30' },
      dialect: { type: 'string', default: 'mqttxx2' },
      'reply-to': { type: 'string' },
      'caller-id': { type: 'string' },
      'client-id': { type: 'string' },
      mqtt: { type: 'string', default: '5' },
      username: { type: 'string' },
      password: { type: 'string' },
      'password-file': { type: 'string' },
      insecure: { type: 'boolean', default: false },
      'connect-timeout': { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const [address, topic, method, ...more] = positionals;
  if (address === undefined || topic === undefined || method === undefined)
    throw new Error('A call needs three things: the address of the broker, the topic of the peer, and the method. A method may be empty: "".');
  if (more.length > 0) throw new Error(`"${more[0]}" is one argument too many. Put parameters behind --params.`);

  const uri = parseBrokerUri(address);
  if (!uri.ok) throw new Error(`${uri.problem.message} ${uri.problem.advice}`);
  const version = protocolVersionSchema.safeParse(values.mqtt).data;
  if (version === undefined) throw new Error(`--mqtt is 3.1, 3.1.1 or 5, not "${values.mqtt}".`);
  const dialect = await readDialect(values.dialect);
  if (dialect.needsMqtt5 && version !== '5') throw new Error(`The dialect ${values.dialect} needs the properties of MQTT 5, so --mqtt ${version} cannot be.`);

  const clientId = values['client-id'] ?? `workbench-${newId().slice(0, 8)}`;
  const callerId = values['caller-id'] ?? clientId;
  const params = await readParams(values.params, readStandardInput);
  const request = dialect.buildRequest({ id: newId(), topic, method, params, replyTo: values['reply-to'], clientId, callerId });
  if ('problem' in request) throw new Error(request.problem);
  checkTopic('The request', request.message.topic);
  checkTopic('The answer', request.replyTo);

  const username = values.username ?? uri.value.username;
  const password = await readPassword(values.password, values['password-file'], username === undefined ? undefined : env['MQTT_WORKBENCH_PASSWORD']);
  const known = password ?? uri.value.password;
  // [MQTT-3.1.2-22] of 3.1.1: the password flag needs the user name flag.
  if (known !== undefined && username === undefined && version !== '5') throw new Error(`MQTT ${version} sends a password only together with --username.`);

  const profile = connectionProfileSchema.parse({
    id: 'call',
    name: 'call',
    uri: address,
    version,
    connectTimeoutSeconds: readSeconds('--connect-timeout', values['connect-timeout'], 1, 300),
    verifyCertificate: !values.insecure,
  });
  const timeoutMs = readSeconds('--timeout', values.timeout, 0.001, 86_400) * 1000;
  return { plan: { link: { profile, uri: uri.value, clientId, username, password: known }, dialect, request, timeoutMs }, json: values.json };
}

async function readDialect(text: string): Promise<Dialect> {
  const known = dialects.get(text);
  if (known) return known;
  if (!text.startsWith('@')) throw new Error(`There is no dialect "${text}", but ${dialectNames}, and @FILE for one of your own.`);
  const profile = customProfileSchema.safeParse(readJson('--dialect', await readText('--dialect', text.slice(1))));
  if (profile.success) return customDialect(profile.data);
  const problems = profile.error.issues.map(({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
  throw new Error(`${text.slice(1)} does not describe a dialect: ${problems.join('; ')}.`);
}

async function readParams(text: string, readStandardInput: () => Promise<string>): Promise<JsonValue> {
  if (text === '-') return readJson('--params', await readStandardInput());
  return readJson('--params', text.startsWith('@') ? await readText('--params', text.slice(1)) : text);
}

function readJson(option: string, text: string): JsonValue {
  const encoded = encodePublishPayload('json', text);
  if ('problem' in encoded) throw new Error(`${option}: ${encoded.problem}`);
  const read = readJsonPayload(encoded.bytes);
  if ('reason' in read) throw new Error(`${option}: ${read.reason}.`);
  return read.value;
}

async function readText(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`${option}: the file "${file}" cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

async function readPassword(given: string | undefined, file: string | undefined, fromEnvironment: string | undefined): Promise<string | undefined> {
  if (given !== undefined || file === undefined) return given ?? fromEnvironment;
  return (await readText('--password-file', file)).split(/\r?\n/, 1)[0];
}

function readSeconds(option: string, text: string, least: number, most: number): number {
  const seconds = /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds >= least && seconds <= most)) throw new Error(`${option} needs seconds from ${least} to ${most}, not "${text}".`);
  return seconds;
}

function checkTopic(whose: string, topic: string): void {
  const problem = validateTopicName(topic);
  if (problem) throw new Error(`${whose} cannot go to the topic "${topic}". ${problem.message} ${problem.advice}`);
}
