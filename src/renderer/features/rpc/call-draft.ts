import type { SourceId } from '../../../shared/contract/common.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { CallDetail, CallMessage, DialectId, RpcMethodId } from '../../../shared/contract/rpc.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import { escapeBraces, escapeBracesInJson, unescapeBraces } from '../../../shared/template/index.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { checkJsonTemplate } from './json-template.ts';
import { paramsText, readParams } from './params-form.ts';
import { hasVariables } from '../environments/index.ts';
import { methodKey, needsMethod } from './rpc-words.ts';
import { filledText, hasBraces, paramsProblem, type Variables } from './variables.ts';

/** What stands in the call builder of a source. */
export interface CallDraft {
  /** With `auto` the one that will be used, as far as it is known. */
  readonly dialect: DialectId;
  /** The engine takes the dialect that it heard on the topic. */
  readonly auto: boolean;
  readonly topic: string;
  readonly method: string;
  /** As JSON; nothing stands for `null`. */
  readonly params: string;
  /** `offered`: from an example, until the user writes something or turns to another method. */
  readonly paramsFrom: 'nothing' | 'offered' | 'typed';
  readonly timeoutMs: number | null;
  /** Empty: where the workbench listens anyway. */
  readonly replyTo: string;
  /** Empty: the client id of this connection. */
  readonly callerId: string;
  readonly headers: CallHeaders;
  /** The id of the RPC node that calls; empty: the workbench itself. */
  readonly node: string;
}

/** Properties of MQTT 5 that go with the request, in dialects that leave room for some. */
export interface CallHeaders {
  readonly userProperties: readonly (readonly [name: string, value: string])[];
  /** Empty: as the dialect has it. */
  readonly contentType: string;
  /** `null`: the request waits for its peer as long as the broker keeps it. */
  readonly expirySeconds: number | null;
}

const noHeaders: CallHeaders = { userProperties: [], contentType: '', expirySeconds: null };

/** The envelope of mqttxx 2 and 3 has none: its peers speak any version of MQTT. */
export const takesHeaders = (dialect: DialectId): boolean => dialect !== 'mqttxx2';

export const countHeaders = ({ userProperties, contentType, expirySeconds }: CallHeaders): number =>
  userProperties.length + (contentType === '' ? 0 : 1) + (expirySeconds === null ? 0 : 1);

export type CallInput = InputOf<EngineContract['rpc.call']>;
export type CallTarget = Pick<CallDraft, 'dialect' | 'topic' | 'method'>;

/** The contract's limits. */
const maxTimeoutMs = 86_400_000;
const maxMethodLength = 1000;
const maxExpirySeconds = 4_294_967_295;

export const emptyDraft: CallDraft = {
  dialect: 'mqttxx2',
  auto: true,
  topic: '',
  method: '',
  params: '',
  paramsFrom: 'nothing',
  timeoutMs: 30_000,
  replyTo: '',
  callerId: '',
  headers: noHeaders,
  node: '',
};

/** Another method, typed letter by letter: what the user wrote as params stays, what was only offered goes. */
export function retarget(draft: CallDraft, target: Partial<CallTarget>): CallDraft {
  const next = { ...draft, ...target };
  if (methodKey(next) === methodKey(draft) || draft.paramsFrom === 'typed') return next;
  return { ...next, params: '', paramsFrom: 'nothing' };
}

/** The topic a request of the generic dialect goes to; in the others that is the service's. */
export const requestTopic = ({ dialect, topic, method }: CallTarget): string => (dialect === 'mqtt5' && method !== '' ? `${topic}/${method}` : topic);

/** Params to start from, unless something stands there. */
export function offerParams(draft: CallDraft, key: string, params: string): CallDraft {
  if (params === '' || draft.paramsFrom !== 'nothing' || methodKey(draft) !== key) return draft;
  return { ...draft, params: escapeBracesInJson(params), paramsFrom: 'offered' };
}

