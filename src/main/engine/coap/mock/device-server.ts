import type { MockDevice } from '../../../../shared/contract/mock-devices.ts';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import { normalPath } from '../../../../shared/coap/mock/paths.ts';
import type { MockResponse, ResourceTree } from '../../../../shared/coap/mock/resource-tree.ts';
import { shorten } from '../../../../shared/text/shorten.ts';
import { planFaults, type Answers, type NodeLog } from '../../rpc/index.ts';
import { routeOf, workOut, type MockRequest } from './work-out.ts';

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
    const { device, tree, answers, log, random } = this.#options;
    const { method, path } = request;
    const route = routeOf(tree, device(), request);
    if ('refusal' in route) return { response: route.refusal, times: 1 };
    const { served, state } = route;
    const { faults } = served;
    this.#countCall(method, normalPath(path));
    const plan = planFaults(faults, random);
    const isUnlisted = faults.unlistedRate > 0 && random() < faults.unlistedRate;
    const outcome =
      plan.errorText === null
        ? workOut({ answers, tree }, request, served.answer, state, signal)
        : { response: { code: faults.errorCode, body: plan.errorText || 'Injected error' }, failure: null };
    const { response, failure } = outcome instanceof Promise ? await outcome : outcome;
    if (failure) log.add('error', shortened(`${method} ${normalPath(path)}`), failure.place ? `${failure.text} (line ${failure.place.line})` : failure.text);
    if (plan.delayMs > 0 && !signal.aborted) await this.#sleep(plan.delayMs);
    return { response: isUnlisted ? { ...response, code: faults.unlistedCode } : response, times: plan.times };
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

const shortened = (text: string): string => shorten(text, maxLoggedPath);
