import type { SavedRequest } from '../../../shared/contract/collections.ts';
import type { DialectId } from '../../../shared/contract/rpc.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { coapDraftOf, coapProblems, gfProblems, savedCoapOf, type CoapDraft } from '../coap/index.ts';
import { checkJsonTemplate, headersProblem, needsMethod, propertiesOf, type CallHeaders } from '../rpc/index.ts';
import { assertionDraft, assertionProblems, pathProblem, toAssertion, type AssertionDraft } from './assertion-draft.ts';

type SavedCall = Extract<SavedRequest, { kind: 'rpc' }>;
export type Capture = SavedRequest['captures'][number];

/** Rows of a list keep their identity while they are moved about. */
export type Keyed<T> = T & { readonly key: number };

/** What all kinds of requests have, as it is written. */
interface CommonDraft {
  readonly description: string;
  readonly assertions: readonly Keyed<AssertionDraft>[];
  readonly captures: readonly Keyed<Capture>[];
  readonly script: string;
}

interface CallRequestDraft extends CommonDraft {
  readonly kind: 'rpc';
  readonly dialect: SavedCall['dialect'];
  readonly topic: string;
  readonly method: string;
  readonly params: string;
  readonly timeoutMs: number | null;
  /** Empty: chosen by the workbench. */
  readonly replyTo: string;
  readonly callerId: string;
  readonly headers: CallHeaders;
  /** Of a request of gf_mqtt_client; kept while another dialect is looked at. */
  readonly envelope: NonNullable<SavedCall['envelope']>;
}

interface CoapRequestDraft extends CommonDraft {
  readonly kind: 'coap';
  readonly coap: CoapDraft;
}

/** One for each kind of request. */
export type RequestDraft = CallRequestDraft | CoapRequestDraft;
export type CallFields = CallRequestDraft;
export type CoapFields = CoapRequestDraft;

let keys = 0;
export function keyed<T extends object>(item: T): Keyed<T> {
  keys += 1;
  return { ...item, key: keys };
}

export function requestDraft(request: SavedRequest): RequestDraft {
  const { description, assertions, captures, script } = request;
  const common: CommonDraft = {
    description,
    assertions: assertions.map((assertion) => keyed(assertionDraft(assertion))),
    captures: captures.map(keyed),
    script,
  };
  return request.kind === 'coap' ? { kind: 'coap', ...common, coap: coapDraftOf(request) } : callDraft(request, common);
}

function callDraft(
  { kind, dialect, topic, method, params, timeoutMs, replyTo = '', callerId = '', properties, envelope = {} }: SavedCall,
  common: CommonDraft,
): CallRequestDraft {
  return {
    ...common,
    kind,
    dialect,
    topic,
    method,
    params,
    timeoutMs,
    replyTo,
    callerId,
    headers: {
      userProperties: properties?.userProperties ?? [],
      contentType: properties?.contentType ?? '',
      expirySeconds: properties?.messageExpirySeconds ?? null,
    },
    envelope,
  };
}

const withoutKeys = (draft: RequestDraft): string => JSON.stringify(draft, (name, value: unknown) => (name === 'key' ? undefined : value));
export const sameDraft = (one: RequestDraft, other: RequestDraft): boolean => one === other || withoutKeys(one) === withoutKeys(other);

export interface RequestProblems {
  /** Of what is sent over UDP, the first that is wrong. */
  readonly coap?: string;
  readonly topic?: string;
  readonly method?: string;
  readonly params?: string;
  readonly timeout?: string;
  readonly replyTo?: string;
  readonly headers?: string;
  /** How many assertions and captures cannot be saved; what is wrong stands with each. */
  readonly assertions?: string;
  readonly captures?: string;
}

export const captureProblems = ({ name, path }: Capture, all: readonly Capture[]): { readonly name?: string; readonly path?: string } => {
  const wrongName =
    name === ''
      ? 'Enter a name.'
      : !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) || name.length > 200
        ? 'Letters, digits, "_", "." and "-", a letter or "_" first.'
        : all.filter((other) => other.name === name).length > 1
          ? 'Another capture has this name.'
          : undefined;
  const wrongPath = pathProblem(path);
  return { ...(wrongName === undefined ? {} : { name: wrongName }), ...(wrongPath === undefined ? {} : { path: wrongPath }) };
};

