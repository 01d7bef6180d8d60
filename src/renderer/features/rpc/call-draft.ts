import type { SourceId } from '../../../shared/contract/common.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { CallDetail, CallMessage, DialectId, RpcMethodId } from '../../../shared/contract/rpc.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { checkJsonTemplate } from './json-template.ts';
import { paramsText, readParams } from './params-form.ts';
import { hasVariables } from '../environments/index.ts';
import { methodKey, needsMethod } from './rpc-words.ts';

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
  return { ...draft, params, paramsFrom: 'offered' };
}

/** The draft that repeats a call. */
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
    headers: request && takesHeaders(dialect) ? headersOf(dialect, request.properties) : noHeaders,
  };
}

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
  readonly headers?: string;
}

/** What keeps a draft from being sent, a sentence for each field. */
export function problemsOf(draft: CallDraft): DraftProblems {
  const params = checkJsonTemplate(draft.params);
  const topic = draft.topic === '' ? 'Enter the topic that the service listens on.' : topicProblem(draft.topic);
  const replyTo = draft.replyTo === '' ? undefined : topicProblem(draft.replyTo);
  const method =
    draft.method === '' && needsMethod(draft.dialect)
      ? 'Enter the method to call.'
      : draft.method.length > maxMethodLength
        ? `A method has at most ${maxMethodLength} characters.`
        : undefined;
  const headers = headersProblem(draft);
  const inRange = draft.timeoutMs !== null && draft.timeoutMs >= 1 && draft.timeoutMs <= maxTimeoutMs;
  return {
    ...(topic === undefined ? {} : { topic }),
    ...(method === undefined ? {} : { method }),
    ...(params === undefined ? {} : { params }),
    ...(inRange ? {} : { timeout: 'Enter a time up to 86,400 s (a day).' }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(headers === undefined ? {} : { headers }),
  };
}

/** What is wrong with the first header that is. */
function headersProblem({ dialect, headers: { userProperties, expirySeconds } }: CallDraft): string | undefined {
  if (!takesHeaders(dialect)) return undefined;
  if (userProperties.some(([name]) => name === '')) return 'A user property needs a name.';
  if (dialect === 'mqttxx4' && userProperties.some(([name]) => name === 'caller_id'))
    return 'The user property caller_id is sent by the dialect itself: use the field Caller id.';
  const inRange = expirySeconds === null || (Number.isInteger(expirySeconds) && expirySeconds >= 0 && expirySeconds <= maxExpirySeconds);
  return inRange ? undefined : 'The message expiry is in whole seconds.';
}

/** A topic with variables is checked once they are filled in. */
function topicProblem(topic: string): string | undefined {
  return topic.includes('{{') ? undefined : validateTopicName(topic)?.message;
}

/** What to send, or `undefined` while there is a problem. `fill`: the engine fills in `{{variables}}`; otherwise braces are sent as they stand. */
export function toCallInput(source: SourceId, draft: CallDraft, fill = false): CallInput | undefined {
  const variables = fill && hasVariables([draft.topic, draft.method, draft.params, draft.replyTo, draft.callerId]);
  const params = variables ? { value: draft.params } : readParams(draft.params);
  if (Object.keys(problemsOf(draft)).length > 0 || 'problem' in params || draft.timeoutMs === null) return undefined;
  const { dialect, auto, topic, method, timeoutMs, replyTo, callerId, headers } = draft;
  return {
    source,
    dialect: auto ? 'auto' : dialect,
    topic,
    method,
    params: params.value as CallInput['params'],
    timeoutMs: Math.round(timeoutMs),
    ...(replyTo === '' ? {} : { replyTo }),
    ...(callerId === '' ? {} : { callerId }),
    ...(variables ? { variables } : {}),
    ...(takesHeaders(dialect) && countHeaders(headers) > 0 ? { properties: toProperties(headers) } : {}),
  };
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
