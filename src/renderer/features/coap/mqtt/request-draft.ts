import type { SourceId } from '../../../../shared/contract/common.ts';
import type { EngineContract } from '../../../../shared/contract/index.ts';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import { buildGfRequest } from '../../../../shared/coap/gf/build.ts';
import { readGfMessage, readMethod, type GfMethod } from '../../../../shared/coap/gf/message.ts';
import { gfResponseFilter, namespaceProblem, topicPartProblem } from '../../../../shared/coap/gf/topics.ts';
import { validateGf } from '../../../../shared/coap/gf/validate.ts';
import type { InputOf } from '../../../../shared/ipc/contract.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { escapeBraces, escapeBracesInJson, unescapeBraces } from '../../../../shared/template/index.ts';
import { hasVariables } from '../../environments/index.ts';
import { filledText, hasBraces, readParams, type SavableCall, type Variables } from '../../rpc/index.ts';
import { bodyJson, readBody, type BodyForm } from './body-form.ts';
import { addressOf, serviceTopic, splitMethod, usualNamespace, type DeviceAddress } from './coap-address.ts';

/** What stands in the request builder of a source. */
export interface RequestDraft extends DeviceAddress {
  readonly method: GfMethod;
  readonly path: string;
  readonly body: string;
  readonly bodyAs: BodyForm;
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
  readonly responses: 'exact' | 'standing';
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
  bodyAs: 'json',
  bodyTyped: false,
  timeoutMs: usualTimeoutMs,
  token: '',
  correlationId: '',
  callerId: '',
  requestId: '',
  methodAs: 'word',
  qos: '0',
  responses: 'exact',
};

/** The method of the engine that a draft is about. */
export const methodName = ({ method, path }: Pick<RequestDraft, 'method' | 'path'>): string => `${method} ${path}`;

/** Where a method of the tree goes to in the builder; `null`: it is none that can be asked for. */
export function targetOf(topic: string, name: string): (DeviceAddress & Pick<RequestDraft, 'method' | 'path'>) | null {
  const [address, { method, path }] = [addressOf(topic), splitMethod(name)];
  const word = readMethod(method);
  return address && word && { ...address, method: word, path };
}

/** The draft that repeats a request word for word, with all that its header says: to be sent without variables. */
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
    responses: call.own && call.replySubscription?.filter === gfResponseFilter(target, target.namespace) ? 'standing' : 'exact',
  };
}

/** The same for the builder, where `{{` begins a variable: what was sent as such stays what it is. */
export function builderDraftOf(call: CallDetail): RequestDraft {
  const draft = draftOf(call);
  const { token, correlationId, callerId } = draft;
  return {
    ...{ ...draft, ...escapedTarget(draft), body: escapeBracesInJson(draft.body) },
    ...{ token: escapeBraces(token), correlationId: escapeBraces(correlationId), callerId: escapeBraces(callerId) },
  };
}

export type RequestTarget = DeviceAddress & Pick<RequestDraft, 'method' | 'path'>;

/** A resource as the builder writes it. */
export const escapedTarget = (target: RequestTarget): RequestTarget => mapTarget(target, escapeBraces);
/** As it is known to the engine, unless there are variables in it. */
export const plainTarget = (target: RequestTarget): RequestTarget => mapTarget(target, unescapeBraces);

const mapTarget = ({ namespace, subsystem, target, method, path }: RequestTarget, map: (text: string) => string): RequestTarget => ({
  ...{ namespace: map(namespace), subsystem: map(subsystem), target: map(target), method, path: map(path) },
});

/** The texts of a draft in which `{{name}}` stands for a variable. */
export const textsOf = (draft: RequestDraft): readonly string[] => [...filledFields.map((field) => draft[field]), draft.body];

const filledFields = ['namespace', 'subsystem', 'target', 'path', 'token', 'correlationId', 'callerId', 'requestId'] as const;

/** The draft with the values of variables in its fields, and of each field that has none, why not. The body stays as it is. */
export function filledFieldsOf(
  draft: RequestDraft,
  variables: Variables | null | undefined,
): { readonly draft: RequestDraft; readonly unknown: Partial<Record<(typeof filledFields)[number], string>> } {
  const unknown: Partial<Record<(typeof filledFields)[number], string>> = {};
  if (variables === undefined) return { draft, unknown };
  const filled = filledFields.flatMap((field): [string, string][] => {
    if (!hasBraces(draft[field])) return [];
    // Any valid text does while nothing is known.
    const found = variables === null ? { text: 'x' } : filledText(draft[field], variables);
    if ('problem' in found) unknown[field] = found.problem;
    return [[field, 'text' in found ? found.text : 'x']];
  });
  return { draft: { ...draft, ...(Object.fromEntries(filled) as Partial<RequestDraft>) }, unknown };
}

