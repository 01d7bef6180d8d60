import os from 'node:os';
import path from 'node:path';

export interface FolderSurroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

/** Where the workspace is unless the user names a folder: the place each system has for data of applications. */
export function defaultWorkspaceFolder(surroundings: FolderSurroundings = { platform: process.platform, env: process.env, homeFolder: os.homedir() }): string {
  const { platform, env, homeFolder } = surroundings;
  if (platform === 'win32') return path.win32.join(env['APPDATA'] || path.win32.join(homeFolder, 'AppData', 'Roaming'), 'MQTT Workbench');
  if (platform === 'darwin') return path.posix.join(homeFolder, 'Library', 'Application Support', 'MQTT Workbench');
  // The XDG base directory specification: a relative value is to be ignored.
  const dataHome = env['XDG_DATA_HOME'];
  return path.posix.join(dataHome && path.posix.isAbsolute(dataHome) ? dataHome : path.posix.join(homeFolder, '.local', 'share'), 'mqtt-workbench');
}
