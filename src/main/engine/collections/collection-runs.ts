import { randomUUID } from 'node:crypto';
import type { RunEvent, RunInput } from '../../../shared/contract/collections.ts';
import { collectionOf } from '../../../shared/collections/entry-path.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { templateFunctions } from '../../../shared/template/index.ts';
import type { Environments } from '../environments/index.ts';
import type { CoapUdp } from '../coap/index.ts';
import type { RpcService } from '../rpc/index.ts';
import { createCheckThread } from './checks/check-thread.ts';
import type { CollectionFiles } from './files/collection-files.ts';
import type { ScriptRunner } from './hooks/request-script.ts';
import { createCoapExecutor } from './run/coap-executor.ts';
import { createRpcExecutor } from './run/rpc-executor.ts';
import { newCounter } from './run/new-counter.ts';
import { planRun } from './run/run-plan.ts';
import { createRunSlots } from './run/run-slots.ts';
import { RunVariables } from './run/run-variables.ts';
import { runRequests } from './run/runner.ts';
import { waitFor } from './run/wait-for.ts';

/** Each holds its requests, its variables and maybe a script; their checks share the threads. */
const maxRuns = 20;

export interface CollectionRuns {
  /** Resolves at the end, which `emit` has been told of. Rejects, before anything is sent, for what cannot be run, and while too many are under way. */
  run(input: RunInput, emit: (event: RunEvent) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Cancels what is under way. */
  close(): void;
}

export interface CollectionRunsOptions {
  readonly files: Pick<CollectionFiles, 'entriesOf' | 'read' | 'readSettings'>;
  readonly environments: Pick<Environments, 'variables'>;
  readonly rpc: Pick<RpcService, 'start' | 'cancel' | 'autoDialect'>;
  readonly coapUdp: Pick<CoapUdp, 'request' | 'newId'>;
  readonly scripts: ScriptRunner;
  /** Unix ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Runs the collections of the workspace. */
export function createCollectionRuns({ files, environments, rpc, coapUdp, scripts, now, random }: CollectionRunsOptions): CollectionRuns {
  const checks = createCheckThread();
  const closing = new AbortController();
  const slots = createRunSlots(maxRuns);
  const runs: CollectionRuns = {
    async run({ id, source, environmentId, variables = {}, iterations = 1, delayMs = 0, stopOnFailure = false, only }, emit, signal) {
      const collection = collectionOf(id);
      const entries = await files.entriesOf(collection);
      const wanted = only && new Set(only);
      const requests = planRun(entries, id)?.filter((request) => !wanted || wanted.has(request.id));
      if (!requests) throw new CodedError('not-found', `"${id}" does not exist (any more).`);
      const { settings, problem } = await files.readSettings(collection);
      if (!settings) throw new CodedError('invalid-state', problem?.message, { advice: problem?.advice });
      const environment = environmentId === null ? { values: [], secrets: [] } : await environments.variables(environmentId);
      const ownVariables = settings.variables.map(({ name, value }) => [name, value] as const);
      await runRequests({
        name: entries.find((entry) => entry.id === id)?.name ?? id,
        requests,
        load: files.read,
        executors: { rpc: createRpcExecutor(rpc, source), coap: createCoapExecutor(coapUdp) },
        checks,
        scripts,
        functions: templateFunctions({ now, random, newId: randomUUID, count: newCounter() }),
        variables: new RunVariables([environment.values, ownVariables, Object.entries(variables)], environment.secrets),
        iterations,
        delayMs,
        stopOnFailure,
        clock: () => performance.now(),
        wait: waitFor,
        emit,
        signal: AbortSignal.any([signal, closing.signal]),
      });
    },
    close() {
      closing.abort();
      checks.close();
    },
  };
  return { ...runs, run: (input, emit, signal) => slots.hold(input.id, () => runs.run(input, emit, signal)) };
}
