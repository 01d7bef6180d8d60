import type { GuestInspect } from './inspect.ts';
import type { GuestJson } from './json.ts';
import type { WebGlobals } from './web-globals.ts';

/**
 * What the sandbox tells and asks its host, all in texts that hold no NUL. `request` (a name and arguments as JSON) and `sleep` (ms) are answered
 * with the number of the request, or `!` and why there is none; `random` (how many) with bytes in hexadecimal. `done` and `failed` tell of a call by
 * its number, with the JSON of the result (empty for none) or of what was thrown; `loaded` likewise of the module; `console` of a level and a text
 * as JSON.
 */
export type AskHost = (kind: 'request' | 'sleep' | 'random' | 'console' | 'done' | 'failed' | 'loaded', first: string, second: string) => string;

/** What the host asks of the sandbox: texts again, JSON where there is more than one. */
export interface Guest {
  /** `module`: what the module exports, or a promise of it. */
  readonly load: (module: unknown, isPromise: boolean) => void;
  readonly start: (task: string) => void;
  /** Settles what `request` or `sleep` has given a number. */
  readonly settle: (answer: string) => void;
  /** Nobody waits any more. */
  readonly forget: () => void;
  /** A `Thrown` as JSON. */
  readonly describe: (value: unknown) => string;
}

/** `bigs`: paths within the JSON `args`, or `value`, to digits that stand for a number. */
export interface GuestTask {
  readonly call: string;
  readonly exportName: string;
  readonly args: string;
  readonly bigs: readonly (readonly (string | number)[])[];
}

/** `value`: JSON, empty for none. */
export type GuestAnswer =
  | { readonly id: string; readonly value: string; readonly bigs: GuestTask['bigs'] }
  | { readonly id: string; readonly message: string; readonly code: string };

/** Runs inside the sandbox, from its own text: uses nothing from outside this function. Makes the globals of scripts. */
export function guest(
  ask: AskHost,
  functionNames: string,
  maxJson: number,
  { read, write }: GuestJson,
  { line, thrown }: GuestInspect,
  makeWebGlobals: (randomBytes: (count: number) => Uint8Array) => WebGlobals,
): Guest {
  const { parse, stringify } = JSON;
  const requests = new Map<string, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void; readonly site: string }>();
  let exported: Readonly<Record<string, unknown>> = {};

  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  };
  const fail = (message: string, code: string, stack: string): Error => {
    const error = Object.assign(new Error(message), { code });
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
    return error;
  };
  const wait = (id: string): Promise<unknown> => {
    // Where it is asked for: when the answer comes, nothing of the script is on the stack.
    const site = new Error().stack ?? '';
    if (id.startsWith('!')) return Promise.reject(fail(id.slice(1), 'script-limit', site));
    return new Promise((resolve, reject) => void requests.set(id, { resolve, reject, site }));
  };
  const hostFunction = (name: string): ((...args: readonly unknown[]) => Promise<unknown>) => {
    // `async`: arguments that have no JSON reject, as everything else that fails.
    const run = async (...args: readonly unknown[]): Promise<unknown> => wait(ask('request', name, write(args, `The arguments of ${name}()`, maxJson)));
    return Object.defineProperty(run, 'name', { value: name });
  };
  for (const name of parse(functionNames) as readonly string[]) define(name, hostFunction(name));

  const sleep = (ms: unknown = 0): Promise<unknown> => wait(ask('sleep', String(Number(ms)), ''));
  const say =
    (level: string) =>
    (...values: readonly unknown[]): void =>
      void ask('console', level, stringify(line(values)));
  const sayError = say('error');

  let timerCount = 0;
  const timers = new Set<number>();
  const setTimeout = (run: unknown, ms: unknown = 0, ...args: readonly unknown[]): number => {
    if (typeof run !== 'function') throw new TypeError('setTimeout takes a function.');
    timerCount += 1;
    const id = timerCount;
    timers.add(id);
    sleep(ms)
      .then(() => (timers.delete(id) ? (Reflect.apply(run, undefined, args) as unknown) : undefined))
      .catch((error: unknown) => sayError('In setTimeout:', error));
    return id;
  };
  const queueMicrotask = (run: () => unknown): void => {
    Promise.resolve()
      .then(run)
      .catch((error: unknown) => sayError('In queueMicrotask:', error));
  };
  define('sleep', sleep);
  define('setTimeout', setTimeout);
  define('clearTimeout', (id: number) => void timers.delete(id));
  define('queueMicrotask', queueMicrotask);
  define('console', {
    log: say('log'),
    info: say('info'),
    warn: say('warn'),
    error: sayError,
    debug: say('debug'),
    assert: (isTrue: unknown, ...values: readonly unknown[]) => (isTrue ? undefined : sayError('Assertion failed:', ...values)),
  });
  const randomBytes = (count: number): Uint8Array => {
    const hex = ask('random', String(count), '');
    return Uint8Array.from({ length: count }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
  };
  for (const [name, value] of Object.entries(makeWebGlobals(randomBytes))) define(name, value);

  const describe = (value: unknown): string => stringify(thrown(value));

  const load = (module: unknown, isPromise: boolean): void => {
    const done = (namespace: unknown): void => {
      exported = namespace as typeof exported;
      ask('loaded', '', '');
    };
    if (isPromise) (module as Promise<unknown>).then(done, (error: unknown) => ask('loaded', '', describe(error)));
    else done(module);
  };

  const run = async (call: string, { exportName, args, bigs }: Omit<GuestTask, 'call'>): Promise<void> => {
    try {
      const entry = exportName in exported ? exported[exportName] : undefined;
      if (typeof entry !== 'function') {
        const what = exportName === 'default' ? 'default export' : `export “${exportName}”`;
        throw fail(entry === undefined ? `The script has no ${what}.` : `The ${what} of the script is not a function.`, '', '');
      }
      const result = (await Reflect.apply(entry, undefined, read(args, bigs) as readonly unknown[])) as unknown;
      ask('done', call, write(result, 'The result', maxJson));
    } catch (error) {
      ask('failed', call, describe(error));
    }
  };
  const start = (task: string): void => {
    const { call, ...what } = parse(task) as GuestTask;
    // What stops a script goes past every `catch` within.
    run(call, what).then(undefined, (error: unknown) => ask('failed', call, describe(error)));
  };

  const settle = (answer: string): void => {
    const settled = parse(answer) as GuestAnswer;
    const request = requests.get(settled.id);
    requests.delete(settled.id);
    if ('message' in settled) request?.reject(fail(settled.message, settled.code, request.site));
    else request?.resolve(settled.value === '' ? undefined : read(settled.value, settled.bigs));
  };

  return { load, start, settle, forget: () => requests.clear(), describe };
}
