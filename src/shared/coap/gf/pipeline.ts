import type { GfHandler, PipelineOutcome, PipelineResponse, PipelineStep, PipelineTrace } from '../../contract/coap-pipeline.ts';
import { isJsonObject, readTextPayload, readJsonText, textOf } from '../../rpc/json-payload.ts';
import type { JsonValue } from '../../rpc/python-json.ts';
import { exceptionOf, type GfException } from './exception.ts';
import { readGfMessage, readMethod } from './message.ts';
import { whyNot } from './pipeline-match.ts';
import { findResponseCode } from './response-codes.ts';
import { parseGfTopic, type GfTopic } from './topics.ts';

type JsonObject = { readonly [key: string]: JsonValue };
type PythonError = NonNullable<PipelineTrace['loopEnded']>;

/** What the script of a handler did. `message`: as it left it. */
export type HandlerRun =
  | { readonly kind: 'returned'; readonly message: JsonValue; readonly value: JsonValue; readonly console: readonly string[] }
  /** Raised a ResponseException. */
  | { readonly kind: 'raised'; readonly message: JsonValue; readonly code: JsonValue; readonly detail: string | null; readonly console: readonly string[] }
  /** Raised anything else. */
  | { readonly kind: 'failed'; readonly error: PythonError; readonly console: readonly string[] };

/** What a script is told beside the message. */
export interface AboutMessage {
  readonly topic: string;
  readonly device: string | null;
  readonly subsystem: string | null;
  /** A call of this client waits for it. */
  readonly awaited: boolean;
}

export interface PipelineInput {
  readonly handlers: readonly GfHandler[];
  readonly namespace: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** A call of this client waits for the request id of the message. */
  readonly awaited: boolean;
  /** Identifier of this client, which exceptions name as their source. */
  readonly identifier: string | null;
  readonly runScript: (handler: GfHandler, source: string, message: JsonObject, about: AboutMessage) => Promise<HandlerRun>;
}

/** The response handler that `connect()` of gf_mqtt_client appends: raises codes from 400 on, else returns the message. */
const defaultHandler: GfHandler = {
  id: 'default',
  name: 'Default response handler',
  enabled: true,
  kind: 'response',
  match: { device: '', subsystem: '', path: '', methods: [], codes: [] },
  transform: { kind: 'none' },
  propagate: true,
  raiseExceptions: true,
};

const notRun = { exception: null, failure: null, changed: null, returned: null, completes: false, next: null, console: [] } as const;

/**
 * One message through the handlers of a client with gf_mqtt_client 0.2, as its receive loop does it: in order, each that matches; a returned value completes the call that waits for the
 * request id of the message, with the message itself, which handlers may have changed in place; a ResponseException fails that call, and the next handlers run all the same; anything else
 * ends the loop. One thing the workbench adds: the first value that a request handler returns is the response.
 */
