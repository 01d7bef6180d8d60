import { parseArgs } from 'node:util';
import type { Qos } from '../../../../shared/contract/common.ts';
import { buildGfRequest } from '../../../../shared/coap/gf/build.ts';
import { gfMethods, type GfMethod } from '../../../../shared/coap/gf/message.ts';
import { gfRequestTopic, gfResponseTopic, namespaceProblem, topicPartProblem } from '../../../../shared/coap/gf/topics.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import { utf8, type BuiltRequest } from '../../../../shared/rpc/dialect.ts';
import { linkOptions, linkUsage, readJsonArgument, readLink, readSeconds, type LinkPlan } from '../../rpc/index.ts';

const qualities = ['0', '1', '2'] as const;

export const requestUsage = `Usage: mqtt-workbench request ADDRESS DEVICE SUBSYSTEM PATH [OPTIONS]

  ADDRESS               of the broker, such as mqtt://127.0.0.1:1883
  DEVICE                the tag of the device
  SUBSYSTEM             of the device
  PATH                  of the resource
  --method NAME         ${gfMethods.join(', ')} (default GET)
  --body JSON           what to send; @FILE reads it from a file, - from the
                        standard input (default null)
  --token TEXT          for devices that ask for one
  --correlation-id TEXT groups requests; the response repeats it
  --source TEXT         how the caller names itself (default: its client id)
  --integer-methods     send the method as 1 to 4, for devices up to 0.1.2
  --namespace TEXT      the beginning of all topics (default gf_int_v1)
  --qos N               ${qualities.join(', ')}: of the request (default 0)
  --timeout SECONDS     how long to wait for the response (default 5)
${linkUsage}  --json                one line of JSON about the response, failed or not
`;

export interface RequestArguments {
  readonly link: LinkPlan;
  readonly request: BuiltRequest;
  readonly about: { readonly method: GfMethod; readonly path: string; readonly target: string; readonly source: string; readonly correlationId: string | null };
  readonly qos: Qos;
  readonly timeoutMs: number;
  readonly json: boolean;
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readStandardInput: () => Promise<string>;
  /** A UUID with dashes. */
  readonly newId: () => string;
  /** Unix ms. */
  readonly now: () => number;
}

/** Throws an error that says which argument is wrong. */
export async function readRequestArguments(args: readonly string[], around: Surroundings): Promise<RequestArguments | 'help'> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      method: { type: 'string', default: 'GET' },
      body: { type: 'string', default: 'null' },
      token: { type: 'string' },
      'correlation-id': { type: 'string' },
      source: { type: 'string' },
      'integer-methods': { type: 'boolean', default: false },
      namespace: { type: 'string', default: 'gf_int_v1' },
      qos: { type: 'string', default: '0' },
      timeout: { type: 'string', default: '5' },
      ...linkOptions,
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const [address, target, subsystem, path, ...more] = positionals;
  if (address === undefined || target === undefined || subsystem === undefined || path === undefined)
    throw new Error('A request needs four things: the address of the broker, the device, its subsystem, and the path.');
  if (more.length > 0) throw new Error(`"${more[0]}" is one argument too many. Put a body behind --body.`);
  refuse(topicPartProblem('The device', target) ?? topicPartProblem('The subsystem', subsystem) ?? namespaceProblem(values.namespace));
  if (path === '') throw new Error('The path is empty: devices refuse such a request.');
  const method = gfMethods.find((name) => name === values.method.toUpperCase());
  if (method === undefined) throw new Error(`--method is one of ${gfMethods.join(', ')}, not "${values.method}".`);
  const qos = qualities.find((level) => level === values.qos);
  if (qos === undefined) throw new Error(`--qos is one of ${qualities.join(', ')}, not "${values.qos}".`);
  const timeoutMs = readSeconds('--timeout', values.timeout, 0.001, 86_400) * 1000;

  const link = await readLink(address, values, around.env, around.newId);
  const body = await readJsonArgument('--body', values.body, around.readStandardInput);
  const requestId = around.newId();
  const where = { subsystem, target, requestId };
  const topic = gfRequestTopic(where, values.namespace);
  const replyTo = gfResponseTopic(where, values.namespace);
  // The longer of the two: "response".
  const problem = validateTopicName(replyTo);
  if (problem) throw new Error(`The request makes no usable topic. ${problem.message} ${problem.advice}`);
  const source = values.source ?? link.clientId;
  const correlationId = values['correlation-id'] ?? null;
  const payload = buildGfRequest({
    method,
    methodAs: values['integer-methods'] ? 'integer' : 'word',
    path,
    requestId,
    source,
    body,
    timestampMs: around.now(),
    correlationId,
    token: values.token ?? null,
  });
  return {
    link,
    request: { message: { topic, payload: utf8(payload), qos: 0 }, key: requestId, replyTo, replyToOnce: true },
    about: { method, path, target, source, correlationId },
    qos: Number(qos) as Qos,
    timeoutMs,
    json: values.json,
  };
}

function refuse(problem: string | null): void {
  if (problem !== null) throw new Error(problem);
}
