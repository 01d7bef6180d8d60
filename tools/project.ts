import { spawn, type SpawnOptions } from 'node:child_process';
import path from 'node:path';

export const projectFolder: string = path.dirname(import.meta.dirname);
export const distFolder: string = path.join(projectFolder, 'dist');

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, with its output shown (`inherit`) or collected. A command that can't be started has code 127. */
export function execute(command: string, args: readonly string[], options: SpawnOptions & { readonly show?: boolean } = {}): Promise<Outcome> {
  const { show = false, ...rest } = options;
  return new Promise((resolve) => {
    const settings: SpawnOptions = { cwd: projectFolder, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'], ...rest };
    // Windows starts a script only through its shell.
    const child = command.endsWith('.cmd')
      ? spawn(
          `"${command}"`,
          args.map((arg) => `"${arg}"`),
          { ...settings, shell: true },
        )
      : spawn(command, args, settings);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: stderr + error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

/** The command of an installed development tool. */
export function bin(name: string): string {
  return path.join(projectFolder, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
}
