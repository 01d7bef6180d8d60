import { parseArgs } from 'node:util';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { customDialect } from '../../../shared/rpc/custom.ts';
import { customProfileSchema } from '../../../shared/rpc/custom-profile.ts';
import type { Dialect } from '../../../shared/rpc/dialect.ts';
import { dialects } from '../../../shared/rpc/dialects.ts';
import { valueAt } from '../../../shared/rpc/json-pointer.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import type { CallPlan } from './call-once.ts';
import { readJson, readJsonArgument } from './json-argument.ts';
import { linkOptions, linkUsage, readLink, readSeconds, readTextFile } from './link-arguments.ts';

const dialectNames = [...dialects.keys()].join(', ');

export const callUsage = `Usage: mqtt-workbench call ADDRESS TOPIC METHOD [OPTIONS]

  ADDRESS               of the broker, such as mqtt://127.0.0.1:1883
  TOPIC                 where the peer takes requests
  --params JSON         the params; @FILE reads them from a file, - from the
                        standard input (default null)
  --timeout SECONDS     how long to wait for the answer (default 30)
  --dialect NAME        ${dialectNames} (default mqttxx2),
                        or @FILE with a description of your own
  --reply-to TOPIC      where the answer is to be sent
  --caller-id ID        how the caller names itself (default: its client id)
${linkUsage}  --json                print one line of JSON about the call, failed or not
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
      ...linkOptions,
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const [address, topic, method, ...more] = positionals;
  if (address === undefined || topic === undefined || method === undefined)
    throw new Error('A call needs three things: the address of the broker, the topic of the peer, and the method. A method may be empty: "".');
  if (more.length > 0) throw new Error(`"${more[0]}" is one argument too many. Put parameters behind --params.`);

  const link = await readLink(address, values, env, newId);
  const { clientId, profile } = link;
  const dialect = await readDialect(values.dialect);
  if (dialect.needsMqtt5 && profile.version !== '5')
    throw new Error(`The dialect ${values.dialect} needs the properties of MQTT 5, so --mqtt ${profile.version} cannot be.`);

  const callerId = values['caller-id'] ?? clientId;
  const params = await readJsonArgument('--params', values.params, readStandardInput);
  const request = dialect.buildRequest({ id: newId(), topic, method, params, replyTo: values['reply-to'], clientId, callerId, timeMs: Date.now() });
  if ('problem' in request) throw new Error(request.problem);
  checkTopic('The request', request.message.topic);
  checkTopic('The answer', request.replyTo);

  const timeoutMs = readSeconds('--timeout', values.timeout, 0.001, 86_400) * 1000;
  return { plan: { link, dialect, request, timeoutMs }, json: values.json };
}

async function readDialect(text: string): Promise<Dialect> {
  const known = dialects.get(text);
  if (known) return known;
  if (!text.startsWith('@')) throw new Error(`There is no dialect "${text}", but ${dialectNames}, and @FILE for one of your own.`);
  const profile = customProfileSchema.safeParse(bareProfile(readJson('--dialect', await readTextFile('--dialect', text.slice(1)))));
  if (profile.success) return customDialect(profile.data);
  const problems = profile.error.issues.map(({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
  throw new Error(`${text.slice(1)} does not describe a dialect: ${problems.join('; ')}.`);
}

/** A file of the workspace has the profile inside, with its name. */
function bareProfile(content: JsonValue): JsonValue {
  return valueAt(content, ['dialect', 'profile']) ?? content;
}

function checkTopic(whose: string, topic: string): void {
  const problem = validateTopicName(topic);
  if (problem) throw new Error(`${whose} cannot go to the topic "${topic}". ${problem.message} ${problem.advice}`);
}
