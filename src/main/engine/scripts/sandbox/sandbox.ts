import { randomBytes } from 'node:crypto';
import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { AskHost, Guest, GuestAnswer, GuestTask } from '../guest/guest.ts';
import type { Thrown } from '../guest/inspect.ts';
import type { ConsoleLevel, Fault, LimitName, ScriptDefinition, SourcePlace } from '../script-messages.ts';
import { ConsoleBudget } from './console-budget.ts';
import { guestFile, interruptedPlace, toFault } from './fault.ts';
import { guestSource } from './guest-source.ts';
import { newInstance, OutOfMemory, type Instance } from './instance.ts';
import type { TurnClock } from './turn-clock.ts';

export interface SandboxEvents {
  readonly done: (call: number, result: string) => void;
  readonly failed: (call: number, fault: Fault) => void;
  readonly request: (call: number, request: number, name: string, args: string) => void;
  readonly print: (call: number, level: ConsoleLevel, text: string) => void;
  /** A limit was hit, or the module could not be loaded: nothing more comes from here, and nothing may be given to it. */
  readonly ended: () => void;
}

interface Running {
  readonly task: Omit<GuestTask, 'call'>;
  readonly console: ConsoleBudget;
  readonly requests: Set<number>;
  usedMs: number;
}

/** Node takes no longer waits; nobody waits that long. */
const maxSleepMs = 2 ** 31 - 1;
const maxRandomBytes = 65_536;
/** Of one script: arguments of host functions that wait for an answer. */
const maxPendingBytes = 8 * 1024 * 1024;
/** Jobs of promises that run before the time is looked at again. */
const jobsAtOnce = 256;
/** A script that was stopped gets this much more, in which its error comes out: it tells the line. */
const lastWordsMs = 20;
const lastJobs = 16;

/**
 * One script in a machine of its own. Its code runs in turns: when a call starts, and when something is answered that it has asked for; each turn runs
 * until nothing is left to do. A turn belongs to the call that caused it, so that what it asks for, prints and uses is known to be of that call.
 */
export class Sandbox {
  readonly #script: number;
  readonly #definition: ScriptDefinition;
  readonly #clock: TurnClock;
  readonly #events: SandboxEvents;
  readonly #calls = new Map<number, Running>();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  /** By request: the call it is of, and the bytes of its arguments. */
  readonly #requests = new Map<number, { call: number; readonly bytes: number }>();
  #pendingBytes = 0;
  #requestCount = 0;
  #instance: Instance | undefined;
  #guest: { readonly [operation in keyof Guest]: (...args: readonly QuickJSHandle[]) => string } | undefined;
  #state: 'new' | 'loading' | 'ready' | 'ended' = 'new';
  #current: number | undefined;
  #limit: LimitName | undefined;
  /** When in its turn, and where, the script was stopped. */
  #stoppedMs = 0;
  #stoppedAt: SourcePlace | null = null;

  constructor(script: number, definition: ScriptDefinition, clock: TurnClock, events: SandboxEvents) {
    this.#script = script;
    this.#definition = definition;
    this.#clock = clock;
    this.#events = events;
  }

  /** Rejects when there is no machine to be had. */
  async open(): Promise<void> {
    const { memoryBytes, stackBytes } = this.#definition.limits;
    this.#instance = await newInstance(memoryBytes, stackBytes);
    this.#instance.runtime.setInterruptHandler(() => this.#isOver());
  }