/** A topic with variables is checked as a whole only once they are filled in. */
const topicProblem = (topic: string): string | undefined => (topic.includes('{{') ? undefined : validateTopicName(topic)?.message);

/** What keeps a request from being saved, a sentence for each part. */
export function requestProblems(draft: RequestDraft): RequestProblems {
  return { ...(draft.kind === 'coap' ? coapProblem(draft.coap) : callProblems(draft)), ...commonProblems(draft) };
}

function coapProblem(draft: CoapDraft): RequestProblems {
  const { options, ...others } = coapProblems(draft);
  const [first] = [...Object.values(others), ...Object.values(options)];
  return first === undefined ? {} : { coap: first };
}

function callProblems(draft: CallRequestDraft): RequestProblems {
  const topic = draft.topic === '' ? 'Enter the topic that the service listens on.' : topicProblem(draft.topic);
  const replyTo = draft.replyTo === '' ? undefined : topicProblem(draft.replyTo);
  const method =
    draft.method === '' && (draft.dialect === 'auto' || needsMethod(draft.dialect))
      ? 'Enter the method to call.'
      : draft.method.length > 1000
        ? 'A method has at most 1,000 characters.'
        : undefined;
  const gf = draft.dialect === 'gf' ? gfProblems(draft) : {};
  const params = checkJsonTemplate(draft.params);
  const headers = headersProblem({ dialect: known(draft.dialect), headers: draft.headers });
  const inRange = draft.timeoutMs !== null && draft.timeoutMs >= 1 && draft.timeoutMs <= 86_400_000;
  return {
    ...(topic === undefined ? {} : { topic }),
    ...(method === undefined ? {} : { method }),
    ...gf,
    ...(params === undefined ? {} : { params }),
    ...(inRange ? {} : { timeout: 'Enter a time up to 86,400 s (a day).' }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(headers === undefined ? {} : { headers }),
  };
}

function commonProblems(draft: CommonDraft): RequestProblems {
  const wrongAssertions = draft.assertions.filter((assertion) => Object.keys(assertionProblems(assertion)).length > 0).length;
  const wrongCaptures = draft.captures.filter((capture) => Object.keys(captureProblems(capture, draft.captures)).length > 0).length;
  return {
    ...(wrongAssertions === 0
      ? {}
      : { assertions: wrongAssertions === 1 ? 'One assertion is not complete.' : `${wrongAssertions} assertions are not complete.` }),
    ...(wrongCaptures === 0 ? {} : { captures: wrongCaptures === 1 ? 'One capture is not complete.' : `${wrongCaptures} captures are not complete.` }),
  };
}

/** With `auto` the dialect may turn out to be one that has room for headers. */
export const known = (dialect: SavedCall['dialect']): DialectId => (dialect === 'auto' ? 'mqtt5' : dialect);

/** What to save under a name; `undefined` while there is a problem. */
export function toRequest(name: string, draft: RequestDraft): SavedRequest | undefined {
  if (Object.keys(requestProblems(draft)).length > 0) return undefined;
  const common = {
    name,
    description: draft.description,
    assertions: draft.assertions.flatMap((assertion) => toAssertion(assertion) ?? []),
    captures: draft.captures.map(({ name: captured, path }) => ({ name: captured, path: path.trim() })),
    script: draft.script,
  };
  if (draft.kind === 'coap') {
    const saved = savedCoapOf(draft.coap);
    return saved && { kind: 'coap', ...common, ...saved };
  }
  const { kind, dialect, topic, method, params, timeoutMs, replyTo, callerId, envelope } = draft;
  if (timeoutMs === null) return undefined;
  const properties = propertiesOf({ dialect: known(dialect), headers: draft.headers });
  return {
    ...common,
    kind,
    dialect,
    topic,
    method,
    params,
    timeoutMs: Math.round(timeoutMs),
    ...(replyTo === '' ? {} : { replyTo }),
    ...(callerId === '' ? {} : { callerId }),
    ...(properties === undefined ? {} : { properties }),
    ...(dialect !== 'gf' || Object.keys(envelope).length === 0 ? {} : { envelope }),
  };
}

/** A row one place up (-1) or down (1), or as it was at the end of the list. */
export function moved<T>(list: readonly T[], from: number, step: 1 | -1): readonly T[] {
  const to = from + step;
  const [one, other] = [list[from], list[to]];
  if (one === undefined || other === undefined) return list;
  return list.map((item, at) => (at === from ? other : at === to ? one : item));
}
