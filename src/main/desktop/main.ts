import { app } from 'electron';
import { runNamedCommand } from '../engine/commands.ts';
import { startDesktop } from './desktop-app.ts';
import { commandArguments } from './start-arguments.ts';

const command = commandArguments(process.argv, app.isPackaged);
// Electron goes on to its displays, windows and locks only when this module has been run to its end, so a command needs none of them.
if (command) process.exit(await runNamedCommand(command.name, command.args));
else startDesktop();
