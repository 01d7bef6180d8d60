import { createReadStream } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Files in `assets/` have their content's hash in the name; everything else is asked for again each time. */
const hashedName = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

/** Answers with a file of the page folder; false when there is none of that path. Never leaves the folder, also not over a link. */
export async function sendStaticFile(folder: string, urlPath: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const file = await locate(folder, urlPath);
  if (file === undefined) return false;
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) return false;
    const etag = `"${stats.size.toString(16)}-${Math.round(stats.mtimeMs).toString(16)}"`;
    response.setHeader('Content-Type', types[path.extname(file).toLowerCase()] ?? 'application/octet-stream');
    response.setHeader('Cache-Control', hashedName.test(urlPath) ? 'private, max-age=31536000, immutable' : 'private, no-cache');
    response.setHeader('ETag', etag);
    if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
      response.writeHead(304).end();
      return true;
    }
    response.writeHead(200, { 'Content-Length': stats.size });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream('', { fd: handle, autoClose: false, start: 0, end: Math.max(0, stats.size - 1) }), response);
    return true;
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
      return true;
    }
    if (isMissing(error)) return false;
    throw error;
  } finally {
    await handle?.close();
  }
}

async function locate(folder: string, urlPath: string): Promise<string | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  const names = decoded.split('/').filter((name) => name !== '');
  // Also on systems where `\` separates folders and `:` names drives and streams.
  if (names.some((name) => name.startsWith('.') || /[\\:\0]/.test(name))) return undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(path.join(root, ...(names.length === 0 ? ['index.html'] : names)));
    return file.startsWith(root + path.sep) ? file : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP' || code === 'EISDIR';
}
