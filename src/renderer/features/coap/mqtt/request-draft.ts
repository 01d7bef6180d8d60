import type { SourceId } from '../../../../shared/contract/common.ts';
import type { EngineContract } from '../../../../shared/contract/index.ts';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import { buildGfRequest } from '../../../../shared/coap/gf/build.ts';
import { readGfMessage, readMethod, type GfMethod } from '../../../../shared/coap/gf/message.ts';
import { namespaceProblem, topicPartProblem } from '../../../../shared/coap/gf/topics.ts';
import { validateGf } from '../../../../shared/coap/gf/validate.ts';
import type { InputOf } from '../../../../shared/ipc/contract.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { readParams } from '../../rpc/index.ts';
import { addressOf, serviceTopic, splitMethod, usualNamespace, type DeviceAddress } from './coap-address.ts';

/** What stands in the request builder of a source. */
export interface RequestDraft extends DeviceAddress {
  readonly method: GfMethod;
  readonly path: string;
  /** As JSON; nothing stands for `null`. */
  readonly body: string;
  /** The user has written it: it is not replaced by what was seen. */
  readonly bodyTyped: boolean;
  readonly timeoutMs: number | null;
  /** Empty: `null` on the wire. */
  readonly token: string;
  readonly correlationId: string;
  /** Empty: the client id. */
  readonly callerId: string;
  /** Empty: a new UUID for each request. */
  readonly requestId: string;
  readonly methodAs: 'word' | 'integer';
  readonly qos: '0' | '1' | '2';
}

export type RequestInput = InputOf<EngineContract['rpc.call']>;

/** A caller with gf_mqtt_client waits so long. */
const usualTimeoutMs = 5000;
const maxTimeoutMs = 86_400_000;
/** The engine's limit for a method, which here is the method and the path. */
const maxMethodLength = 1000;
const maxRequestIdLength = 200;
const sampleRequestId = '00000000-0000-4000-8000-000000000000';

export const emptyDraft: RequestDraft = {
  namespace: usualNamespace,
  subsystem: '',
  target: '',
  method: 'GET',
  path: '',
  body: '',
  bodyTyped: false,
  timeoutMs: usualTimeoutMs,
  token: '',
  correlationId: '',
  callerId: '',
  requestId: '',
  methodAs: 'word',
  qos: '0',
};

/** The method of the engine that a draft is about. */
export const methodName = ({ method, path }: Pick<RequestDraft, 'method' | 'path'>): string => `${method} ${path}`;

/** Where a method of the tree goes to in the builder; `null`: it is none that can be asked for. */
export function targetOf(topic: string, name: string): (DeviceAddress & Pick<RequestDraft, 'method' | 'path'>) | null {
  const [address, { method, path }] = [addressOf(topic), splitMethod(name)];
  const word = readMethod(method);
  return address && word && { ...address, method: word, path };
}

/** The draft that repeats a request, with all that its header says. */
export function draftOf(call: CallDetail): RequestDraft {
  const target = targetOf(call.topic, call.method) ?? { ...emptyDraft };
  const sent = call.request && readGfMessage(call.request.payload);
  const header = sent?.kind === 'request' ? sent : null;
  const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
  return {
    ...emptyDraft,
    ...target,
    body: call.params === null ? '' : JSON.stringify(call.params, null, 2),
    bodyTyped: true,
    timeoutMs: call.timeoutMs ?? usualTimeoutMs,
    // What others call themselves, and their tokens, are not for us to use.
    callerId: call.own ? call.callerId : '',
    token: call.own ? text(header?.token) : '',
    correlationId: text(header?.correlationId),
    methodAs: typeof header?.methodAsSent === 'number' ? 'integer' : 'word',
    qos: `${call.request?.qos ?? 0}`,
  };
}

export interface DraftProblems {
  readonly namespace?: string;
  readonly subsystem?: string;
  readonly target?: string;
  readonly path?: string;
  readonly body?: string;
  readonly timeout?: string;
  readonly requestId?: string;
}

/** What keeps a draft from being sent, a sentence for each field. */
export function problemsOf(draft: RequestDraft): DraftProblems {
  const { namespace, subsystem, target, path, body, timeoutMs, requestId } = draft;
  const read = readParams(body);
  const found = {
    namespace: namespaceProblem(namespace),
    subsystem: subsystem === '' ? 'Enter the subsystem.' : topicPartProblem('The subsystem', subsystem),
    target: target === '' ? 'Enter the tag of the device.' : topicPartProblem('The tag', target),
    path: pathProblem(path),
    body: 'problem' in read ? read.problem : null,
    timeout: timeoutMs !== null && timeoutMs >= 1 && timeoutMs <= maxTimeoutMs ? null : 'Enter a time up to 86,400 s (a day).',
    requestId: requestId === '' ? null : requestIdProblem(requestId),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null));
}

function pathProblem(path: string): string | null {
  if (path === '') return 'Enter the path of the resource.';
  return path.length > maxMethodLength - 7 ? `A path has at most ${maxMethodLength - 7} characters.` : null;
}

function requestIdProblem(id: string): string | null {
  return id.length > maxRequestIdLength ? `A request id has at most ${maxRequestIdLength} characters.` : topicPartProblem('The request id', id);
}

/** What to send; `undefined` while there is a problem. */
export function toRequestInput(source: SourceId, draft: RequestDraft): RequestInput | undefined {
  const read = readParams(draft.body);
  if (Object.keys(problemsOf(draft)).length > 0 || 'problem' in read) return undefined;
  const { timeoutMs, callerId, token, correlationId, requestId, methodAs, qos } = draft;
  return {
    source,
    dialect: 'gf',
    topic: serviceTopic(draft),
    method: methodName(draft),
    params: read.value as RequestInput['params'],
    timeoutMs: Math.round(timeoutMs ?? usualTimeoutMs),
    ...(callerId === '' ? {} : { callerId }),
    envelope: {
      ...(token === '' ? {} : { token }),
      ...(correlationId === '' ? {} : { correlationId }),
      ...(requestId === '' ? {} : { requestId }),
      ...(methodAs === 'word' ? {} : { methodAs }),
      ...(qos === '0' ? {} : { qos: Number(qos) as 1 | 2 }),
    },
  };
}

/** The text that goes out; `null` while the body is no JSON. */
export function requestText(draft: RequestDraft, timestampMs: number, clientId: string, requestId = sampleRequestId): string | null {
  const read = readParams(draft.body);
  if ('problem' in read) return null;
  const { method, methodAs, path, callerId, correlationId, token } = draft;
  return buildGfRequest({
    ...{ method, methodAs, path, timestampMs },
    body: read.value,
    requestId: draft.requestId === '' ? requestId : draft.requestId,
    source: callerId === '' ? clientId : callerId,
    correlationId: correlationId === '' ? null : correlationId,
    token: token === '' ? null : token,
  });
}

/** Why the validator of gf_mqtt_client would refuse the request, in sentences with the place; empty: it takes it. */
export function strictProblems(draft: RequestDraft): readonly string[] {
  const text = requestText(draft, 0, 'caller');
  if (text === null) return [];
  const verdict = validateGf(JSON.parse(text) as JsonValue);
  return 'problems' in verdict ? verdict.problems.map(({ at, message }) => `${at}: ${message}`) : [];
}