export async function runPipeline(input: PipelineInput): Promise<PipelineTrace> {
  const { handlers, namespace, topic, payload, identifier, runScript } = input;
  const all = [...handlers, defaultHandler];
  const read = readTextPayload(payload);
  const unread = (outcome: PipelineOutcome, loopEnded: PythonError | null): PipelineTrace => ({
    ...{ kind: 'unreadable', outcome, loopEnded },
    steps: all.map((handler) => stepOf(handler, 'not-reached', 'The message did not come so far.')),
  });
  const ended = (name: string, message: string): PipelineTrace =>
    unread(input.awaited ? { kind: 'timeout' } : { kind: 'unheard' }, { name, message, line: null });
  if ('reason' in read) {
    if (read.name === 'INVALID_UTF8') return ended('UnicodeDecodeError', 'The message is not UTF-8 text.');
    return unread({ kind: 'ignored', message: `The message is ${read.reason}, more than is read here.` }, null);
  }
  const parsed = readJsonText(read.text);
  if (!('value' in parsed)) return unread({ kind: 'ignored', message: 'The message is not JSON: a client logs it, and goes on.' }, null);
  const first = parsed.value;
  if (!isJsonObject(first)) return ended('AttributeError', 'The message is JSON, but not an object.');
  if (Object.hasOwn(first, 'header') && !isJsonObject(first['header'])) return ended('AttributeError', 'The header of the message is not an object.');

  const address = parseGfTopic(topic, namespace);
  const about: AboutMessage = { topic, device: address?.target ?? null, subsystem: address?.subsystem ?? null, awaited: input.awaited };
  const { kind } = readGfMessage(payload);
  const steps: PipelineStep[] = [];
  let message: JsonObject = first;
  let waiting = input.awaited && isJsonObject(first['header']) && Object.hasOwn(first['header'], 'request_id');
  let settled: PipelineOutcome | null = null;
  let response: PipelineResponse | null = null;
  let loopEnded: PythonError | null = null;
  let stoppedBy: string | null = null;

  for (const handler of all) {
    const add = (result: PipelineStep['result'], why: string, more: Partial<PipelineStep> = {}): void => void steps.push(stepOf(handler, result, why, more));
    if (loopEnded) {
      add('not-reached', 'The loop had ended.');
      continue;
    }
    if (stoppedBy !== null) {
      add('not-reached', `“${stoppedBy}” does not propagate.`);
      continue;
    }
    const reason = whyNot(handler, message, address);
    if (reason !== null) {
      add('skipped', reason);
      continue;
    }
    const raise = (exception: GfException, code: JsonValue, why: string, more: Partial<PipelineStep> = {}): void => {
      if (typeof code !== 'number' || !findResponseCode(code)) {
        // Its own words about the exception look the code up, and fail.
        loopEnded = { name: 'ValueError', message: `${pythonText(code)} is not a valid ResponseCode`, line: null };
        add('failed', `${why} The code is none that gf_mqtt_client knows: saying so fails as well.`, { ...more, exception, failure: loopEnded });
        return;
      }
      const completes = waiting;
      if (waiting) settled = { kind: 'raised', exception };
      waiting = false;
      // Only what ends without an exception can stop the message.
      add('raised', why, { ...more, exception, completes, next: 'propagated' });
    };
    const before = message;
    if (handler.kind === 'response' && handler.raiseExceptions) {
      const exception = raisedBy(message, address, identifier);
      if (exception) {
        raise(exception, codeOf(message), handler.transform.kind === 'script' ? 'Raised before its script runs.' : 'Raised for the code of the response.');
        continue;
      }
    }
    const { transform } = handler;
    const run: HandlerRun =
      transform.kind === 'none'
        ? { kind: 'returned', message, value: handler.kind === 'response' ? message : null, console: [] }
        : await runScript(handler, transform.source, message, about);
    if (run.kind === 'failed') {
      loopEnded = run.error;
      add('failed', 'Raised something else than a ResponseException.', { failure: run.error, console: run.console });
      continue;
    }
    const left = isJsonObject(run.message) ? run.message : message;
    const changed = left !== before && JSON.stringify(left) !== JSON.stringify(before) ? { from: before as JsonValue, to: left as JsonValue } : null;
    message = left;
    if (run.kind === 'raised') {
      raise(exceptionFrom(run, message, address, identifier), run.code, 'Its script raised it.', { changed, console: run.console });
      continue;
    }
    const returned = run.value === null ? null : { value: run.value };
    const completes = returned !== null && waiting;
    if (completes) {
      waiting = false;
      settled = { kind: 'resolved', message };
    }
    const answers = returned !== null && handler.kind === 'request' && response === null;
    if (answers) response = responseOf(returned.value, message);
    if (!handler.propagate) stoppedBy = handler.name;
    add('ran', whatItReturned(handler, returned !== null, completes, answers, input.awaited), {
      ...{ changed, returned, completes, console: run.console },
      next: handler.propagate ? 'propagated' : 'stopped',
    });
  }
  return { kind, steps, outcome: outcomeOf(kind, input.awaited, settled, response, message), loopEnded };
}

function stepOf({ id, name, kind }: GfHandler, result: PipelineStep['result'], why: string, more: Partial<PipelineStep> = {}): PipelineStep {
  return { handlerId: id === defaultHandler.id ? null : id, name, kind, result, why, ...notRun, ...more };
}

