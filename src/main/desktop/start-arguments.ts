import { createHash } from 'node:crypto';
import path from 'node:path';
import { commandNames } from '../engine/commands.ts';

/**
 * What is to be done without a window: `mqtt-workbench call …`. Switches of Chromium may stand before it, such as the `--no-sandbox` of AppImages; `undefined`: a
 * window is wanted. `argv`: as Electron has it, with the program first, and in an app that is not packaged its folder.
 */
export function commandArguments(argv: readonly string[], isPackaged: boolean): { readonly name: string; readonly args: readonly string[] } | undefined {
  const words = argv.slice(1);
  const isSwitch = (word: string | undefined): boolean => word !== undefined && word.startsWith('--') && !word.startsWith('--workspace');
  while (isSwitch(words[0])) words.shift();
  if (!isPackaged) {
    words.shift();
    while (isSwitch(words[0])) words.shift();
  }
  const [name, ...args] = words;
  return name !== undefined && commandNames.includes(name) ? { name, args } : undefined;
}

/** The folder named by `--workspace DIR` or `--workspace=DIR`, absolute; `undefined` without one. */
export function workspaceArgument(args: readonly string[], currentFolder: string): string | undefined {
  const index = args.findIndex((arg) => arg === '--workspace' || arg.startsWith('--workspace='));
  const arg = args[index];
  if (arg === undefined) return undefined;
  const value = arg === '--workspace' ? args[index + 1] : arg.slice('--workspace='.length);
  return value === undefined || value === '' || value.startsWith('--') ? undefined : path.resolve(currentFolder, value);
}

export interface AppFolders {
  /** Electron's own files; also what the single-instance lock is for, so each workspace may be open once. */
  readonly userData: string;
  readonly workspace: string;
}

/** Electron keeps its own files apart from the workspace, which people may put under version control. */
export function appFolders(electronFolder: string, workspace: string | undefined, defaultWorkspace: string): AppFolders {
  if (workspace === undefined) return { userData: path.join(electronFolder, 'desktop'), workspace: defaultWorkspace };
  const name = createHash('sha256').update(workspace).digest('hex').slice(0, 16);
  return { userData: path.join(electronFolder, 'workspaces', name), workspace };
}
