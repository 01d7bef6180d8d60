import { createHash } from 'node:crypto';
import path from 'node:path';

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

/** The default workspace lives inside the app's own folder; any other gets an own app folder beside it. */
export function appFolders(defaultUserData: string, workspace: string | undefined): AppFolders {
  if (workspace === undefined) return { userData: defaultUserData, workspace: path.join(defaultUserData, 'workspace') };
  const name = createHash('sha256').update(workspace).digest('hex').slice(0, 16);
  return { userData: path.join(defaultUserData, 'workspaces', name), workspace };
}
