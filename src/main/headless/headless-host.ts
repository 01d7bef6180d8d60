import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startEngine, type Engine } from '../engine/main.ts';
import type { ReportBug } from '../engine/bug-reports.ts';
import { defaultWorkspaceFolder } from '../engine/workspace-folder.ts';
import { CodedError } from '../../shared/ipc/errors.ts';
import type { HeadlessArguments } from './arguments.ts';
import { startHttpServer } from './http-server.ts';
import type { ProgramFiles } from './program-files.ts';

const starting = { status: 503, contentType: 'text/plain; charset=utf-8', body: 'The workbench is still starting.\n' };

export interface HeadlessHost {
  /** To open in a browser; holds the token. */
  readonly url: string;
  readonly engine: Engine;
  /** Idempotent; takes less than 2 s. */
  close(): Promise<void>;
}

/** One engine behind an HTTP server of its own. */
export async function startHeadlessHost(args: HeadlessArguments, files: ProgramFiles, onBug: ReportBug): Promise<HeadlessHost> {
  const tls =
    args.certificateFile !== undefined && args.keyFile !== undefined
      ? { certificate: readPem('--tls-cert', args.certificateFile), key: readPem('--tls-key', args.keyFile) }
      : undefined;
  // The port comes first: a workspace is not touched by a program that cannot be reached.
  let engine: Engine | undefined;
  const server = await startHttpServer({
    host: args.host,
    port: args.port,
    tls,
    token: randomBytes(32).toString('base64url'),
    monitorToken: args.metricsTokenFile === undefined ? undefined : readToken(args.metricsTokenFile),
    monitor: (urlPath, accept, isKnown) => (engine ? engine.monitor(urlPath, accept, isKnown) : starting),
    pageFolder: files.pageFolder,
    serve: (transport) => (engine ? engine.serve(transport) : transport.close('The workbench is still starting.')),
    onBug,
  });
  try {
    const started = await startEngine({
      host: 'browser',
      appVersion: files.appVersion,
      workspaceFolder: path.resolve(args.workspaceFolder ?? defaultWorkspaceFolder()),
      workers: files.workers,
      instance: randomUUID(),
      cipher: 'key-file',
      now: Date.now,
      random: Math.random,
      onBug,
    });
    engine = started;
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      // Pages are told by the engine before the server cuts what is left.
      await started.close();
      await server.close();
    };
    return { url: server.url, engine: started, close: () => (closing ??= close()) };
  } catch (error) {
    await server.close();
    throw error;
  }
}

function readToken(file: string): string {
  const token = readPem('--metrics-token', file).toString('utf8').trim();
  if (/^[\x21-\x7e]{16,1000}$/.test(token)) return token;
  throw new CodedError('bad-input', `The file of --metrics-token has to hold a token of 16 characters at least, without spaces.`, {
    advice: 'Make one: openssl rand -hex 32.',
  });
}

function readPem(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CodedError('bad-input', `The file of ${option} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
