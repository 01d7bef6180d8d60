import path from 'node:path';
import { isOwnUrl } from './origin.ts';

const mimeTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

export function mimeTypeOf(file: string): string {
  return mimeTypes[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
}

/** The file under `folder` that an address of ours names, or `undefined` when it names nothing there. */
export function pageFileOf(address: string, folder: string): string | undefined {
  if (!isOwnUrl(address)) return undefined;
  let name: string;
  try {
    name = decodeURIComponent(new URL(address).pathname);
  } catch {
    return undefined;
  }
  // A backslash separates folders on Windows, a colon names a drive or a stream there, NUL ends a name in system calls.
  if (/[\\:\0]/.test(name)) return undefined;
  const file = path.resolve(folder, `.${name === '/' ? '/index.html' : name}`);
  const inside = path.relative(folder, file);
  if (inside === '' || inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) return undefined;
  return file;
}
