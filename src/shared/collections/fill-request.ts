import type { Problem } from '../contract/common.ts';
import type { Assertion, Capture, SavedCall } from '../contract/collections.ts';
import { readJsonText } from '../rpc/json-payload.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import type { Check, FilledAssertion } from './check.ts';
import { Filler, type FillSource } from './filler.ts';

export type { FillSource } from './filler.ts';

/** A call with nothing left to fill in. */
export interface FilledCall {
  readonly topic: string;
  readonly method: string;
  readonly params: JsonValue;
  readonly replyTo: string | undefined;
  readonly callerId: string | undefined;
  readonly properties: SavedCall['properties'];
  readonly envelope: SavedCall['envelope'];
}

type CallTexts = Pick<SavedCall, 'topic' | 'method' | 'params' | 'replyTo' | 'callerId' | 'properties' | 'envelope'>;

/** Fills in a call. A variable that is not known, or params that are no JSON, are a problem that says where. */
export function fillCall(call: CallTexts, source: FillSource): FilledCall | { readonly problem: Problem } {
  const filler = new Filler(source);
  const topic = filler.text('The topic', call.topic);
  const method = filler.text('The method', call.method);
  const replyTo = call.replyTo === undefined ? undefined : filler.text('The reply topic', call.replyTo);
  const callerId = call.callerId === undefined ? undefined : filler.text('The caller id', call.callerId);
  const params = call.params.trim() === '' ? null : filler.json('The params', call.params);
  const userProperties = call.properties?.userProperties?.map(([name, value]): [string, string] => [name, filler.text(`The user property "${name}"`, value)]);
  const properties = call.properties && { ...call.properties, ...(userProperties && { userProperties }) };
  const envelope = call.envelope && fillEnvelope(call.envelope, filler);
  return filler.problem === null ? { topic, method, params, replyTo, callerId, properties, envelope } : { problem: filler.problem };
}

/** What a request of gf_mqtt_client says beside its body. */
function fillEnvelope({ token, correlationId, requestId, ...rest }: NonNullable<SavedCall['envelope']>, filler: Filler): SavedCall['envelope'] {
  const filled = (what: string, text: string): string => filler.text(what, text);
  return {
    ...rest,
    ...(typeof token === 'string' ? { token: filled('The token', token) } : {}),
    ...(typeof correlationId === 'string' ? { correlationId: filled('The correlation id', correlationId) } : {}),
    ...(requestId === undefined ? {} : { requestId: filled('The request id', requestId) }),
  };
}

/** What is to be looked at after a request, in the order of the file. Without an assertion of status or code there is one more: the request has to succeed. */
export function fillChecks(
  request: { readonly assertions: readonly Assertion[]; readonly captures: readonly Capture[] },
  source: FillSource,
): readonly Check[] | { readonly problem: Problem } {
  const filler = new Filler(source);
  const assertions = request.assertions.map((assertion, index) => fillAssertion(assertion, `Assertion ${index + 1}`, filler));
  const captures = request.captures.map(({ name, path }) => ({ kind: 'capture' as const, name, path: filler.text(`The path of "${name}"`, path) }));
  if (filler.problem !== null) return { problem: filler.problem };
  const implied = assertions.some(({ kind }) => kind === 'status' || kind === 'code') ? [] : [{ kind: 'status' as const, is: 'ok' as const }];
  return [...implied, ...assertions, ...captures];
}

function fillAssertion(assertion: Assertion, what: string, filler: Filler): FilledAssertion {
  switch (assertion.kind) {
    case 'status':
    case 'code':
    case 'time':
      return assertion;
    case 'schema':
      return assertion.path === undefined ? assertion : { ...assertion, path: filler.text(what, assertion.path) };
    case 'path': {
      const path = filler.text(what, assertion.path);
      if (assertion.operator === 'exists' || assertion.operator === 'not-exists') return { ...assertion, path };
      if (assertion.operator === 'matches') return { ...assertion, path, value: filler.text(what, assertion.value) };
      const value = filler.value(what, assertion.value);
      const isVariable = typeof assertion.value === 'string' && /^\{\{[^{}]*\}\}$/.test(assertion.value);
      const read = isVariable && typeof value === 'string' ? readJsonText(value) : null;
      return { ...assertion, path, value, ...(read && 'value' in read ? { orValue: read.value } : {}) } as FilledAssertion;
    }
  }
}
