import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

declare const __APP_VERSION__: string;

export interface ProgramFiles {
  readonly appVersion: string;
  readonly pageFolder: string;
  readonly workers: { readonly broker: string; readonly store: string };
}

/** Where this program's other files are: beside its bundle in `dist/`, or in the source tree when it runs from source. */
export function findProgramFiles(ownFile: string = import.meta.filename): ProgramFiles {
  const folder = path.dirname(ownFile);
  if (!ownFile.endsWith('.ts')) {
    const url = (name: string): string => pathToFileURL(path.join(folder, '..', 'workers', name)).href;
    return {
      appVersion: __APP_VERSION__,
      pageFolder: path.join(folder, '..', 'page'),
      workers: { broker: url('broker-worker.js'), store: url('store-worker.js') },
    };
  }
  const root = path.join(folder, '..', '..', '..');
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const url = (...names: readonly string[]): string => pathToFileURL(path.join(root, 'src', 'main', 'engine', ...names)).href;
  return {
    appVersion: version,
    pageFolder: path.join(root, 'dist', 'page'),
    workers: { broker: url('broker', 'broker-worker.ts'), store: url('store', 'store-worker.ts') },
  };
}

export function isPageBuilt({ pageFolder }: ProgramFiles): boolean {
  return existsSync(path.join(pageFolder, 'index.html'));
}
