import process from 'node:process';
import { catchStrayErrors, describeBug } from './bug-reports.ts';

/** Each answers with an exit code. Loaded when it is asked for: none needs the others, and no window needs any. */
const commands: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> = {
  call: async () => (await import('./rpc/call-command.ts')).callCommand,
  coap: async () => (await import('./coap/command/coap-command.ts')).coapCommand,
  mock: async () => (await import('./coap/mock-command/mock-command.ts')).mockCommand,
  request: async () => (await import('./coap/command/request-command.ts')).requestCommand,
  run: async () => (await import('./collections/cli/run-command.ts')).runCommand,
};

export const commandNames: readonly string[] = Object.keys(commands);

/** What `mqtt-workbench call …` and its like do, with the words after that name. Resolves with the exit code. */
export async function runNamedCommand(name: string, args: readonly string[]): Promise<number> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    process.stderr.write(`There is no command "${name}", but ${commandNames.join(', ')}.\n`);
    return 2;
  }
  const endWith = (error: unknown): never => {
    sayBug(error);
    process.exit(1);
  };
  catchStrayErrors(endWith, () => undefined);
  // Whoever reads may have seen enough: `… | head`. 128 and SIGPIPE is what such programs end with.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 141 : 1));
  try {
    const command = await load();
    return await command(args);
  } catch (error) {
    sayBug(error);
    return 1;
  } finally {
    // On Windows pipes are written later, and the process may end before.
    for (const stream of [process.stdout, process.stderr]) await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
}

function sayBug(error: unknown): void {
  process.stderr.write(`This is an error in the workbench: ${describeBug(error)}\n`);
}
