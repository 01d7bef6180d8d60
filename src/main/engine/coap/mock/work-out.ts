import type { MockDevice, MockMethod, MockMethodName } from '../../../../shared/contract/mock-devices.ts';
import { normalPath } from '../../../../shared/coap/mock/paths.ts';
import { usualCode, type MockResponse, type ResourceTree, type Route } from '../../../../shared/coap/mock/resource-tree.ts';
import { isJsonObject } from '../../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { Answers } from '../../rpc/index.ts';

/** A request, whichever way it came. */
export interface MockRequest {
  readonly method: MockMethodName;
  /** As sent. */
  readonly path: string;
  readonly body: JsonValue;
  /** Of the body as it was sent. */
  readonly bodyBytes: number;
  readonly callerId: string;
  /** Arguments of the query; over MQTT none. */
  readonly query: readonly string[];
  readonly via: 'mqtt' | 'udp';
  readonly topic: string;
}

interface WorkedOut {
  readonly response: MockResponse;
  /** Why a template or script came to no answer; `null`: it did. */
  readonly failure: { readonly text: string; readonly place: { readonly line: number; readonly column: number | null } | null } | null;
}

interface Parts {
  readonly tree: ResourceTree;
  readonly answers: Answers;
}

/** Which answer a request gets, or the refusal. */
export function routeOf(tree: ResourceTree, { maxBodyBytes }: MockDevice, { method, path, bodyBytes }: MockRequest): Route {
  if (bodyBytes <= maxBodyBytes) return tree.route(method, path);
  return { refusal: { code: 413, body: `The body has ${bodyBytes} bytes, and ${maxBodyBytes} are taken.` } };
}

/** What a method answers, without faults, and what that does to the tree. Needs no waiting but for scripts. Rejects only when the signal is aborted. */
export function workOut(
  parts: Parts,
  request: MockRequest,
  answer: MockMethod['answer'],
  state: JsonValue,
  signal: AbortSignal,
): WorkedOut | Promise<WorkedOut> {
  const { method, path, body } = request;
  if (answer.kind === 'state') return { response: parts.tree.carryOut(method, path, body), failure: null };
  if (answer.kind !== 'static') return run(parts, request, answer, state, signal);
  const { code, body: fixed, location } = answer;
  return { response: { code, body: fixed, ...(location === '' ? {} : { location }) }, failure: null };
}

async function run(
  { tree, answers }: Parts,
  { method, path, body, callerId, query, via, topic }: MockRequest,
  answer: Exclude<MockMethod['answer'], { readonly kind: 'state' | 'static' }>,
  state: JsonValue,
  signal: AbortSignal,
): Promise<WorkedOut> {
  const normal = normalPath(path);
  const name = `${method} ${normal}`;
  const about = { method, path: normal, state, callerId, query, topic, via, params: body };
  const outcome = await (answer.kind === 'template'
    ? answers.work({ kind: 'template', text: answer.text }, { ...about, ...{ body } }, signal, name)
    : answers.work({ kind: 'script', source: answer.source }, about, signal, name));
  if ('error' in outcome) {
    const text = outcome.error || 'Unknown error';
    return { response: { code: 500, body: text }, failure: { text, place: outcome.place ?? null } };
  }
  const done = (response: MockResponse): WorkedOut => ({ response, failure: null });
  if (answer.kind === 'template') return done({ code: answer.code, body: outcome.result });
  const own = readResponse(outcome.result);
  if (!own) return done({ code: usualCode[method], body: outcome.result });
  if (own.state !== undefined && tree.setState(path, own.state) === 'full') return done({ code: 413, body: 'There is no room for the new state.' });
  return done({ code: own.code, body: own.body, ...(own.location === undefined ? {} : { location: own.location }) });
}

interface OwnResponse {
  readonly code: number;
  readonly body: JsonValue;
  readonly location?: string;
  readonly state?: JsonValue;
}

const responseMembers = new Set(['code', 'body', 'location', 'state']);

/** `null`: it is a body. */
function readResponse(result: JsonValue): OwnResponse | null {
  if (!isJsonObject(result) || !Object.keys(result).every((name) => responseMembers.has(name))) return null;
  const { code, body = null, location, state } = result;
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 200 || code > 599) return null;
  return { code, body, ...(typeof location === 'string' ? { location } : {}), ...(state === undefined ? {} : { state }) };
}
