import type { SourceId } from '../../../shared/contract/common.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { CallDetail, DialectId, RpcMethodId } from '../../../shared/contract/rpc.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { paramsText, readParams } from './params-form.ts';
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
}

export type CallInput = InputOf<EngineContract['rpc.call']>;
export type CallTarget = Pick<CallDraft, 'dialect' | 'topic' | 'method'>;

/** The contract's limits. */
const maxTimeoutMs = 86_400_000;
const maxMethodLength = 1000;

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
  const { dialect, topic, method, params, own, timeoutMs, replyTo, callerId } = call;
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
  };
}

export interface DraftProblems {
  readonly topic?: string;
  readonly method?: string;
  readonly params?: string;
  readonly timeout?: string;
  readonly replyTo?: string;
}

/** What keeps a draft from being sent, a sentence for each field. */
export function problemsOf(draft: CallDraft): DraftProblems {
  const params = readParams(draft.params);
  const topic = draft.topic === '' ? 'Enter the topic that the service listens on.' : topicProblem(draft.topic);
  const replyTo = draft.replyTo === '' ? undefined : topicProblem(draft.replyTo);
  const method =
    draft.method === '' && needsMethod(draft.dialect)
      ? 'Enter the method to call.'
      : draft.method.length > maxMethodLength
        ? `A method has at most ${maxMethodLength} characters.`
        : undefined;
  const inRange = draft.timeoutMs !== null && draft.timeoutMs >= 1 && draft.timeoutMs <= maxTimeoutMs;
  return {
    ...(topic === undefined ? {} : { topic }),
    ...(method === undefined ? {} : { method }),
    ...('problem' in params ? { params: params.problem } : {}),
    ...(inRange ? {} : { timeout: 'Enter a time up to 86,400 s (a day).' }),
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

function topicProblem(topic: string): string | undefined {
  return validateTopicName(topic)?.message;
}

/** What to send, or `undefined` while there is a problem. */
export function toCallInput(source: SourceId, draft: CallDraft): CallInput | undefined {
  const params = readParams(draft.params);
  if (Object.keys(problemsOf(draft)).length > 0 || 'problem' in params || draft.timeoutMs === null) return undefined;
  const { dialect, auto, topic, method, timeoutMs, replyTo, callerId } = draft;
  return {
    source,
    dialect: auto ? 'auto' : dialect,
    topic,
    method,
    params: params.value as CallInput['params'],
    timeoutMs: Math.round(timeoutMs),
    ...(replyTo === '' ? {} : { replyTo }),
    ...(callerId === '' ? {} : { callerId }),
  };
}

/** The method of a draft, once it names one. */
export function methodOf(source: SourceId, { dialect, topic, method }: CallTarget): RpcMethodId | null {
  return topic === '' || (method === '' && needsMethod(dialect)) || method.length > maxMethodLength ? null : { source, dialect, topic, method };
}
