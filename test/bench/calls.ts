import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SourceId } from '../../src/shared/contract/common.ts';
import { connectionProfileSchema } from '../../src/shared/contract/connections.ts';
import { plainListener } from '../../src/shared/mqtt/listener-kinds.ts';
import type { CallInput } from '../../src/shared/contract/rpc.ts';
import type { MessageRecord } from '../../src/shared/messages/record.ts';
import { createBrokerService } from '../../src/main/engine/broker/index.ts';
import { createConnections } from '../../src/main/engine/connections/index.ts';
import { createCallSessions, createRpcService } from '../../src/main/engine/rpc/index.ts';
import { median, type BenchRow } from './bench.ts';
import { findMosquitto, startMosquitto } from './broker/brokers/mosquitto.ts';

/** What a bare peer is told: so many calls, so many at once. */
export interface LoopOrder {
  readonly calls: number;
  readonly inFlight: number;
}
/** ms of each call, and of all of them. */
export interface LoopResult {
  readonly elapsedMs: number;
  readonly times: readonly number[];
}
/** For the thread of a bare peer, beside its role: `responder`, or the name of a loop. */
export interface BarePeerData {
  readonly role: string;
  readonly url: string;
  readonly topic: string;
}

export interface BenchedCalls {
  readonly input: Omit<CallInput, 'source'>;
  /** A thread that answers the calls, or makes them with MQTT.js and nothing else. */
  readonly peer: URL;
  /** The first one is what the workbench is compared with. */
  readonly bareLoops: readonly [string, ...string[]];
  readonly more?: (rpc: ReturnType<typeof createRpcService>) => readonly BenchRow[];
}

const rounds = 5;
const orders: readonly LoopOrder[] = [
  { calls: 2000, inFlight: 1 },
  { calls: 10_000, inFlight: 100 },
];

/** A way to the peer, and the source whose calls take it. */
interface Way {
  readonly name: string;
  readonly url: string;
  readonly source: SourceId;
}

/**
 * Calls of the workbench through the local broker, its tap included, and over a connection through mosquitto; beside them loops of MQTT.js in
 * threads of their own, in turns.
 */
export async function benchCalls(calls: BenchedCalls): Promise<readonly BenchRow[]> {
  const take = (source: SourceId, records: readonly MessageRecord[]): void =>
    rpc.ingest(
      source,
      records.map((record) => ({ ...record, id: 1 })),
    );
  const broker = createBrokerService({
    workerUrl: new URL('../../src/main/engine/broker/broker-worker.ts', import.meta.url),
    persistenceFile: '',
    now: Date.now,
    random: Math.random,
    onMessages: (records) => take('broker', records),
    onChange: () => undefined,
    demoDevice: { enabled: false },
  });
  const connections = createConnections({
    profiles: [],
    secrets: () => Promise.resolve({}),
    now: Date.now,
    random: Math.random,
    onMessages: (id, records) => take(`connection:${id}`, records),
    onNotification: () => undefined,
    onChange: () => undefined,
  });
  const rpc = createRpcService({
    now: Date.now,
    clock: () => performance.now(),
    newId: randomUUID,
    sessions: createCallSessions({
      now: Date.now,
      brokerStatus: () => broker.status(),
      connectionSession: (id) => connections.session(id),
      onLocalMessages: (records) => rpc.received('broker', records),
    }),
    onBug: (error) => {
      throw error;
    },
  });
  const found = findMosquitto();
  const mosquitto = found && (await startMosquitto(found));
  try {
    const { listeners } = await broker.start({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null, listeners: [] });
    const rows = [...(await benchWay(rpc, calls, { name: 'local broker', url: plainListener(listeners)?.url ?? '', source: 'broker' }))];
    if (mosquitto) {
      const url = `mqtt://127.0.0.1:${mosquitto.port}`;
      connections.save(connectionProfileSchema.parse({ id: 'mosquitto', name: 'mosquitto', uri: url, clientId: 'bench-workbench' }));
      await connections.connect('mosquitto');
      rows.push(...(await benchWay(rpc, calls, { name: `mosquitto ${found.version}`, url, source: 'connection:mosquitto' })));
    } else rows.push({ name: 'through mosquitto', unit: 'calls/s', values: [], note: 'not measured: mosquitto is not installed' });
    return [...rows, ...(calls.more?.(rpc) ?? [])];
  } finally {
    await rpc.close();
    await connections.close();
    await broker.close();
    await mosquitto?.close();
  }
}

async function benchWay(
  rpc: ReturnType<typeof createRpcService>,
  { input, peer, bareLoops }: BenchedCalls,
  { name: way, url, source }: Way,
): Promise<readonly BenchRow[]> {
  const threads: Worker[] = [];
  const open = async (role: string): Promise<Worker> => {
    const thread = new Worker(peer, { workerData: { role, url, topic: input.topic } satisfies BarePeerData });
    threads.push(thread);
    await once(thread, 'message');
    return thread;
  };
  try {
    await open('responder');
    const loops: { readonly name: string; readonly run: (order: LoopOrder) => Promise<LoopResult> }[] = [
      { name: 'workbench', run: (order) => callInLoop((done) => void rpc.start({ ...input, source }, { onEnd: done }), order) },
    ];
    for (const name of bareLoops) {
      const bare = await open(name);
      loops.push({
        name,
        async run(order) {
          bare.postMessage(order);
          return ((await once(bare, 'message')) as [LoopResult])[0];
        },
      });
    }
    const rows: BenchRow[] = [];
    for (const order of orders) {
      const results = new Map<string, LoopResult[]>(loops.map(({ name }) => [name, []]));
      // The first round only warms up.
      for (let round = 0; round <= rounds; round += 1) {
        for (const { name, run } of loops) {
          const result = await run(order);
          if (round > 0) results.get(name)?.push(result);
        }
      }
      const medianOf = (name: string): number => median((results.get(name) ?? []).map(rate));
      const ratio = medianOf(bareLoops[0]) / medianOf('workbench');
      for (const [name, all] of results)
        rows.push(...loopRows(`${way}: ${name}`, order, all, name === 'workbench' ? `bare loop ${ratio.toFixed(2)} ×` : undefined));
    }
    return rows;
  } finally {
    for (const thread of threads) await thread.terminate();
  }
}

export const rate = ({ elapsedMs, times }: LoopResult): number => (times.length / elapsedMs) * 1000;

/** Calls a second, and the times within which half and all but a hundredth of them ended. */
export function loopRows(name: string, { inFlight }: LoopOrder, all: readonly LoopResult[], note?: string): readonly BenchRow[] {
  const about = `${name}, ${inFlight} in flight`;
  return [
    { name: about, unit: 'calls/s', values: all.map(rate), ...(note !== undefined && { note }) },
    ...[0.5, 0.99].map((share) => ({ name: `${about}, p${share * 100}`, unit: 'ms', values: all.map(({ times }) => percentile(times, share)) })),
  ];
}

async function callInLoop(call: (done: () => void) => void, { calls, inFlight }: LoopOrder): Promise<LoopResult> {
  const times: number[] = [];
  const began = performance.now();
  await new Promise<void>((resolve) => {
    let left = calls;
    const next = (): void => {
      if (left === 0) return;
      left -= 1;
      const sent = performance.now();
      call(() => {
        times.push(performance.now() - sent);
        if (times.length === calls) resolve();
        else next();
      });
    };
    for (let n = 0; n < inFlight; n += 1) next();
  });
  return { elapsedMs: performance.now() - began, times };
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
