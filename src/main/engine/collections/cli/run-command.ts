import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import type { RunEvent, RunRequest, RunResult, RunSummary } from '../../../../shared/contract/collections.ts';
import { harmless } from '../../terminal-text.ts';
import { CommandSignals } from '../../command-signals.ts';
import { jsonReport } from '../../../../shared/collections/reports/json-report.ts';
import { junitReport } from '../../../../shared/collections/reports/junit-report.ts';
import { createPrettyReport } from './reports/pretty-report.ts';
import type { RunReport } from '../../../../shared/collections/reports/run-report.ts';
import { readRunArguments, runUsage, type RunArguments } from './run-arguments.ts';
import { runCollection, type RunEnd } from './run-collection.ts';

/** Runs a collection and resolves with the exit code: see the user guide. */
export async function runCommand(args: readonly string[]): Promise<number> {
  let given: RunArguments | 'help';
  try {
    given = await readRunArguments(args, { env: process.env, newId: randomUUID });
  } catch (error) {
    process.stderr.write(`${harmless((error as Error).message)}\nmqtt-workbench run --help lists the arguments.\n`);
    return 2;
  }
  if (given === 'help') {
    process.stdout.write(runUsage);
    return 0;
  }
  const signals = new CommandSignals();
  const record = new Recorder(given);
  const end = await runCollection(given, record.take, signals.signal);
  const code = exitCodeOf(end);
  for (const line of linesOf(end)) process.stderr.write(`${harmless(line)}\n`);
  const isWritten = await record.write();
  return signals.exitCode ?? (isWritten ? code : 2);
}

function exitCodeOf(end: RunEnd): number {
  switch (end.kind) {
    case 'unusable':
      return 2;
    case 'not-connected':
      return 6;
    case 'cancelled':
      return 130;
    case 'ran':
      if (end.lost) return 6;
      return end.summary.failed > 0 ? 3 : 0;
  }
}

function linesOf(end: RunEnd): readonly string[] {
  switch (end.kind) {
    case 'unusable':
      return end.problems;
    case 'not-connected':
      return [end.error.message, end.error.advice].filter((line) => line !== '');
    case 'cancelled':
      return ['Cancelled.'];
    case 'ran':
      return end.lost ? ['The connection was lost, so the run was ended.', end.lost.message, end.lost.advice].filter((line) => line !== '') : [];
  }
}

/** Writes what people read at once, and collects what is to be written at the end. */
class Recorder {
  readonly #given: RunArguments;
  readonly #startedAt = Date.now();
  readonly #pretty: (event: RunEvent) => string;
  /** The pretty report for a file is without colours. */
  readonly #plain: (event: RunEvent) => string;
  readonly #results: RunResult[] = [];
  #plainText = '';
  #name = '';
  #requests: readonly RunRequest[] = [];
  #summary: RunSummary | null = null;

  constructor(given: RunArguments) {
    this.#given = given;
    const about = { broker: this.#broker, environment: given.environment?.name ?? null };
    this.#pretty = createPrettyReport({ ...about, colours: wantsColours() });
    this.#plain = createPrettyReport({ ...about, colours: false });
  }

  get #broker(): string | null {
    const profile = this.#given.link?.profile;
    // The address may hold a user and a password.
    return profile === undefined ? null : profile.uri.replace(/\/\/[^/]*@/, '//');
  }

  readonly take = (event: RunEvent): void => {
    const { reporter, output } = this.#given;
    if (event.type === 'started') [this.#name, this.#requests] = [event.name, event.requests];
    else if (event.type === 'ended') this.#summary = event.summary;
    if (reporter === 'pretty' || output !== null) process.stdout.write(this.#pretty(event));
    if (reporter === 'pretty' && output !== null) this.#plainText += this.#plain(event);
    if (reporter !== 'pretty' && event.type === 'result') this.#results.push(event.result);
  };

  /** False: it could not be written, which has been said. */
  async write(): Promise<boolean> {
    const { reporter, output, environment, iterations } = this.#given;
    if (!this.#summary) return true;
    const report: RunReport = {
      name: this.#name,
      startedAt: this.#startedAt,
      broker: this.#broker,
      environment: environment?.name ?? null,
      requests: this.#requests,
      iterations,
      results: this.#results,
      summary: this.#summary,
    };
    const text = reporter === 'pretty' ? this.#plainText : reporter === 'json' ? jsonReport(report) : junitReport(report);
    if (output === null) {
      if (reporter !== 'pretty') process.stdout.write(text);
      return true;
    }
    try {
      await writeFile(output, text);
      return true;
    } catch (error) {
      process.stderr.write(`The report could not be written to ${harmless(output)} (${(error as NodeJS.ErrnoException).code}).\n`);
      return false;
    }
  }
}

/** https://no-color.org: any text but an empty one. */
function wantsColours(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
}
