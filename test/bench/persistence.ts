import { mkdtempSync, rmSync } from 'node:fs';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasMosquitto, startMosquitto, startNodeBroker, type BrokerProcess } from '../conformance/mqtt/broker-process.ts';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { publish } from '../conformance/mqtt/wire.ts';
import { hasRedis, RedisServer } from '../support/redis-server.ts';
import { median, repeat, type BenchRow } from './bench.ts';

const topic = 'bench';
const payload = Buffer.alloc(256, 'x');
/** Under way from the publisher at once. */
const windowSize = 500;
const ids = 65_535;
/** A broker that acknowledges nothing for so long will not go on. */
const patienceMs = 60_000;
/** Messages before the clock starts, and when it stops: what waits for the client that is away stays below the limit of its queue. */
const counted = { there: { from: 50_000, to: 250_000 }, away: { from: 20_000, to: 90_000 }, redis: { from: 10_000, to: 40_000 } } as const;

const cli = fileURLToPath(new URL('../../src/main/engine/broker/cli/cli.ts', import.meta.url));
const mosquittoLines = ['allow_anonymous true', 'set_tcp_nodelay true', 'max_queued_messages 0', 'max_inflight_messages 1000'];

const brokers: Readonly<Record<string, (folder: string) => Promise<BrokerProcess>>> = {
  'in memory': () => startNodeBroker(cli, ['--port', '0']),
  'with --persist': (folder) => startNodeBroker(cli, ['--port', '0', '--persist', path.join(folder, 'broker.db')]),
  ...(hasMosquitto()
    ? {
        'mosquitto, in memory': () => startMosquitto([...mosquittoLines, 'persistence false']),
        // It saves when it ends and every half hour: what it acknowledged in between does not survive a crash.
        'mosquitto, persistence true': () => startMosquitto([...mosquittoLines, 'persistence true', 'persistence_location {folder}/']),
      }
    : {}),
};

/** One publisher of QoS 1 and one session that is kept, of a client that is there or away: messages acknowledged a second. */
export async function benchPersistence(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const isThere of [true, false]) {
    for (const [name, start] of Object.entries(brokers)) {
      const values = await repeat(3, () => measure(start, isThere));
      rows.push({ name: `${isThere ? 'subscriber there' : 'subscriber away'}, ${name}`, unit: 'messages/s', values });
    }
  }
  return rows;
}

/** Time for one message with Redis, as a multiple of that without: its publisher waits for Redis, and with a second broker its subscriber is there. */
export async function benchRedisCost(runs: number): Promise<readonly BenchRow[]> {
  if (!hasRedis()) {
    console.log('  redis-server is not installed: what Redis costs is not measured');
    return [];
  }
  const alone = await repeat(runs, () => measure(() => startNodeBroker(cli, ['--port', '0']), true));
  const rows: BenchRow[] = [];
  for (const [name, isElsewhere] of [
    ['Redis per message of QoS 1, subscriber at the same broker', false],
    ['Redis per message of QoS 1, subscriber at another broker', true],
  ] as const) {
    const values = await repeat(runs, () => measureRedis(isElsewhere));
    rows.push({
      name,
      unit: 'times the time in memory',
      values: values.map((rate) => median(alone) / rate),
      note: `${Math.round(median(values)).toLocaleString('en')} messages/s`,
    });
  }
  return rows;
}

async function measureRedis(isElsewhere: boolean): Promise<number> {
  const server = await RedisServer.start();
  try {
    const start = (): Promise<BrokerProcess> => startNodeBroker(cli, ['--port', '0', '--redis', server.url]);
    const other = isElsewhere ? await start() : null;
    try {
      return await measure(start, true, other ?? undefined, counted.redis);
    } finally {
      await other?.stop();
    }
  } finally {
    await server.close();
  }
}

/** `elsewhere`: the broker of the subscriber, if it is another one. */
async function measure(
  start: (folder: string) => Promise<BrokerProcess>,
  isThere: boolean,
  elsewhere?: BrokerProcess,
  counts: { readonly from: number; readonly to: number } = counted[isThere ? 'there' : 'away'],
): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'persistence-bench-'));
  const broker = await start(folder);
  try {
    const subscriber = await enter((elsewhere ?? broker).port, 'subscriber');
    await subscriber.subscribe({ filter: topic, qos: 1 });
    if (isThere) acknowledgeAll(subscriber.stream as net.Socket);
    else await subscriber.disconnect();
    const publisher = await enter(broker.port, 'publisher');
    const rate = await publishOn(publisher.stream as net.Socket, counts);
    publisher.drop();
    subscriber.drop();
    return rate;
  } finally {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function enter(port: number, clientId: string): Promise<RawClient> {
  const client = new RawClient(await dialTcp(port), 4);
  await client.connect({ clientId, clean: clientId === 'publisher' });
  return client;
}

/** Keeps the window full; messages acknowledged a second between two counts. Rejects when the broker does not go on: a bench that waits for ever says nothing. */
function publishOn(socket: net.Socket, { from, to }: { readonly from: number; readonly to: number }): Promise<number> {
  const packets = Buffer.concat(Array.from({ length: ids }, (_, at) => publish(4, { topic, payload, qos: 1, id: at + 1 })));
  const size = packets.length / ids;
  let sent = 0;
  let bytes = 0;
  const send = (count: number): void => {
    for (let left = count; left > 0;) {
      const at = sent % ids;
      const now = Math.min(left, ids - at);
      socket.write(packets.subarray(at * size, (at + now) * size));
      sent += now;
      left -= now;
    }
  };
  return new Promise((resolve, reject) => {
    let began = 0;
    let before = 0;
    const fail = (why: string): void => reject(new Error(`${why}, after ${Math.floor(bytes / 4)} acknowledgements.`));
    const stalled = setTimeout(() => fail(`The broker has acknowledged nothing for ${patienceMs / 1000} s`), patienceMs);
    socket.once('close', () => {
      clearTimeout(stalled);
      fail('The broker has ended the connection of the publisher');
    });
    socket.removeAllListeners('data').on('data', (chunk: Buffer) => {
      stalled.refresh();
      bytes += chunk.length;
      const acknowledged = Math.floor(bytes / 4);
      if (began === 0 && acknowledged >= from) {
        began = performance.now();
        before = acknowledged;
      }
      if (acknowledged >= to) resolve(((acknowledged - before) / (performance.now() - began)) * 1000);
      else send(acknowledged + windowSize - sent);
    });
    send(windowSize);
  });
}

/** All packets that come are alike but for their identifier. */
function acknowledgeAll(socket: net.Socket): void {
  const size = publish(4, { topic, payload, qos: 1, id: 1 }).length;
  const idAt = size - payload.length - 2;
  let rest: Buffer = Buffer.alloc(0);
  socket.removeAllListeners('data').on('data', (chunk: Buffer) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const count = Math.floor(data.length / size);
    const acks = Buffer.alloc(count * 4);
    for (let at = 0; at < count; at += 1) {
      acks.set([0x40, 2, data[at * size + idAt] as number, data[at * size + idAt + 1] as number], at * 4);
    }
    rest = data.subarray(count * size);
    if (count > 0) socket.write(acks);
  });
}
