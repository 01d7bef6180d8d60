import type { RpcAnswer, RpcAnswerOutcome, RpcNodeLogLine } from '../../../../shared/contract/rpc-nodes.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { fillJsonTemplate, templateFunctions, type TemplateFunctions } from '../../../../shared/template/index.ts';
import type { HostFunction, Script, Scripts } from '../../scripts/index.ts';
import type { RuledCall } from './rules.ts';

/** What a script of a node may do, each asynchronous in the script. */
export type ScriptFunctions = Readonly<Record<string, HostFunction>>;

export type ScriptRunner = Pick<Scripts, 'open'>;

export interface AnswersOptions {
  readonly scripts: ScriptRunner;
  readonly functions: ScriptFunctions;
  readonly onConsole: (method: string, line: Pick<RpcNodeLogLine, 'level' | 'text'>) => void;
  /** Unix ms. */
  readonly now: () => number;
  readonly random: () => number;
  readonly newId: () => string;
}

interface CachedScript {
  readonly source: string;
  readonly script: Script;
  running: number;
  /** It is closed when nothing runs in it any more. */
  isRetired: boolean;
}

/** Each has memory of its own. Beyond, the one that was not used for the longest time begins anew with its next call. */
const maxOpenScripts = 50;
/** As many as a node runs requests at once. */
const concurrentCalls = 1000;
/** A method may wait for others; who waits for permission waits for nothing else. */
const methodLimits = { concurrentCalls, cpuMs: 1000, wallMs: 60_000 };
const ruleLimits = { concurrentCalls, cpuMs: 500, wallMs: 5000 };

/** Works answers out. Scripts stay loaded from call to call, with the state of their modules, until their source changes; so do the counters of templates. */
export class Answers {
  readonly #options: AnswersOptions;
  /** The one that was used last at the end. */
  readonly #scripts = new Map<string, CachedScript>();
  readonly #templateFunctions: TemplateFunctions;

  constructor(options: AnswersOptions) {
    this.#options = options;
    const counters = new Map<string, number>();
    const count = (name: string): number => {
      const next = (counters.get(name) ?? 0) + 1;
      counters.set(name, next);
      return next;
    };
    this.#templateFunctions = templateFunctions({ now: options.now, random: options.random, newId: options.newId, count });
  }

  /**
   * Never rejects, but for an aborted signal: what goes wrong is the error that is answered. Templates and scripts see every member of the call. `name`: which script it is, and who prints;
   * absent: the method.
   */
  work(answer: RpcAnswer, call: RuledCall, signal: AbortSignal, name = call.method): RpcAnswerOutcome | Promise<RpcAnswerOutcome> {
    switch (answer.kind) {
      case 'static':
        return { result: answer.result };
      case 'error':
        return { error: answer.message };
      case 'template':
        return this.#fill(answer.text, call);
      case 'script':
        return this.#run(answer.source, call, signal, name);
    }
  }

  /** Runs the script of a rule. Rejects with what it threw. */
  ask(ruleId: string, source: string, call: RuledCall, signal: AbortSignal): Promise<JsonValue | undefined> {
    return this.#call({ name: `rule ${ruleId}`, source, method: call.method, limits: ruleLimits }, [{ ...call }], signal);
  }

  /** Scripts of methods and rules that are gone are not kept. */
  keepOnly(sources: ReadonlySet<string>): void {
    for (const [name, { source }] of this.#scripts) {
      if (!sources.has(source)) this.#retire(name);
    }
  }

  close(): void {
    this.keepOnly(new Set());
  }

  #fill(text: string, call: RuledCall): RpcAnswerOutcome {
    const filled = fillJsonTemplate(text, { ...call }, this.#templateFunctions);
    if ('value' in filled) return { result: filled.value };
    const before = text.slice(0, filled.at);
    const place = { line: before.split('\n').length, column: filled.at - before.lastIndexOf('\n') };
    return { error: `The template of this method cannot be filled in: ${filled.problem}`, place };
  }

  async #run(source: string, call: RuledCall, signal: AbortSignal, name: string): Promise<RpcAnswerOutcome> {
    const { params, ...about } = call;
    try {
      const what = { name: `method ${name}`, source, method: name, limits: methodLimits };
      const result = await this.#call(what, [params, about], signal);
      return { result: result ?? null };
    } catch (error) {
      if (signal.aborted) throw error;
      return { error: error instanceof Error ? error.message : String(error), place: placeOf(error) };
    }
  }

  async #call(what: WhichScript, args: readonly JsonValue[], signal: AbortSignal): Promise<JsonValue | undefined> {
    const cached = this.#open(what);
    cached.running += 1;
    try {
      return await cached.script.call('default', args, { signal });
    } finally {
      cached.running -= 1;
      if (cached.isRetired && cached.running === 0) cached.script.close();
    }
  }

  #open({ name, source, method, limits }: WhichScript): CachedScript {
    const known = this.#scripts.get(name);
    if (known?.source === source) {
      this.#scripts.delete(name);
      this.#scripts.set(name, known);
      return known;
    }
    this.#retire(name);
    const [oldest] = this.#scripts.keys();
    if (oldest !== undefined && this.#scripts.size >= maxOpenScripts) this.#retire(oldest);
    const { scripts, functions, onConsole } = this.#options;
    const script = scripts.open({ name: `${name}.js`, source, functions, onConsole: (line) => onConsole(method, line), limits });
    const cached: CachedScript = { source, script, running: 0, isRetired: false };
    this.#scripts.set(name, cached);
    return cached;
  }

  /** What was begun with the old source comes to its end. */
  #retire(name: string): void {
    const cached = this.#scripts.get(name);
    if (!cached) return;
    this.#scripts.delete(name);
    cached.isRetired = true;
    if (cached.running === 0) cached.script.close();
  }
}

/** The line of a script that a coded error names. */
function placeOf(error: unknown): { readonly line: number; readonly column: number | null } | undefined {
  const { line, column } = (error instanceof CodedError ? (error.data ?? {}) : {}) as { readonly line?: unknown; readonly column?: unknown };
  return typeof line === 'number' ? { line, column: typeof column === 'number' ? column : null } : undefined;
}

interface WhichScript {
  readonly name: string;
  readonly source: string;
  /** Named with what the script prints. */
  readonly method: string;
  readonly limits: typeof methodLimits;
}
