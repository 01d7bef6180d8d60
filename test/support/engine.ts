import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { EngineContract } from '../../src/shared/contract/index.ts';
import { connect, type Client } from '../../src/shared/ipc/connect.ts';
import type { InputOf, ItemOf, StreamName } from '../../src/shared/ipc/contract.ts';
import { memoryTransportPair } from '../../src/shared/ipc/memory-transport.ts';
import { startEngine, type Engine } from '../../src/main/engine/main.ts';

export interface TestEngine {
  readonly engine: Engine;
  readonly page: Client<EngineContract>;
  readonly folder: string;
  /** What was reported as a bug. */
  readonly bugs: readonly unknown[];
  /** What a stream says first, of what is wanted. */
  first<N extends StreamName<EngineContract>>(
    name: N,
    input: InputOf<EngineContract[N]>,
    wanted?: (item: ItemOf<EngineContract[N]>) => boolean,
  ): Promise<ItemOf<EngineContract[N]>>;
  /** Also removes the workspace. */
  close(): Promise<void>;
}

const worker = (file: string): string => new URL(`../../src/main/engine/${file}`, import.meta.url).href;

/** A whole engine with a page, in this process; the workspace is a folder of its own unless one is given. */
export async function openEngine(folder?: string): Promise<TestEngine> {
  const workspaceFolder = folder ?? (await mkdtemp(path.join(os.tmpdir(), 'engine-')));
  const bugs: unknown[] = [];
  const engine = await startEngine({
    host: 'browser',
    appVersion: '1.2.3',
    workspaceFolder,
    workers: { broker: worker('broker/broker-worker.ts'), store: worker('store/store-worker.ts') },
    instance: 'run',
    cipher: 'key-file',
    now: Date.now,
    random: Math.random,
    onBug: (error, where) => void bugs.push([where, error]),
  });
  const page = connect<EngineContract>({
    open: async () => {
      const [ours, theirs] = memoryTransportPair();
      engine.serve(theirs);
      return ours;
    },
    backoffMs: () => undefined,
  });
  return {
    engine,
    page,
    folder: workspaceFolder,
    bugs,
    first: (name, input, wanted) => first(page, name, input, wanted),
    async close() {
      page.close();
      await engine.close();
      if (folder === undefined) await rm(workspaceFolder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What a stream says first, of what is wanted. */
export function first<N extends StreamName<EngineContract>>(
  page: Client<EngineContract>,
  name: N,
  input: InputOf<EngineContract[N]>,
  wanted: (item: ItemOf<EngineContract[N]>) => boolean = () => true,
): Promise<ItemOf<EngineContract[N]>> {
  return new Promise((resolve) => {
    const close = page.stream(name, input, {
      item(item) {
        if (!wanted(item)) return;
        resolve(item);
        // The first item may come before `stream` returns.
        queueMicrotask(() => close());
      },
    });
  });
}
