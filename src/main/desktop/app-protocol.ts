import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { securityHeaders } from '../../shared/security/content-security-policy.ts';
import { appScheme } from './origin.ts';
import { mimeTypeOf, pageFileOf } from './page-files.ts';

/** Has to run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

/** Serves the built page, and only that, under our own origin. */
export function serveApp(session: Session, pageFolder: string): void {
  session.protocol.handle(appScheme, (request) => respond(request, pageFolder));
}

async function respond(request: Request, pageFolder: string): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Only GET and HEAD are answered.');
  const file = pageFileOf(request.url, pageFolder);
  if (!file) return plain(404, 'Not found.');
  try {
    const bytes = await readFile(file);
    const headers = { ...securityHeaders, 'Content-Type': mimeTypeOf(file), 'Content-Length': String(bytes.length), 'Cache-Control': 'no-cache' };
    return new Response(request.method === 'HEAD' ? null : bytes, { headers });
  } catch {
    return plain(404, 'Not found.');
  }
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8' } });
}
