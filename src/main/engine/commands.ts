import process from 'node:process';

/** Each answers with an exit code. Loaded when it is asked for: none needs the others, and no window needs any. */
const commands: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> = {
  call: async () => (await import('./rpc/call-command.ts')).callCommand,
  run: async () => (await import('./collections/cli/run-command.ts')).runCommand,
};

export const commandNames: readonly string[] = Object.keys(commands);

/** What `mqtt-workbench call …` and `mqtt-workbench run …` do, with the words after that name. Resolves with the exit code. */
export async function runNamedCommand(name: string, args: readonly string[]): Promise<number> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    process.stderr.write(`There is no command "${name}", but ${commandNames.join(' and ')}.\n`);
    return 2;
  }
  try {
    return await (
      await load()
    )(args);
  } catch (error) {
    process.stderr.write(`This is an error in the workbench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}
