import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import process from 'node:process';
import { readGfMessage, type GfResponseMessage } from '../../../../shared/coap/gf/message.ts';
import type { Dialect } from '../../../../shared/rpc/dialect.ts';
import { gf } from '../../../../shared/rpc/gf.ts';
import { CommandSignals } from '../../command-signals.ts';
import { callOnce, resultText } from '../../rpc/index.ts';
import { readRequestArguments, requestUsage, type RequestArguments } from './request-arguments.ts';
import { exitCodeOf, failureText, reportLine } from './request-words.ts';

/** Makes one request of gf_mqtt_client, as its synchronous client does, and resolves with the exit code: see the user guide. */
export async function requestCommand(args: readonly string[]): Promise<number> {
  let given: RequestArguments | 'help';
  try {
    given = await readRequestArguments(args, { env: process.env, readStandardInput: () => text(process.stdin), newId: randomUUID, now: Date.now });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nmqtt-workbench request --help lists the arguments.\n`);
    return 2;
  }
  if (given === 'help') {
    process.stdout.write(requestUsage);
    return 0;
  }
  const { link, request, qos, timeoutMs, json } = given;
  let response: GfResponseMessage | null = null;
  // An outcome tells neither the code of a success nor the other fields of the header.
  const dialect: Dialect = {
    ...gf,
    parse(message) {
      const parsed = gf.parse(message);
      if (response !== null || parsed.kind !== 'response' || parsed.key !== request.key) return parsed;
      const read = readGfMessage(message.payload);
      if (read.kind === 'response') response = read;
      return parsed;
    },
  };
  // Not before: while the body is typed in, a signal simply ends the process.
  const signals = new CommandSignals();
  const report = await callOnce({ link, dialect, request, qos, timeoutMs }, signals.signal);
  if (report === null) {
    process.stderr.write('Cancelled.\n');
    return signals.exitCode ?? 130;
  }
  if (json) process.stdout.write(reportLine(given, report, response));
  else if ('result' in report.outcome) process.stdout.write(resultText(report.outcome.result));
  if ('error' in report.outcome) process.stderr.write(failureText(report, report.outcome.error, response));
  return exitCodeOf(report);
}
