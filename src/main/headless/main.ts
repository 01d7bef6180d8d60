import { commandNames, runNamedCommand } from '../engine/commands.ts';
import { catchStrayErrors, describeBug } from '../engine/bug-reports.ts';
import { CodedError } from '../../shared/ipc/errors.ts';
import { readArguments, usage, type HeadlessArguments } from './arguments.ts';
import { startHeadlessHost, type HeadlessHost } from './headless-host.ts';
import { findProgramFiles, isPageBuilt } from './program-files.ts';

const reportBug = (error: unknown, where: string): void => console.error(`Unexpected error (${where}): ${describeBug(error)}`);

/** Exit codes: 0 stopped on request, 1 cannot start or crashed, 2 wrong arguments. */
async function main(): Promise<void> {
  catchStrayErrors(reportBug, () => process.exit(1));
  const args = parseArguments();
  if (!args) return;
  const stopAsked = new Promise<void>((resolve) => {
    process.once('SIGINT', () => {
      resolve();
      process.on('SIGINT', () => process.exit(130));
    });
    // Whoever ends a whole group of processes reaches this one twice, as its starter passes the signal on: the second time is the same wish.
    process.on('SIGTERM', () => resolve()).on('SIGHUP', () => resolve());
  });
  const host = await start(args);
  if (!host) return;
  console.log(`MQTT Workbench is ready. Open this address in a browser:\n\n  ${host.url}\n\nCtrl+C stops it.`);
  if (args.startBroker) {
    console.log(await startBroker(host));
  }
  await stopAsked;
  await host.close();
  process.exit(0);
}

async function startBroker({ engine }: HeadlessHost): Promise<string> {
  try {
    const { phase, listeners, failure } = await engine.startBroker();
    if (phase === 'running') return `The local broker listens on ${listeners.map(({ url }) => url).join(' and ')}.`;
    return `The local broker did not start. ${failure?.message ?? ''} ${failure?.advice ?? ''}`.trim();
  } catch (error) {
    if (error instanceof CodedError) return `The local broker did not start. ${describe(error)}`;
    throw error;
  }
}

function parseArguments(): HeadlessArguments | undefined {
  try {
    const args = readArguments(process.argv.slice(2));
    if (args !== 'help') return args;
    console.log(usage);
  } catch (error) {
    console.error(`${describe(error)}\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

async function start(args: HeadlessArguments): Promise<HeadlessHost | undefined> {
  try {
    const files = findProgramFiles();
    if (!isPageBuilt(files))
      throw new CodedError('not-found', `The page is not built: ${files.pageFolder} has no index.html.`, { advice: 'Run npm run build first.' });
    return await startHeadlessHost(args, files, reportBug);
  } catch (error) {
    console.error(describe(error));
    process.exit(1);
  }
}

function describe(error: unknown): string {
  if (error instanceof CodedError) return [error.message, error.advice].filter(Boolean).join(' ');
  return describeBug(error);
}

const [name = '', ...args] = process.argv.slice(2);
if (commandNames.includes(name)) process.exitCode = await runNamedCommand(name, args);
else await main();
