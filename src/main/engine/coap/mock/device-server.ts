import type { MockDevice, MockMethodName } from '../../../../shared/contract/mock-devices.ts';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import { normalPath } from '../../../../shared/coap/mock/paths.ts';
import { usualCode, type MockResponse, type ResourceTree } from '../../../../shared/coap/mock/resource-tree.ts';
import { isJsonObject } from '../../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { shorten } from '../../../../shared/text/shorten.ts';
import { planFaults, type Answers, type NodeLog } from '../../rpc/index.ts';

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

/** `times`: how often the response is sent; 0: not at all. */
export interface MockServed {
  readonly response: MockResponse;
  readonly times: number;
}

export interface DeviceServerOptions {
  /** As it is saved now. */
  readonly device: () => MockDevice;
  readonly tree: ResourceTree;
  readonly answers: Answers;
  readonly log: NodeLog;
  /** ms, of a clock that never goes back. */
  readonly clock: () => number;
  readonly random: () => number;
  readonly onChange: () => void;
}

const maxRunning = 1000;
const maxCounted = 1000;
const maxLoggedPath = 200;

/** Works responses out: the same for MQTT and UDP. */
export class DeviceServer {
  readonly #options: DeviceServerOptions;
  readonly #byCode = new Map<number, number>();
  readonly #calls = new Map<string, { readonly method: string; readonly path: string; calls: number }>();
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();
  #dropped = 0;
  #running = 0;
  #abort = new AbortController();

  constructor(options: DeviceServerOptions) {
    this.#options = options;
  }

