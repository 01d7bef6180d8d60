import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import process from 'node:process';
import { CommandSignals } from '../command-signals.ts';
import { callUsage, readCallArguments, type CallArguments } from './call-arguments.ts';
import { callOnce } from './call-once.ts';
import { errorText, exitCodeOf, reportLine, resultText } from './call-words.ts';

/** Makes one call and resolves with the exit code: see the user guide. */
export async function callCommand(args: readonly string[]): Promise<number> {
  let given: CallArguments | 'help';
  try {
    given = await readCallArguments(args, { env: process.env, readStandardInput: () => text(process.stdin), newId: randomUUID });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nmqtt-workbench call --help lists the arguments.\n`);
    return 2;
  }
  if (given === 'help') {
    process.stdout.write(callUsage);
    return 0;
  }
  // Not before: while the parameters are typed in, a signal simply ends the process.
  const signals = new CommandSignals();
  const report = await callOnce(given.plan, signals.signal);
  if (report === null) {
    process.stderr.write('Cancelled.\n');
    return signals.exitCode ?? 130;
  }
  if (given.json) process.stdout.write(reportLine(given.plan, report));
  else if ('result' in report.outcome) process.stdout.write(resultText(report.outcome.result));
  if ('error' in report.outcome) process.stderr.write(errorText(report.outcome.error, report.notes));
  return exitCodeOf(report);
}
