import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { brokerWorkerUrl, createBrokerService } from '../../src/main/engine/broker/index.ts';
import type { BrokerLoad } from './broker-load.ts';
import type { BenchRow } from './bench.ts';

interface Case {
  readonly name: string;
  readonly publishers: number;
  readonly subscribers: number;
  readonly qos: 0 | 1;
  readonly messages: number;
}

const cases: readonly Case[] = [
  { name: '1 to 1, QoS 0', publishers: 1, subscribers: 1, qos: 0, messages: 300_000 },
  { name: '1 to 1, QoS 1', publishers: 1, subscribers: 1, qos: 1, messages: 100_000 },
  { name: '1 to 100, QoS 0', publishers: 1, subscribers: 100, qos: 0, messages: 5_000 },
  { name: '100 to 1, QoS 0', publishers: 100, subscribers: 1, qos: 0, messages: 100_000 },
];
const payloadBytes = 256;
const runs = 3;

interface Target {
  readonly port: number;
  close(): Promise<unknown>;
}

/** Deliveries per second through the local broker with its tap read by this thread, and through plain aedes, in turns. */
export async function benchBroker(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const one of cases) {
    const ours: number[] = [];
    const plain: number[] = [];
    let tapDropped = 0;
    for (let run = 0; run < runs; run += 1) {
      const broker = await startOurs();
      ours.push(await measure(one, broker));
      tapDropped += broker.tapDropped();
      await broker.close();
      const aedes = await startPlainAedes();
      plain.push(await measure(one, aedes));
      await aedes.close();
    }
    rows.push({ name: `${one.name}, local broker with tap`, unit: 'deliveries/s', values: ours, note: `${payloadBytes} B; lost by the tap: ${tapDropped}` });
    rows.push({ name: `${one.name}, plain aedes`, unit: 'deliveries/s', values: plain, note: `${payloadBytes} B; no tap` });
  }
  return rows;
}

async function startOurs(): Promise<Target & { tapDropped(): number }> {
  let tapped = 0;
  const service = createBrokerService({
    workerUrl: brokerWorkerUrl(),
    now: Date.now,
    random: Math.random,
    onMessages: (records) => (tapped += records.length),
    onChange: () => undefined,
    demoDevice: { enabled: false },
  });
  const status = await service.start({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  return { port: status.listeners[0]?.port ?? 0, tapDropped: () => service.status().tapDropped, close: () => service.close() };
}

async function startPlainAedes(): Promise<Target> {
  const worker = new Worker(new URL('./plain-aedes.ts', import.meta.url));
  const [port] = (await once(worker, 'message')) as [number];
  return { port, close: () => worker.terminate() };
}

async function measure({ publishers, subscribers, qos, messages }: Case, { port }: Target): Promise<number> {
  const deliveries = messages * subscribers;
  const start = (load: Pick<BrokerLoad, 'role' | 'clients' | 'messages'>): Worker =>
    new Worker(new URL('./broker-load.ts', import.meta.url), { workerData: { port, qos, payloadBytes, ...load } satisfies BrokerLoad });
  const subscriber = start({ role: 'subscribe', clients: subscribers, messages: deliveries });
  await once(subscriber, 'message');
  const publisher = start({ role: 'publish', clients: publishers, messages });
  await once(publisher, 'message');
  const ended = once(subscriber, 'message');
  const began = once(publisher, 'message');
  publisher.postMessage('go');
  const [beganAt] = (await began) as [number];
  const [endedAt] = (await ended) as [number];
  await Promise.all([publisher.terminate(), subscriber.terminate()]);
  return Math.round((deliveries / (endedAt - beganAt)) * 1000);
}
