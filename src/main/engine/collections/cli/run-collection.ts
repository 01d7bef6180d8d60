import { randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { RunEvent, RunSummary } from '../../../../shared/contract/collections.ts';
import { rpcDialectSchema, type RpcDialect } from '../../../../shared/contract/rpc-dialects.ts';
import { customDialectIdSchema } from '../../../../shared/contract/rpc.ts';
import { collectionOf } from '../../../../shared/collections/entry-path.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { RpcError } from '../../../../shared/rpc/rpc-error.ts';
import { templateFunctions } from '../../../../shared/template/index.ts';
import { createRpcService, DialectRegistry, type CallSession } from '../../rpc/index.ts';
import { createCoapUdp } from '../../coap/index.ts';
import { createScripts } from '../../scripts/index.ts';
import { readOpenFile } from '../../workspace/index.ts';
import { createCheckThread } from '../checks/check-thread.ts';
import { readCollectionFolder } from '../files/read-collection.ts';
import { newCounter } from '../run/new-counter.ts';
import { createCoapExecutor } from '../run/coap-executor.ts';
import { createRpcExecutor } from '../run/rpc-executor.ts';
import { planRun } from '../run/run-plan.ts';
import { RunVariables } from '../run/run-variables.ts';
import { runRequests } from '../run/runner.ts';
import { waitFor } from '../run/wait-for.ts';
import type { RunArguments } from './run-arguments.ts';
import { openRunLink } from './run-link.ts';

const source = 'connection:run';
const maxDialectBytes = 1024 * 1024;
/** Kept until the report is written. */
const maxResults = 1_000_000;

export type RunEnd =
  | { readonly kind: 'ran'; readonly summary: RunSummary; readonly lost: RpcError | null }
  | { readonly kind: 'not-connected'; readonly error: RpcError }
  | { readonly kind: 'cancelled' }
  /** Sentences; nothing was sent. */
  | { readonly kind: 'unusable'; readonly problems: readonly string[] };

/** Connects, runs and disconnects. A lost connection ends the run, as nothing more can be sent. */
export async function runCollection(given: RunArguments, emit: (event: RunEvent) => void, signal: AbortSignal): Promise<RunEnd> {
  const { target, environment, variables, iterations, timeoutMs } = given;
  const folder = await readCollectionFolder(target.root, collectionOf(target.id));
  if ('problem' in folder) return unusable(folder.problem);
  const requests = planRun(folder.entries, target.id);
  if (!requests) return unusable(`There is no "${target.id.slice(collectionOf(target.id).length + 1)}" in the collection.`);
  if (requests.length === 0) return unusable('There are no requests to run.');
  const broken = requests.flatMap(({ id, problem }) => (problem ? [`${id}: ${problem.message}`] : []));
  if (broken.length > 0) return { kind: 'unusable', problems: broken };
  if (requests.length * iterations > maxResults) return unusable(`${requests.length} requests and ${iterations} iterations are more than ${maxResults} calls.`);

  const kinds = new Map(folder.entries.map(({ id, request }) => [id, request?.kind]));
  if (given.link === null && requests.some(({ id }) => kinds.get(id) !== 'coap'))
    return unusable('--broker is missing: the address of the broker, such as mqtt://127.0.0.1:1883. Only requests over CoAP need none.');

  const cancel = new AbortController();
  const passOn = (): void => cancel.abort();
  signal.addEventListener('abort', passOn, { once: true });
  if (signal.aborted) passOn();
  const now = Date.now;
  const rpc = createRpcService({
    now,
    clock: () => performance.now(),
    newId: randomUUID,
    dialects: new DialectRegistry(await ownDialects(target.root)),
    sessions: { open: () => sessionOf(link ?? null), close: () => Promise.resolve() },
    onBug,
  });
  const coapUdp = createCoapUdp({ now, clock: () => performance.now(), random: Math.random, randomBytes: (count) => new Uint8Array(randomBytes(count)) });
  const link = given.link === null ? undefined : await openRunLink(given.link, (records) => rpc.ingest(source, records), cancel.signal);
  if (link === null) return { kind: 'cancelled' };
  if (link && 'error' in link) return { kind: 'not-connected', error: link.error };
  const lost = (): RpcError | null => link?.lost() ?? null;
  const checks = createCheckThread();
  const scripts = createScripts({ onBug });
  try {
    const own = folder.settings.variables.map(({ name, value }) => [name, value] as const);
    const summary = await runRequests({
      // Of the collection, whatever part is run: build servers follow a case by its names.
      name: folder.entries[0]?.name ?? target.id,
      requests,
      load: async (id) => {
        const file = await folder.load(id);
        return file.request && timeoutMs !== null ? { ...file, request: { ...file.request, timeoutMs } } : file;
      },
      executors: { rpc: createRpcExecutor(rpc, source), coap: createCoapExecutor(coapUdp) },
      checks,
      scripts,
      functions: templateFunctions({ now, random: Math.random, newId: randomUUID, count: newCounter() }),
      variables: new RunVariables([environment?.values ?? [], own, variables], environment?.secrets ?? []),
      iterations,
      delayMs: given.delayMs,
      stopOnFailure: given.bail,
      clock: () => performance.now(),
      wait: waitFor,
      emit(event) {
        emit(event);
        // The call under way has ended with the connection; those after it cannot be sent.
        if (event.type === 'result' && lost() !== null) cancel.abort();
        return Promise.resolve();
      },
      signal: cancel.signal,
    });
    return { kind: 'ran', summary, lost: lost() };
  } finally {
    checks.close();
    await scripts.close();
    coapUdp.close();
    await rpc.close();
    await link?.close();
  }
}

/** Ends the program, with what it is. */
function onBug(error: unknown): never {
  throw error;
}

function sessionOf(link: Awaited<ReturnType<typeof openRunLink>>): CallSession {
  if (link === null || 'error' in link) throw new CodedError('not-connected');
  return link.session;
}

function unusable(problem: string): RunEnd {
  return { kind: 'unusable', problems: [problem] };
}

const dialectFileSchema = z.strictObject({ dialect: rpcDialectSchema });

/** A collection that stands in a workspace can use its dialects. */
async function ownDialects(root: string): Promise<readonly RpcDialect[]> {
  const folder = path.join(path.dirname(root), 'rpc-dialects');
  const names: readonly string[] = await readdir(folder).catch(() => []);
  const dialects: RpcDialect[] = [];
  for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
    if (!name.endsWith('.json') || !customDialectIdSchema.safeParse(name.slice(0, -'.json'.length)).success) continue;
    const file = await readOpenFile(path.join(folder, name), name, dialectFileSchema, maxDialectBytes);
    if (file?.content) dialects.push(file.content.dialect);
  }
  return dialects;
}
