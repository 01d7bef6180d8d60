import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import process from 'node:process';
import { callUsage, readCallArguments, type CallArguments } from './call-arguments.ts';
import { callOnce } from './call-once.ts';
import { errorText, exitCodeOf, reportLine, resultText } from './call-words.ts';

const signals = { SIGINT: 130, SIGHUP: 129, SIGTERM: 143 } as const;

/** Makes one call and ends with its exit code: see the user guide. */
async function main(args: readonly string[]): Promise<void> {
  let given: CallArguments | 'help';
  try {
    given = await readCallArguments(args, { env: process.env, readStandardInput: () => text(process.stdin), newId: randomUUID });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nnpm run call -- --help lists the arguments.\n`);
    process.exitCode = 2;
    return;
  }
  if (given === 'help') {
    process.stdout.write(callUsage);
    return;
  }
  // Not before: while the parameters are typed in, a signal simply ends the process.
  const cancel = new AbortController();
  for (const [signal, code] of Object.entries(signals)) {
    process.once(signal, () => {
      process.exitCode = code;
      cancel.abort();
    });
  }
  const report = await callOnce(given.plan, cancel.signal);
  if (report === null) {
    process.stderr.write('Cancelled.\n');
    return;
  }
  process.exitCode = exitCodeOf(report);
  if (given.json) process.stdout.write(reportLine(given.plan, report));
  else if ('result' in report.outcome) process.stdout.write(resultText(report.outcome.result));
  if ('error' in report.outcome) process.stderr.write(errorText(report.outcome.error, report.notes));
}

await main(process.argv.slice(2));
