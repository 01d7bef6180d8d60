import type { SavedRequest } from '../../../../shared/contract/collections.ts';
import { readMethod } from '../../../../shared/coap/gf/message.ts';
import { splitMethod, usualNamespace } from './coap-address.ts';
import { emptyDraft, problemsOf, savableRequest, type RequestDraft } from './request-draft.ts';

/** What a collection keeps of a request of gf_mqtt_client. Params are the JSON of the body. */
export type SavedGfRequest = Pick<Extract<SavedRequest, { kind: 'rpc' }>, 'topic' | 'method' | 'params'> & {
  readonly timeoutMs: number | null;
  readonly callerId: string;
  readonly envelope: NonNullable<Extract<SavedRequest, { kind: 'rpc' }>['envelope']>;
};

/** Its parts may be empty as long as it is written. */
const topicPattern = /^(.*)\/([^/]*)\/request\/([^/]*)$/;

/** As the request builder has it; `null`: topic or method are written in another way, which only a general form can show. */
export function draftOfSaved({ topic, method, params, timeoutMs, callerId, envelope }: SavedGfRequest): RequestDraft | null {
  const [, namespace = usualNamespace, subsystem = '', target = ''] = topicPattern.exec(topic) ?? [];
  if (topic !== '' && !topicPattern.test(topic)) return null;
  const parts = splitMethod(method === '' ? 'GET ' : method);
  const word = readMethod(parts.method);
  if (word === null) return null;
  const { token, correlationId, requestId, methodAs = 'word', qos = 0, responses = 'exact' } = envelope;
  return {
    ...{ ...emptyDraft, namespace, subsystem, target, method: word, path: parts.path, body: params, timeoutMs, callerId, methodAs, responses },
    ...{ token: token ?? '', correlationId: correlationId ?? '', requestId: requestId ?? '', qos: `${qos}` },
  };
}

/** What is kept of a draft; what the envelope holds beside the fields of the builder stays. */
export function savedOfDraft(draft: RequestDraft, before: SavedGfRequest): SavedGfRequest {
  const { topic, method, params, timeoutMs, callerId, envelope = {} } = savableRequest(draft);
  const { token: _token, correlationId: _correlation, requestId: _id, methodAs: _as, qos: _qos, responses: _responses, ...rest } = before.envelope;
  return { topic, method, params, timeoutMs, callerId, envelope: { ...rest, ...envelope } };
}

/** What keeps it from being sent, for the fields of a general form; variables have any value. */
export function savedProblems(saved: SavedGfRequest): { readonly topic?: string; readonly method?: string } {
  const draft = draftOfSaved(saved);
  if (!draft) return {};
  const { namespace, subsystem, target, path } = problemsOf({ ...draft, body: '' }, null);
  const topic = target ?? subsystem ?? namespace;
  return { ...(topic === undefined ? {} : { topic }), ...(path === undefined ? {} : { method: path }) };
}
