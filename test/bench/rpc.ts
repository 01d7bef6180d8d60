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
import type { LoopOrder, LoopResult } from './rpc-peer.ts';

const topic = 'bench/echo';
const input: Omit<CallInput, 'source'> = { dialect: 'mqttxx2', topic, method: 'echo', params: { value: 21.5 } };
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
 * Calls of the workbench through the local broker, its tap included, and over a connection through mosquitto; beside them a loop of MQTT.js in a
 * thread of its own, in turns.
 */
export async function benchRpc(): Promise<readonly BenchRow[]> {
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
    passwords: { get: () => Promise.resolve(undefined) },
    now: Date.now,
    random: Math.random,
    onMessages: (id, records) => take(`connection:${id}`, records),
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
    const rows = [...(await benchWay(rpc, { name: 'local broker', url: plainListener(listeners)?.url ?? '', source: 'broker' }))];
    if (mosquitto) {
      const url = `mqtt://127.0.0.1:${mosquitto.port}`;
      connections.save(connectionProfileSchema.parse({ id: 'mosquitto', name: 'mosquitto', uri: url, clientId: 'bench-workbench' }));
      await connections.connect('mosquitto');
      rows.push(...(await benchWay(rpc, { name: `mosquitto ${found.version}`, url, source: 'connection:mosquitto' })));
    } else rows.push({ name: 'through mosquitto', unit: 'calls/s', values: [], note: 'not measured: mosquitto is not installed' });
    return [...rows, passedBy(rpc)];
  } finally {
    await rpc.close();
    await connections.close();
    await broker.close();
    await mosquitto?.close();
  }
}

async function benchWay(rpc: ReturnType<typeof createRpcService>, { name: way, url, source }: Way): Promise<readonly BenchRow[]> {
  const threads: Worker[] = [];
  const open = async (role: 'responder' | 'caller'): Promise<Worker> => {
    const thread = new Worker(new URL('rpc-peer.ts', import.meta.url), { workerData: { role, url, topic } });
    threads.push(thread);
    await once(thread, 'message');
    return thread;
  };
  try {
    await open('responder');
    const bare = await open('caller');
    const loops = {
      workbench: (order: LoopOrder) => callInLoop((done) => void rpc.start({ ...input, source }, { onEnd: done }), order),
      'bare MQTT.js': async (order: LoopOrder): Promise<LoopResult> => {
        bare.postMessage(order);
        return ((await once(bare, 'message')) as [LoopResult])[0];
      },
    };
    const rows: BenchRow[] = [];
    for (const order of orders) {
      const results = { workbench: [] as LoopResult[], 'bare MQTT.js': [] as LoopResult[] };
      // The first round only warms up.
      for (let round = 0; round <= rounds; round += 1) {
        for (const name of ['workbench', 'bare MQTT.js'] as const) {
          const result = await loops[name](order);
          if (round > 0) results[name].push(result);
        }
      }
      const rate = ({ elapsedMs, times }: LoopResult): number => (times.length / elapsedMs) * 1000;
      const ratio = median(results['bare MQTT.js'].map(rate)) / median(results.workbench.map(rate));
      for (const [name, all] of Object.entries(results)) {
        const about = `${way}: ${name}, ${order.inFlight} in flight`;
        rows.push({ name: about, unit: 'calls/s', values: all.map(rate), ...(name === 'workbench' ? { note: `bare loop ${ratio.toFixed(2)} ×` } : {}) });
        for (const share of [0.5, 0.99]) rows.push({ name: `${about}, p${share * 100}`, unit: 'ms', values: all.map(({ times }) => percentile(times, share)) });
      }
    }
    return rows;
  } finally {
    for (const thread of threads) await thread.terminate();
  }
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

/** What it costs to look at a message that is no call. */
function passedBy(rpc: ReturnType<typeof createRpcService>): BenchRow {
  const payload = new TextEncoder().encode(JSON.stringify({ ts: 1_700_000_000_000, temperature: 21.53, humidity: 44.1, note: 'x'.repeat(200) }));
  const records = Array.from({ length: 1000 }, (_, n): MessageRecord => ({
    id: n,
    timeUs: n,
    topic: `plant/line${n % 10}/sensor${n}`,
    payload,
    qos: 0,
    retain: false,
    dup: false,
    direction: 'in',
    publisher: 'sensor',
    properties: null,
  }));
  const values: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const began = performance.now();
    rpc.ingest('broker', records);
    values.push(((performance.now() - began) / records.length) * 1_000_000);
  }
  return { name: 'a message that is no call', unit: 'ns', values: values.slice(10), note: '290 bytes of JSON' };
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
