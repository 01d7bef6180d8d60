import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** Why a test is known to fail with an engine. In a name, `*` stands for anything. */
type Explanations = Readonly<Record<string, string>>;

export function readExplanations(file: string, engine: string): Explanations {
  const all = JSON.parse(readFileSync(path.join(import.meta.dirname, file), 'utf8')) as Readonly<Record<string, Explanations | undefined>>;
  return all[engine] ?? {};
}

export interface Checked {
  readonly explained: ReadonlyMap<string, string>;
  readonly unexplained: readonly string[];
  /** Explanations that no failure needs any more. */
  readonly stale: readonly string[];
}

export function checkFailures(failures: readonly string[], explanations: Explanations): Checked {
  const explained = new Map<string, string>();
  const used = new Set<string>();
  for (const failure of failures) {
    const name = Object.keys(explanations).find((key) => matches(key, failure));
    if (name === undefined) continue;
    used.add(name);
    explained.set(failure, explanations[name] as string);
  }
  return { explained, unexplained: failures.filter((failure) => !explained.has(failure)), stale: Object.keys(explanations).filter((key) => !used.has(key)) };
}

/** Names are full of brackets and slashes, which the usual patterns for files give a meaning. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  if (!name.startsWith(first)) return false;
  if (others.length === 0) return name === first;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.endsWith(others.at(-1) as string);
}

export interface SuiteOptions {
  readonly engine: string;
  /** Only tests whose names contain this. */
  readonly only: string;
  readonly json: string;
  readonly parallel: number | null;
}

export function readSuiteOptions(suite: string, args: readonly string[]): SuiteOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { engine: { type: 'string' }, only: { type: 'string' }, json: { type: 'string' }, parallel: { type: 'string' } },
  });
  const engine = values.engine ?? 'core';
  const json = values.json ?? path.join('test-results', `${suite}-${engine}.json`);
  return { engine, only: values.only ?? '', json, parallel: values.parallel === undefined ? null : Number(values.parallel) };
}

/** Says what is known and what is not; the exit code of the run. With a filter, explanations may look stale that are not. */
export function reportChecked({ explained, unexplained, stale }: Checked, all: boolean): number {
  const reasons = Map.groupBy(explained.values(), (reason) => reason);
  for (const [reason, { length }] of reasons) console.log(`explained: ${length} × ${reason}`);
  if (all) for (const key of stale) console.log(`no longer failing, so it needs no explanation: ${key}`);
  console.log(unexplained.length === 0 ? 'every failure is explained' : `${unexplained.length} failures without explanation`);
  return unexplained.length === 0 && (!all || stale.length === 0) ? 0 : 1;
}
