// What the installed program does without a window, straight from source: its commands, and the broker alone.
import { commandNames, runNamedCommand } from '../src/main/engine/commands.ts';

const [name = '', ...args] = process.argv.slice(2);

if (name === 'broker') {
  // It reads the arguments itself.
  process.argv.splice(2, 1);
  await import('../src/main/engine/broker/cli/cli.ts');
} else if (name === '' || name === '--help' || name === '-h') {
  process.stdout.write(`Usage: npm run workbench -- COMMAND …\n\nCommands: ${[...commandNames, 'broker'].join(', ')}. Each has its own --help.\n`);
  process.exitCode = name === '' ? 2 : 0;
} else process.exitCode = await runNamedCommand(name, args);