function whatItReturned({ kind }: GfHandler, returned: boolean, completes: boolean, answers: boolean, awaited: boolean): string {
  if (!returned) return kind === 'request' ? 'Returned nothing: it only looks on.' : 'Returned nothing: the call goes on waiting.';
  if (answers) return completes ? 'Returned the response, which completes the waiting call as well.' : 'Returned the response.';
  if (kind === 'request') return 'Returned a value, but the request is answered already.';
  if (completes) return 'Returned a value, which completes the waiting call.';
  return awaited ? 'Returned a value, but the call is over already.' : 'Returned a value, but no call waits for it.';
}

const codeOf = ({ header }: JsonObject): JsonValue => (isJsonObject(header) ? header['response_code'] : null) ?? null;

/** As Python writes it: texts in quotation marks, and `None`. */
const pythonText = (value: JsonValue): string => (value === null ? 'None' : typeof value === 'string' ? `'${value}'` : JSON.stringify(value));

/** As `raise_exceptions` reads the message: a code of `null` passes. */
function raisedBy(message: JsonObject, topic: GfTopic | null, identifier: string | null): GfException | null {
  const { header } = message;
  if (!isJsonObject(header)) return null;
  const { response_code: code = null } = header;
  if (code === null) return null;
  // A method in the header beside the code would make a request of it.
  const { method: _method, ...rest } = header;
  const response = readGfMessage(new TextEncoder().encode(JSON.stringify({ ...message, header: rest })));
  return response.kind === 'response' ? exceptionOf(response, topic, identifier) : null;
}

function exceptionFrom(run: HandlerRun & { readonly kind: 'raised' }, message: JsonObject, topic: GfTopic | null, identifier: string | null): GfException {
  const { header } = message;
  const { path = null } = isJsonObject(header) ? header : {};
  const code = typeof run.code === 'number' ? run.code : 0;
  return {
    name: findResponseCode(code)?.exception ?? 'ResponseException',
    responseCode: code,
    path: path === null ? null : textOf(path),
    detail: run.detail,
    source: identifier,
    target: topic?.target ?? null,
  };
}

const usualCodes = { GET: 205, POST: 201, PUT: 204, DELETE: 202 } as const;
const responseMembers = new Set(['code', 'body', 'location']);

/** An object with a `code`, and nothing else but `body` and `location`, is the whole response; anything else its body. A code that no peer lists is answered with 500. */
function responseOf(value: JsonValue, message: JsonObject): PipelineResponse {
  if (isJsonObject(value) && Object.keys(value).every((name) => responseMembers.has(name))) {
    const { code, body = null, location } = value;
    if (typeof code === 'number' && findResponseCode(code)) return { code, body, location: typeof location === 'string' ? location.slice(0, 1000) : null };
    // It would silence the caller for good.
    if (code !== undefined) return { code: 500, body: `The handler returned the code ${textOf(code)}, which callers do not know.`, location: null };
  }
  const { header } = message;
  const method = readMethod((isJsonObject(header) ? header['method'] : null) ?? null);
  return { code: usualCodes[method ?? 'GET'], body: value, location: null };
}

function outcomeOf(
  kind: PipelineTrace['kind'],
  awaited: boolean,
  settled: PipelineOutcome | null,
  response: PipelineResponse | null,
  message: JsonObject,
): PipelineOutcome {
  if (settled?.kind === 'raised') return settled;
  if (settled?.kind === 'resolved') {
    const code = codeOf(message);
    if (typeof code === 'number' && findResponseCode(code)) return { kind: 'resolved', message };
    // `request()` reads the code of what it was given (a client that asks itself is given its own request).
    return { kind: 'bad-result', message: `ValueError: ${pythonText(code)} is not a valid ResponseCode` };
  }
  if (kind === 'request') return response ? { kind: 'answered', response } : { kind: 'unanswered' };
  return awaited ? { kind: 'timeout' } : { kind: 'unheard' };
}