  call(call: number, task: Omit<GuestTask, 'call'>): void {
    const { consoleBytes, consoleLines } = this.#definition.limits;
    this.#calls.set(call, { task, console: new ConsoleBudget(consoleBytes, consoleLines), requests: new Set(), usedMs: 0 });
    if (this.#state === 'ready') this.#start(call);
    else if (this.#state === 'new') this.#turn(call, () => this.#load());
  }

  /** The call goes no further. What it has asked for is not told to it any more. */
  cancel(call: number): void {
    const running = this.#calls.get(call);
    if (!running) return;
    for (const request of running.requests) this.#forget(request);
    this.#calls.delete(call);
    this.#forgetAllIfIdle();
  }

  settle(request: number, answer: { readonly value: string; readonly bigs: GuestTask['bigs'] } | { readonly message: string; readonly code: string }): void {
    const { call } = this.#requests.get(request) ?? {};
    if (call === undefined) return;
    this.#forget(request);
    this.#turn(call, () => this.#ask('settle', JSON.stringify({ id: String(request), ...answer } satisfies GuestAnswer)));
  }

  close(): void {
    this.#state = 'ended';
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#instance = undefined;
    this.#guest = undefined;
  }

  #start(call: number): void {
    const running = this.#calls.get(call);
    if (running) this.#turn(call, () => this.#ask('start', JSON.stringify({ call: String(call), ...running.task } satisfies GuestTask)));
  }

  #load(): void {
    this.#state = 'loading';
    const { context } = this.#instance ?? {};
    if (!context) return;
    const { name, source } = this.#definition;
    this.#makeGuest();
    const module = context.evalCode(source, name, { type: 'module' });
    if (module.error) {
      const thrown = module.error.consume((error) => this.#describe(error));
      if (this.#limit === undefined) this.#loadFailed(thrown);
      else this.#stoppedAt = interruptedPlace(thrown, name);
      return;
    }
    module.value.consume((handle) => {
      const isPromise = context.typeof(handle) === 'object' && context.getPromiseState(handle).type !== 'fulfilled';
      this.#guest?.load(handle, isPromise ? context.true : context.false);
    });
  }

  #makeGuest(): void {
    const { context } = this.#instance ?? {};
    if (!context) return;
    const ask = context.newFunction('ask', (kind, first, second) =>
      context.newString(this.#answer(context.getString(kind) as Parameters<AskHost>[0], context.getString(first), context.getString(second))),
    );
    const make = context.unwrapResult(context.evalCode(guestSource, guestFile));
    const names = context.newString(JSON.stringify(this.#definition.functionNames));
    const guest = context.unwrapResult(context.callFunction(make, context.undefined, ask, names, context.newNumber(this.#definition.limits.jsonBytes)));
    const operation = (name: keyof Guest) => {
      const run = context.getProp(guest, name);
      return (...args: readonly QuickJSHandle[]): string => {
        const result = context.callFunction(run, context.undefined, ...args);
        // The guest's own functions fail only where the machine is at its end.
        if (result.error) throw new OutOfMemory();
        return result.value.consume((value) => (context.typeof(value) === 'string' ? context.getString(value) : ''));
      };
    };
    this.#guest = {
      load: operation('load'),
      start: operation('start'),
      settle: operation('settle'),
      forget: operation('forget'),
      describe: operation('describe'),
    };
  }

  #ask(operation: 'start' | 'settle', text: string): void {
    this.#instance?.context.newString(text).consume((handle) => this.#guest?.[operation](handle));
  }

  #describe(error: QuickJSHandle): Thrown {
    return JSON.parse(this.#guest?.describe(error) ?? '{}') as Thrown;
  }

  #turn(call: number, run: () => void): void {
    const running = this.#calls.get(call) ?? this.#calls.values().next().value;
    if (this.#state === 'ended' || !running) return;
    const outer = this.#current;
    this.#current = call;
    const spent = this.#clock.run(this.#script, () => {
      try {
        run();
        this.#runJobs();
      } catch (error) {
        // The host's own stack is deep enough for the machine's; where it is not, the machine is torn.
        this.#limit ??= error instanceof RangeError ? 'stack' : 'memory';
      }
    });
    this.#current = outer;
    running.usedMs += spent;
    if (this.#limit !== undefined) this.#endAll(call, this.#limit);
  }

  #runJobs(): void {
    const { runtime } = this.#instance ?? {};
    while (runtime?.hasPendingJob() === true && this.#limit === undefined && !this.#isOver()) {
      const result = runtime.executePendingJobs(jobsAtOnce);
      // Only what cannot be caught comes out of a job.
      if (result.error) {
        result.error.dispose();
        if (this.#limit === undefined) throw new OutOfMemory();
      }
    }
    if (this.#limit !== undefined && runtime?.hasPendingJob() === true) runtime.executePendingJobs(lastJobs).dispose();
  }

  /** Asked every now and then while code runs. */
  #isOver(): boolean {
    const call = this.#current;
    const running = call === undefined ? undefined : (this.#calls.get(call) ?? this.#calls.values().next().value);
    if (call === undefined) return false;
    if (this.#limit !== undefined) return this.#clock.spentMs() > this.#stoppedMs + lastWordsMs;
    if (this.#clock.isCancelled(call)) this.#limit = 'wall';
    else if ((running?.usedMs ?? 0) + this.#clock.spentMs() > this.#definition.limits.cpuMs) this.#limit = 'cpu';
    this.#stoppedMs = this.#clock.spentMs();
    return this.#limit !== undefined;
  }

  #answer(kind: Parameters<AskHost>[0], first: string, second: string): string {
    switch (kind) {
      case 'request':
        return this.#request(Buffer.byteLength(second), (call, request) => this.#events.request(call, request, first, second));
      case 'sleep':
        return this.#request(0, (_call, request) => this.#sleep(request, Number(first)));
      case 'random':
        return randomBytes(Math.min(maxRandomBytes, Math.max(0, Math.trunc(Number(first)) || 0))).toString('hex');
      case 'console':
        this.#print(first as ConsoleLevel, second);
        return '';
      case 'loaded':
        this.#loaded(second);
        return '';
      case 'done':
        this.#done(Number(first), second);
        return '';
      case 'failed':
        this.#failed(Number(first), JSON.parse(second) as Thrown);
        return '';
    }
  }

  #request(bytes: number, send: (call: number, request: number) => void): string {
    const call = this.#current === undefined || !this.#calls.has(this.#current) ? this.#calls.keys().next().value : this.#current;
    const running = call === undefined ? undefined : this.#calls.get(call);
    const { hostCalls, jsonBytes } = this.#definition.limits;
    if (call === undefined || !running) return '!The call this belongs to has ended.';
    if (running.requests.size >= hostCalls) return `!More than ${hostCalls} functions are under way at once in this call.`;
    if (bytes > jsonBytes) return `!The arguments are larger than ${jsonBytes} bytes of JSON.`;
    if (this.#pendingBytes + bytes > maxPendingBytes) return `!Arguments of more than ${maxPendingBytes} bytes are under way at once.`;
    this.#requestCount += 1;
    const request = this.#requestCount;
    this.#pendingBytes += bytes;
    running.requests.add(request);
    this.#requests.set(request, { call, bytes });
    send(call, request);
    return String(request);
  }

  #sleep(request: number, ms: number): void {
    const timer = setTimeout(() => this.settle(request, { value: '', bigs: [] }), Math.min(maxSleepMs, Math.max(0, ms || 0)));
    this.#timers.set(request, timer);
  }

  #print(level: ConsoleLevel, text: string): void {
    const [call, running] = this.#calls.has(this.#current ?? 0)
      ? [this.#current ?? 0, this.#calls.get(this.#current ?? 0)]
      : (this.#calls.entries().next().value ?? []);
    if (call !== undefined) running?.console.print(level, JSON.parse(text) as string, (shown, line) => this.#events.print(call, shown, line));
  }

  #loaded(thrown: string): void {
    if (thrown !== '') return this.#loadFailed(JSON.parse(thrown) as Thrown);
    this.#state = 'ready';
    // Each starts in a turn of its own, after this one.
    const waiting = [...this.#calls.keys()];
    queueMicrotask(() => {
      for (const call of waiting) this.#start(call);
    });
  }

  #loadFailed(thrown: Thrown): void {
    const fault = this.#fault(thrown);
    for (const call of this.#calls.keys()) this.#events.failed(call, fault);
    this.#calls.clear();
    this.close();
    this.#events.ended();
  }

  #done(call: number, result: string): void {
    if (!this.#calls.has(call)) return;
    if (Buffer.byteLength(result) > this.#definition.limits.jsonBytes) {
      return this.#finish(call, () => this.#events.failed(call, { kind: 'limit', limit: 'result', reloaded: false, ownFault: true, place: null }));
    }
    this.#finish(call, () => this.#events.done(call, result));
  }

  #failed(call: number, thrown: Thrown): void {
    if (!this.#calls.has(call)) return;
    if (this.#limit !== undefined) {
      this.#stoppedAt ??= interruptedPlace(thrown, this.#definition.name);
      return;
    }
    const fault = this.#fault(thrown);
    if (fault.kind === 'limit' && fault.limit === 'memory') {
      this.#limit = 'memory';
      this.#stoppedAt = fault.place;
    } else this.#finish(call, () => this.#events.failed(call, fault));
  }

  #fault(thrown: Thrown): Fault {
    if (thrown.name === '' && thrown.message === 'null' && this.#instance?.isFull() === true) {
      return { kind: 'limit', limit: 'memory', reloaded: true, ownFault: true, place: null };
    }
    return toFault(thrown, this.#definition.name, this.#definition.source);
  }

  #finish(call: number, tell: () => void): void {
    const running = this.#calls.get(call);
    this.#calls.delete(call);
    // Others may wait for what it asked for, such as one answer that all of them share.
    const [heir, inheriting] = this.#calls.entries().next().value ?? [];
    for (const request of running?.requests ?? []) {
      const asked = this.#requests.get(request);
      if (heir === undefined || !asked) this.#forget(request);
      else {
        asked.call = heir;
        inheriting?.requests.add(request);
      }
    }
    tell();
    this.#forgetAllIfIdle();
  }

  /** Every call of the script ends: the machine was stopped in the middle, or is full. */
  #endAll(culprit: number, limit: LimitName): void {
    for (const call of this.#calls.keys()) {
      const ownFault = call === culprit;
      this.#events.failed(call, { kind: 'limit', limit, reloaded: true, ownFault, place: ownFault ? this.#stoppedAt : null });
    }
    this.#calls.clear();
    this.close();
    this.#events.ended();
  }

  #forget(request: number): void {
    const asked = this.#requests.get(request);
    if (!asked) return;
    this.#requests.delete(request);
    this.#calls.get(asked.call)?.requests.delete(request);
    this.#pendingBytes -= asked.bytes;
    clearTimeout(this.#timers.get(request));
    this.#timers.delete(request);
  }

  #forgetAllIfIdle(): void {
    if (this.#calls.size > 0 || this.#state !== 'ready') return;
    // The guest may be in the middle of a turn.
    queueMicrotask(() => {
      if (this.#calls.size > 0 || this.#state !== 'ready') return;
      try {
        this.#guest?.forget();
      } catch {
        this.close();
        this.#events.ended();
      }
    });
  }
}