export interface DraftProblems {
  readonly namespace?: string;
  readonly subsystem?: string;
  readonly target?: string;
  readonly path?: string;
  readonly body?: string;
  readonly timeout?: string;
  readonly requestId?: string;
  readonly token?: string;
  readonly correlationId?: string;
  readonly callerId?: string;
}

/** What keeps a draft from being sent, a sentence for each field. `variables` as in `readBody`. */
export function problemsOf(written: RequestDraft, variables?: Variables | null): DraftProblems {
  const { draft, unknown } = filledFieldsOf(written, variables);
  const { namespace, subsystem, target, path, timeoutMs, requestId } = draft;
  const read = readBody(written, variables);
  const found = {
    namespace: namespaceProblem(namespace),
    subsystem: subsystem === '' ? 'Enter the subsystem.' : topicPartProblem('The subsystem', subsystem),
    target: target === '' ? 'Enter the tag of the device.' : topicPartProblem('The tag', target),
    path: pathProblem(path),
    body: 'problem' in read ? read.problem : null,
    timeout: timeoutMs !== null && timeoutMs >= 1 && timeoutMs <= maxTimeoutMs ? null : 'Enter a time up to 86,400 s (a day).',
    requestId: requestId === '' ? null : requestIdProblem(requestId),
  };
  return { ...Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null)), ...unknown };
}

function pathProblem(path: string): string | null {
  if (path === '') return 'Enter the path of the resource.';
  return path.length > maxMethodLength - 7 ? `A path has at most ${maxMethodLength - 7} characters.` : null;
}

function requestIdProblem(id: string): string | null {
  return id.length > maxRequestIdLength ? `A request id has at most ${maxRequestIdLength} characters.` : topicPartProblem('The request id', id);
}

/** What to send; `undefined` while there is a problem. `variables` as in `readBody`. */
export function toRequestInput(source: SourceId, draft: RequestDraft, variables?: Variables | null): RequestInput | undefined {
  const read = readBody(draft, variables);
  if (Object.keys(problemsOf(draft, variables)).length > 0 || 'problem' in read) return undefined;
  // The engine reads a body with variables as text, where they are filled in.
  const isTemplate = variables !== undefined && hasVariables(textsOf(draft));
  const { timeoutMs, callerId } = draft;
  return {
    source,
    dialect: 'gf',
    topic: serviceTopic(draft),
    method: methodName(draft),
    params: isTemplate ? bodyJson(draft) : (read.value as RequestInput['params']),
    timeoutMs: Math.round(timeoutMs ?? usualTimeoutMs),
    ...(callerId === '' ? {} : { callerId }),
    envelope: envelopeOf(draft),
    ...(isTemplate ? { variables: true as const } : {}),
  };
}

/** What differs from the usual. */
function envelopeOf({ token, correlationId, requestId, methodAs, qos, responses }: RequestDraft): NonNullable<RequestInput['envelope']> {
  return {
    ...(token === '' ? {} : { token }),
    ...(correlationId === '' ? {} : { correlationId }),
    ...(requestId === '' ? {} : { requestId }),
    ...(methodAs === 'word' ? {} : { methodAs }),
    ...(qos === '0' ? {} : { qos: Number(qos) as 1 | 2 }),
    ...(responses === 'exact' ? {} : { responses }),
  };
}

/** As it is kept in a collection. */
export function savableRequest(draft: RequestDraft): SavableCall {
  const envelope = envelopeOf(draft);
  return {
    ...{ dialect: 'gf', topic: serviceTopic(draft), method: methodName(draft), params: bodyJson(draft), timeoutMs: draft.timeoutMs },
    ...{ replyTo: '', callerId: draft.callerId, properties: undefined },
    ...(Object.keys(envelope).length === 0 ? {} : { envelope }),
  };
}

/** A recorded request as it is kept. What others call themselves, and their tokens, are not for us to use. */
export const savableRecordOf = (call: CallDetail): SavableCall => savableRequest({ ...builderDraftOf(call), ...(call.own ? {} : { correlationId: '' }) });

/** The text that goes out for a draft without variables, whose body is JSON; `null` while that is none. */
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
  // It takes any body.
  const text = requestText({ ...draft, body: '', bodyAs: 'json' }, 0, 'caller');
  if (text === null) return [];
  const verdict = validateGf(JSON.parse(text) as JsonValue);
  return 'problems' in verdict ? verdict.problems.map(({ at, message }) => `${at}: ${message}`) : [];
}
