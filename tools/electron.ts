import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execute, projectFolder } from './project.ts';

/** An Electron that can be started here, or why there is none, as one sentence. */
export type ElectronLookup = { readonly executable: string } | { readonly missing: string };

const packageFolder = path.join(projectFolder, 'node_modules', 'electron');
const executableName = process.platform === 'win32' ? 'electron.exe' : process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';

/** Finds Electron: the given runtime folder, the installed one, else (with `download`) fetches it once. */
export async function findElectron(options: { readonly download: boolean }): Promise<ElectronLookup> {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (given) {
    const executable = path.join(given, executableName);
    return existsSync(executable) ? { executable } : { missing: `ELECTRON_OVERRIDE_DIST_PATH names ${given}, but there is no Electron in it` };
  }
  const pathFile = path.join(packageFolder, 'path.txt');
  const installed = (): string | undefined => {
    if (!existsSync(pathFile)) return undefined;
    const executable = path.join(packageFolder, 'dist', readFileSync(pathFile, 'utf8'));
    return existsSync(executable) ? executable : undefined;
  };
  const executable = installed();
  if (executable) return { executable };
  if (!options.download) return { missing: 'Electron is not installed' };
  console.log('Fetching Electron (once) …');
  const result = await execute(process.execPath, [path.join(packageFolder, 'install.js')], { timeout: 300_000 });
  const fetched = installed();
  return fetched && result.code === 0 ? { executable: fetched } : { missing: 'Electron could not be downloaded' };
}

/** Why no window can be opened on this machine, or `undefined`. */
export function displayMissing(): string | undefined {
  if (process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) return undefined;
  return 'This machine has no display';
}

/** Electron's own sandbox can't be used by root; everything else keeps it. */
export function electronSwitches(): readonly string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