/** The draft that repeats a call, word for word: to be sent without variables. */
export function draftOf(call: CallDetail): CallDraft {
  const { dialect, topic, method, params, own, timeoutMs, replyTo, callerId, request } = call;
  return {
    dialect,
    auto: false,
    topic,
    method,
    params: paramsText(params),
    paramsFrom: 'typed',
    timeoutMs: timeoutMs ?? emptyDraft.timeoutMs,
    // Where others have their answers sent, and what they call themselves, is not for us to use.
    replyTo: own ? replyTo : '',
    callerId: own ? callerId : '',
    node: '',
    headers: request && takesHeaders(dialect) ? headersOf(dialect, request.properties) : noHeaders,
  };
}

/** The same for the builder, where `{{` begins a variable: what was sent as such stays what it is. */
export function builderDraftOf(call: CallDetail): CallDraft {
  const draft = draftOf(call);
  const { userProperties } = draft.headers;
  return {
    ...draft,
    ...escapedTarget(draft),
    params: escapeBracesInJson(draft.params),
    replyTo: escapeBraces(draft.replyTo),
    callerId: escapeBraces(draft.callerId),
    headers: { ...draft.headers, userProperties: userProperties.map(([name, value]) => [name, escapeBraces(value)]) },
  };
}

/** A service and method as the builder writes them. */
export const escapedTarget = ({ dialect, topic, method }: CallTarget): CallTarget => ({ dialect, topic: escapeBraces(topic), method: escapeBraces(method) });

/** As they are known to the engine, unless there are variables in them. */
export const plainTarget = ({ dialect, topic, method }: CallTarget): CallTarget => ({ dialect, topic: unescapeBraces(topic), method: unescapeBraces(method) });

/** Without what the dialect sends by itself. */
function headersOf(dialect: DialectId, properties: CallMessage['properties']): CallHeaders {
  const { userProperties = [], contentType = '', messageExpirySeconds = null } = properties ?? {};
  return {
    userProperties: userProperties.filter(([name]) => dialect !== 'mqttxx4' || name !== 'caller_id'),
    contentType: dialect === 'mqtt5' && contentType === 'application/json' ? '' : contentType,
    expirySeconds: messageExpirySeconds,
  };
}

export interface DraftProblems {
  readonly topic?: string;
  readonly method?: string;
  readonly params?: string;
  readonly timeout?: string;
  readonly replyTo?: string;
  readonly callerId?: string;
  readonly headers?: string;
}

/** The texts of a draft in which `{{name}}` stands for a variable. */
export const textsOf = ({ topic, method, params, replyTo, callerId, headers }: CallDraft): readonly string[] => [
  topic,
  method,
  params,
  replyTo,
  callerId,
  ...headers.userProperties.map(([, value]) => value),
];

/**
 * What keeps a draft from being sent, a sentence for each field. Without `variables` braces are what they are; `null`: variables are not known yet,
 * and what depends on them is left to the engine.
 */
