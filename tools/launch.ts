import { spawn } from 'node:child_process';
import path from 'node:path';
import { buildIfStale } from './build.ts';
import { displayMissing, electronSwitches, findElectron } from './electron.ts';
import { distFolder, projectFolder } from './project.ts';

const args = process.argv.slice(2);
const asksForHost = args.some((arg) => arg === '--headless' || arg === '--help' || arg === '-h');

await buildIfStale();
if (asksForHost) serveBrowser(args);
else {
  const noDisplay = displayMissing();
  const electron = noDisplay ? { missing: noDisplay } : await findElectron({ download: true });
  if ('executable' in electron) openDesktop(electron.executable);
  else {
    console.log(`${electron.missing}, so the workbench is served to your browser instead of opening a window.`);
    serveBrowser(args);
  }
}

function openDesktop(executable: string): void {
  hand(executable, [...electronSwitches(), projectFolder, ...args]);
}

function serveBrowser(hostArgs: readonly string[]): void {
  hand(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    path.join(distFolder, 'headless', 'main.js'),
    ...hostArgs.filter((arg) => arg !== '--headless'),
  ]);
}

/** Hands over to the program: its exit code is ours; a wish to end is passed on so that it can close its connections properly. */
function hand(command: string, commandArgs: readonly string[]): void {
  const child = spawn(command, commandArgs, { stdio: 'inherit', cwd: projectFolder });
  process.on('SIGINT', () => {});
  let asked = false;
  const end = (): void => {
    if (!asked) child.kill('SIGTERM');
    asked = true;
  };
  process.on('SIGTERM', end).on('SIGHUP', end);
  child.on('error', (error) => {
    console.error(`${command} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 0));
}