  get counts() {
    return {
      byCode: [...this.#byCode].map(([code, count]) => ({ code, count })).toSorted((one, other) => one.code - other.code),
      calls: [...this.#calls.values()].map((call) => ({ ...call })),
      dropped: this.#dropped,
      running: this.#running,
    };
  }

  /** Counts begin anew. */
  start(): void {
    this.#byCode.clear();
    this.#calls.clear();
    this.#dropped = 0;
  }

  /** Requests that run are not answered any more. */
  stop(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    for (const [timer, wake] of this.#waiting) {
      clearTimeout(timer);
      wake();
    }
    this.#waiting.clear();
    this.#running = 0;
    this.#options.onChange();
  }

  /** Never rejects. `null`: the device was stopped meanwhile. What needs no waiting is carried out before it returns. */
  async serve(request: MockRequest): Promise<MockServed | null> {
    const { signal } = this.#abort;
    const began = this.#options.clock();
    if (this.#running >= maxRunning) return this.refused(request, 503, `Too many requests at once: ${maxRunning} are running.`);
    this.#running += 1;
    this.#options.onChange();
    try {
      const served = await this.#serve(request, signal);
      if (signal.aborted) return null;
      if (served.times === 0) this.#dropped += 1;
      else this.#count(served.response.code);
      this.#note(request, served, this.#options.clock() - began);
      return served;
    } catch (error) {
      return signal.aborted ? null : this.refused(request, 500, error instanceof Error ? error.message : String(error));
    } finally {
      // After a stop all of them are forgotten already.
      if (!signal.aborted) this.#running -= 1;
      this.#options.onChange();
    }
  }

  /** A response to what cannot be carried out. */
  refused(request: Pick<MockRequest, 'method' | 'path' | 'via' | 'callerId'> | null, code: number, detail: string): MockServed {
    const served = { response: { code, body: detail }, times: 1 };
    this.#count(code);
    this.#note(request, served, null);
    return served;
  }

  async #serve(request: MockRequest, signal: AbortSignal): Promise<MockServed> {
    const { device, tree, random } = this.#options;
    const { method, path, bodyBytes } = request;
    const limit = device().maxBodyBytes;
    if (bodyBytes > limit) return { response: { code: 413, body: `The body has ${bodyBytes} bytes, and ${limit} are taken.` }, times: 1 };
    const route = tree.route(method, path);
    if ('refusal' in route) return { response: route.refusal, times: 1 };
    const { served, state } = route;
    const { faults } = served;
    this.#countCall(method, normalPath(path));
    const plan = planFaults(faults, random);
    const isUnlisted = faults.unlistedRate > 0 && random() < faults.unlistedRate;
    const outcome =
      plan.errorText === null ? this.#work(request, served.answer, state, signal) : { code: faults.errorCode, body: plan.errorText || 'Injected error' };
    const response = outcome instanceof Promise ? await outcome : outcome;
    if (plan.delayMs > 0 && !signal.aborted) await this.#sleep(plan.delayMs);
    return { response: isUnlisted ? { ...response, code: faults.unlistedCode } : response, times: plan.times };
  }

  #work(request: MockRequest, answer: MockDevice['resources'][number]['methods'][number]['answer'], state: JsonValue, signal: AbortSignal) {
    const { tree } = this.#options;
    const { method, path, body } = request;
    if (answer.kind === 'state') return tree.carryOut(method, path, body);
    if (answer.kind === 'static') return { code: answer.code, body: answer.body, ...(answer.location === '' ? {} : { location: answer.location }) };
    return this.#run(request, answer, state, signal);
  }

  async #run(
    { method, path, body, callerId, query, via, topic }: MockRequest,
    answer: { readonly kind: 'template'; readonly code: number; readonly text: string } | { readonly kind: 'script'; readonly source: string },
    state: JsonValue,
    signal: AbortSignal,
  ): Promise<MockResponse> {
    const { answers, tree, log } = this.#options;
    const normal = normalPath(path);
    const name = `${method} ${normal}`;
    const about = { method, path: normal, state, callerId, query, topic, via, params: body };
    const outcome = await (answer.kind === 'template'
      ? answers.work({ kind: 'template', text: answer.text }, { ...about, ...{ body } }, signal, name)
      : answers.work({ kind: 'script', source: answer.source }, about, signal, name));
    if ('error' in outcome) {
      const text = outcome.error || 'Unknown error';
      log.add('error', shortened(name), outcome.place ? `${text} (line ${outcome.place.line})` : text);
      return { code: 500, body: text };
    }
    if (answer.kind === 'template') return { code: answer.code, body: outcome.result };
    const own = readResponse(outcome.result);
    if (!own) return { code: usualCode[method], body: outcome.result };
    if (own.state !== undefined) {
      const problem = tree.setState(path, own.state);
      if (problem === 'full') return { code: 413, body: 'There is no room for the new state.' };
    }
    return { code: own.code, body: own.body, ...(own.location === undefined ? {} : { location: own.location }) };
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve();
      }, ms);
      this.#waiting.set(timer, resolve);
    });
  }

  #countCall(method: string, path: string): void {
    const key = `${method} ${path}`;
    const known = this.#calls.get(key);
    if (known) known.calls += 1;
    // What was created by requests may be many.
    else if (this.#calls.size < maxCounted) this.#calls.set(key, { method, path, calls: 1 });
  }

  #count(code: number): void {
    this.#byCode.set(code, (this.#byCode.get(code) ?? 0) + 1);
    this.#options.onChange();
  }

  #note(request: Pick<MockRequest, 'method' | 'path' | 'via' | 'callerId'> | null, { response, times }: MockServed, ms: number | null): void {
    const { code, body } = response;
    const title = findResponseCode(code)?.title ?? 'unlisted code';
    const from = request === null || request.callerId === '' ? '' : ` to ${request.callerId.slice(0, maxLoggedPath)}`;
    const detail = code >= 400 && typeof body === 'string' ? `: ${body.slice(0, 500)}` : '';
    const how = times === 0 ? 'not sent, on purpose' : times > 1 ? `sent ${times} times` : null;
    const facts = [...(how === null ? [] : [how]), ...(ms === null ? [] : [`${Math.round(ms)} ms`]), ...(request?.via === 'udp' ? ['over UDP'] : [])];
    const level = code >= 500 ? 'error' : code >= 400 || !findResponseCode(code) ? 'warn' : 'info';
    const shown = request === null ? '' : shortened(`${request.method} ${request.path}`);
    this.#options.log.add(level, shown, `${code} ${title}${from}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}${detail}`);
  }
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

const shortened = (text: string): string => shorten(text, maxLoggedPath);