export function problemsOf(written: CallDraft, variables?: Variables | null): DraftProblems {
  const { draft, unknown } = filledDraft(written, variables);
  const params = paramsProblemOf(written.params, variables);
  const topic = draft.topic === '' ? 'Enter the topic that the service listens on.' : topicProblem(draft.topic);
  const replyTo = draft.replyTo === '' ? undefined : topicProblem(draft.replyTo);
  const method =
    draft.method === '' && needsMethod(draft.dialect)
      ? 'Enter the method to call.'
      : draft.method.length > maxMethodLength
        ? `A method has at most ${maxMethodLength} characters.`
        : undefined;
  const headers = headersProblem(draft);
  // A node has a time-out of its own.
  const inRange = draft.timeoutMs === null ? draft.node !== '' : draft.timeoutMs >= 1 && draft.timeoutMs <= maxTimeoutMs;
  return {
    ...(topic === undefined ? {} : { topic }),
    ...(method === undefined ? {} : { method }),
    ...(params === undefined ? {} : { params }),
    ...(inRange ? {} : { timeout: 'Enter a time up to 86,400 s (a day).' }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(headers === undefined ? {} : { headers }),
    ...unknown,
  };
}

/** The draft with the values of variables, and what is wrong with them. */
function filledDraft(draft: CallDraft, variables: Variables | null | undefined): { readonly draft: CallDraft; readonly unknown: DraftProblems } {
  if (variables === undefined) return { draft, unknown: {} };
  const unknown: { -readonly [K in keyof DraftProblems]: DraftProblems[K] } = {};
  const filled = (field: 'topic' | 'method' | 'replyTo' | 'callerId', text: string): string => {
    if (!hasBraces(text)) return text;
    // Any valid text does while nothing is known.
    const found = variables === null ? { text: 'x' } : filledText(text, variables);
    if ('text' in found) return found.text;
    unknown[field] = found.problem;
    return 'x';
  };
  const { topic, method, replyTo, callerId, headers } = draft;
  for (const [, value] of variables === null ? [] : headers.userProperties) {
    const found = hasBraces(value) ? filledText(value, variables as Variables) : null;
    if (found && 'problem' in found) unknown.headers ??= found.problem;
  }
  const next = {
    ...draft,
    topic: filled('topic', topic),
    method: filled('method', method),
    replyTo: filled('replyTo', replyTo),
    callerId: filled('callerId', callerId),
  };
  return { draft: next, unknown };
}

function paramsProblemOf(params: string, variables: Variables | null | undefined): string | undefined {
  if (variables !== undefined && hasBraces(params)) return checkJsonTemplate(params) ?? (variables && paramsProblem(params, variables)) ?? undefined;
  const read = readParams(params);
  return 'problem' in read ? read.problem : undefined;
}

/** What is wrong with the first header that is. */
export function headersProblem({ dialect, headers: { userProperties, expirySeconds } }: Pick<CallDraft, 'dialect' | 'headers'>): string | undefined {
  if (!takesHeaders(dialect)) return undefined;
  if (userProperties.some(([name]) => name === '')) return 'A user property needs a name.';
  if (dialect === 'mqttxx4' && userProperties.some(([name]) => name === 'caller_id'))
    return 'The user property caller_id is sent by the dialect itself: use the field Caller id.';
  const inRange = expirySeconds === null || (Number.isInteger(expirySeconds) && expirySeconds >= 0 && expirySeconds <= maxExpirySeconds);
  return inRange ? undefined : 'The message expiry is in whole seconds.';
}

function topicProblem(topic: string): string | undefined {
  return validateTopicName(topic)?.message;
}

/** What to send, or `undefined` while there is a problem. `variables` as in `problemsOf`. */
export function toCallInput(source: SourceId, draft: CallDraft, variables?: Variables | null): CallInput | undefined {
  if (Object.keys(problemsOf(draft, variables)).length > 0) return undefined;
  // The engine reads params with variables as text, where they are filled in.
  const isTemplate = variables !== undefined && hasVariables(textsOf(draft));
  const params = isTemplate ? { value: draft.params } : readParams(draft.params);
  if ('problem' in params) return undefined;
  const { dialect, auto, topic, method, timeoutMs, replyTo, callerId, node } = draft;
  const properties = propertiesOf(draft);
  return {
    source,
    dialect: auto ? 'auto' : dialect,
    topic,
    method,
    params: params.value as CallInput['params'],
    ...(timeoutMs === null ? {} : { timeoutMs: Math.round(timeoutMs) }),
    ...(replyTo === '' ? {} : { replyTo }),
    ...(callerId === '' ? {} : { callerId }),
    ...(properties === undefined ? {} : { properties }),
    ...(node === '' ? {} : { node }),
    ...(isTemplate ? { variables: true as const } : {}),
  };
}

/** As the engine takes them; `undefined`: there are none, or the dialect has no room for them. */
export function propertiesOf({ dialect, headers }: Pick<CallDraft, 'dialect' | 'headers'>): CallInput['properties'] {
  return takesHeaders(dialect) && countHeaders(headers) > 0 ? toProperties(headers) : undefined;
}

function toProperties({ userProperties, contentType, expirySeconds }: CallHeaders): NonNullable<CallInput['properties']> {
  return {
    ...(userProperties.length === 0 ? {} : { userProperties: userProperties.map(([name, value]): [string, string] => [name, value]) }),
    ...(contentType === '' ? {} : { contentType }),
    ...(expirySeconds === null ? {} : { messageExpirySeconds: expirySeconds }),
  };
}

/** The method of a draft, once it names one. */
export function methodOf(source: SourceId, { dialect, topic, method }: CallTarget): RpcMethodId | null {
  return topic === '' || (method === '' && needsMethod(dialect)) || method.length > maxMethodLength ? null : { source, dialect, topic, method };
}
