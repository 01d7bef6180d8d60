import { z } from 'zod';
import type { AssertionResult, RunResult } from '../../../../shared/contract/collections.ts';
import { variableNameSchema } from '../../../../shared/contract/environments.ts';
import { cut } from '../../../../shared/collections/shown-text.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { createScripts } from '../../scripts/index.ts';
import type { CheckSubject } from '../checks/check-thread.ts';
import { guestSource } from './guest-source.ts';

/** What runs scripts. */
export type ScriptRunner = Pick<ReturnType<typeof createScripts>, 'open' | 'check'>;

/** Lines of the console that a result shows. */
const maxLogLines = 100;
const maxVariableLength = 65_536;

export interface ScriptOutcome {
  /** What went wrong, apart from what `expect` noticed. */
  readonly problem: RunResult['problem'];
  readonly assertions: readonly AssertionResult[];
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/** The script of one request, from `before` to `after`. */
export interface RequestScript {
  /** Rejects with `cancelled` only. */
  before(variables: Scope, signal: AbortSignal): Promise<ScriptOutcome>;
  after(subject: CheckSubject, variables: Scope, signal: AbortSignal): Promise<ScriptOutcome>;
  readonly log: RunResult['log'];
  close(): void;
}

type Scope = Readonly<Record<string, JsonValue>>;

const outcomeSchema = z.object({
  checks: z.array(z.object({ label: z.string(), passed: z.boolean(), expected: z.string(), actual: z.string() })),
  variables: z.record(z.string(), z.string()),
});

export function openRequestScript(scripts: ScriptRunner, source: string): RequestScript {
  const log: RunResult['log'][number][] = [];
  const script = scripts.open({
    name: 'script.js',
    source: source + guestSource,
    onConsole: ({ level, text }) => {
      if (log.length < maxLogLines) log.push({ level, text: cut(text) });
    },
  });
  const lineCount = source.split('\n').length;

  const problemOf = async (error: CodedError): Promise<NonNullable<RunResult['problem']>> => {
    const line = lineOf(error, lineCount);
    // What does not end in the script goes on in what stands after it.
    const syntax = error.code === 'script-error' && line === null ? await scripts.check(source) : null;
    const where = syntax?.line ?? line;
    const message = `The script failed${where === null ? '' : ` in line ${where}`}: ${syntax?.message ?? error.message}`;
    return { code: error.code, message, advice: syntax?.advice ?? error.advice, ...(where === null ? {} : { line: where }) };
  };

  const run = async (name: string, args: readonly JsonValue[], signal: AbortSignal): Promise<ScriptOutcome> => {
    let thrown: CodedError | null = null;
    let called: JsonValue | undefined;
    try {
      called = await script.call(name, args, { signal });
    } catch (error) {
      if (!(error instanceof CodedError) || error.code === 'cancelled') throw error;
      thrown = error;
    }
    if (thrown === null && called === false) {
      const message = 'The script has neither a function before nor a function after.';
      return { problem: { code: 'script-error', message, advice: 'Write function after(response, variables, expect) { … }.' }, assertions: [], variables: [] };
    }
    const { checks, variables } = await outcomeOf(signal);
    const isExpectation = thrown !== null && (thrown.data as { readonly name?: string } | undefined)?.name === 'ExpectationError';
    const line = thrown && lineOf(thrown, lineCount);
    const assertions = checks.map(({ label, passed, expected, actual }): AssertionResult => ({
      kind: 'script',
      label: cut(label),
      passed,
      expected: cut(expected),
      actual: cut(actual),
      message: passed ? '' : `The script expects something else${line === null ? '' : ` in line ${line}`}.`,
    }));
    const problem = thrown !== null && !isExpectation ? await problemOf(thrown) : null;
    const unusable = variables.find(([variable, value]) => !variableNameSchema.safeParse(variable).success || value.length > maxVariableLength);
    if (problem === null && unusable) {
      const message = `The script sets the variable "${cut(unusable[0])}", whose name or value cannot be used.`;
      return {
        problem: { code: 'script-error', message, advice: 'Names have letters, digits, "_", "." and "-"; values have 65536 characters at most.' },
        assertions,
        variables: [],
      };
    }
    return { problem, assertions, variables };
  };

  /** What the script has done until it failed as well. */
  const outcomeOf = async (
    signal: AbortSignal,
  ): Promise<{ readonly checks: z.infer<typeof outcomeSchema>['checks']; readonly variables: ScriptOutcome['variables'] }> => {
    try {
      const { checks, variables } = outcomeSchema.parse(await script.call('$workbenchOutcome', [], { signal }));
      return { checks, variables: Object.entries(variables) };
    } catch (error) {
      if (error instanceof CodedError && error.code === 'cancelled') throw error;
      // It was stopped in the middle, or gives more than it may: there is nothing to be had.
      return { checks: [], variables: [] };
    }
  };

  return {
    log,
    before: (variables, signal) => run('$workbenchBefore', [variables], signal),
    after: ({ status, code, body, elapsedMs }, variables, signal) => {
      const response = { status, [status === 'ok' ? 'result' : 'error']: body, elapsedMs };
      return run('$workbenchAfter', [code === undefined ? response : { ...response, code }, variables], signal);
    },
    close: () => script.close(),
  };
}

/** The innermost line that belongs to the script itself, not to what stands after it. */
function lineOf({ data }: CodedError, lineCount: number): number | null {
  const { line = null, stack = '' } = (data ?? {}) as { readonly line?: number | null; readonly stack?: string };
  if (line !== null && line <= lineCount) return line;
  const lines = [...stack.matchAll(/script\.js:(\d+)/g)].map(([, digits]) => Number(digits));
  return lines.find((one) => one <= lineCount) ?? null;
}
