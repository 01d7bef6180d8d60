import { existsSync } from 'node:fs';
import path from 'node:path';
import { execute } from './project.ts';

/** A Chromium-family browser on this machine, or `undefined`. `CHROMIUM_PATH` wins. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_PATH'];
  const candidates =
    process.platform === 'win32'
      ? ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'].flatMap((file) =>
          [process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)'], process.env['LOCALAPPDATA']]
            .filter((folder) => folder !== undefined)
            .map((folder) => path.join(folder, file)),
        )
      : process.platform === 'darwin'
        ? ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
        : ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'].map((name) => onPath(name) ?? '');
  return [given ?? '', ...candidates].find((file) => file !== '' && existsSync(file));
}

/** Where a command is, as the shell would find it. */
export function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  // Debian keeps servers such as mosquitto where only root's PATH reaches.
  return [...folders, '/usr/sbin'].map((folder) => path.join(folder, process.platform === 'win32' ? `${name}.exe` : name)).find((file) => existsSync(file));
}

/** Debian packages that a root machine (CI) gets by itself; elsewhere a person decides. */
export async function installSystemPackages(packages: readonly string[]): Promise<{ readonly missing: readonly string[] }> {
  const missing: string[] = [];
  if (!onPath('dpkg-query')) return { missing: packages };
  for (const name of packages) {
    const { stdout } = await execute('dpkg-query', ['-W', '-f=${Status}', name]);
    if (!stdout.includes('install ok installed')) missing.push(name);
  }
  if (missing.length === 0 || process.getuid?.() !== 0 || !onPath('apt-get')) return { missing };
  console.log(`Installing ${missing.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = (): Promise<{ code: number; stderr: string }> => execute('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
  let result = await install();
  if (result.code !== 0) {
    await execute('apt-get', ['update', '-qq'], { env });
    result = await install();
  }
  if (result.code !== 0) console.log(`Some packages could not be installed: ${result.stderr.trim().split('\n').at(-1) ?? ''}`);
  return { missing: result.code === 0 ? [] : missing };
}
