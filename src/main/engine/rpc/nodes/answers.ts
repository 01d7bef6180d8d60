import type { RpcAnswer, RpcAnswerOutcome, RpcNodeLogLine } from '../../../../shared/contract/rpc-nodes.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { fillJsonTemplate, templateFunctions, type TemplateFunctions } from '../../../../shared/template/index.ts';
import type { RuledCall } from './rules.ts';

/** What a script of a node may do, each asynchronous in the script. */
export type ScriptFunctions = Readonly<Record<string, (args: readonly JsonValue[], signal: AbortSignal) => Promise<JsonValue | undefined>>>;

export interface OpenScript {
  /** Rejects with what the script threw, or the limit it hit. */
  call(exportName: string, args: readonly JsonValue[], options?: { readonly signal?: AbortSignal }): Promise<JsonValue | undefined>;
  close(): void;
}

/** Where scripts run. */
export interface ScriptRunner {
  open(options: {
    readonly name: string;
    readonly source: string;
    readonly functions: ScriptFunctions;
    readonly onConsole: (line: Pick<RpcNodeLogLine, 'level' | 'text'>) => void;
  }): OpenScript;
}

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
  readonly script: OpenScript;
}

/** Works answers out. Scripts stay loaded from call to call, with the state of their modules, until their source changes; so do the counters of templates. */
export class Answers {
  readonly #options: AnswersOptions;
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

  /** Never rejects, but for an aborted signal: what goes wrong is the error that is answered. */
  work(answer: RpcAnswer, call: RuledCall, signal: AbortSignal): RpcAnswerOutcome | Promise<RpcAnswerOutcome> {
    switch (answer.kind) {
      case 'static':
        return { result: answer.result };
      case 'error':
        return { error: answer.message };
      case 'template':
        return this.#fill(answer.text, call);
      case 'script':
        return this.#run(answer.source, call, signal);
    }
  }

  /** Runs the script of a rule. Rejects with what it threw. */
  ask(ruleId: string, source: string, call: RuledCall, signal: AbortSignal): Promise<JsonValue | undefined> {
    return this.#script(`rule ${ruleId}`, source, `rule ${ruleId}`).call('default', [{ ...call }], { signal });
  }

  /** Scripts of methods and rules that are gone are not kept. */
  keepOnly(sources: ReadonlySet<string>): void {
    for (const [name, { source, script }] of this.#scripts) {
      if (sources.has(source)) continue;
      this.#scripts.delete(name);
      script.close();
    }
  }

  close(): void {
    this.keepOnly(new Set());
  }

  #fill(text: string, { params, method, callerId, topic }: RuledCall): RpcAnswerOutcome {
    const filled = fillJsonTemplate(text, { params, method, callerId, topic }, this.#templateFunctions);
    return 'value' in filled ? { result: filled.value } : { error: `The template of this method cannot be filled in: ${filled.problem}` };
  }

  async #run(source: string, call: RuledCall, signal: AbortSignal): Promise<RpcAnswerOutcome> {
    const { params, ...about } = call;
    try {
      const result = await this.#script(`method ${call.method}`, source, call.method).call('default', [params, about], { signal });
      return { result: result ?? null };
    } catch (error) {
      if (signal.aborted) throw error;
      return { error: error instanceof Error ? error.message : String(error) };
    }
  }

  #script(name: string, source: string, method: string): OpenScript {
    const known = this.#scripts.get(name);
    if (known?.source === source) return known.script;
    known?.script.close();
    const { scripts, functions, onConsole } = this.#options;
    const script = scripts.open({ name, source, functions, onConsole: (line) => onConsole(method, line) });
    this.#scripts.set(name, { source, script });
    return script;
  }
}
