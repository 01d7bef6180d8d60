import { once } from 'node:events';
import net from 'node:net';
import { Worker } from 'node:worker_threads';
import mqtt from 'mqtt';
import { newProfile } from '../../src/shared/connections/new-profile.ts';
import type { Qos } from '../../src/shared/contract/common.ts';
import { PacketDecoder } from '../../src/shared/mqtt/packet/decoder.ts';
import { encodePacket } from '../../src/shared/mqtt/packet/encoder.ts';
import { createConnections } from '../../src/main/engine/connections/index.ts';
import { median, type BenchRow } from './bench.ts';

/** For the thread that sends. */
export interface ReceiveOrder {
  readonly messages: number;
  readonly payloadBytes: number;
  readonly qos: Qos;
}

const rounds = 5;
const orders: readonly ReceiveOrder[] = [
  { messages: 300_000, payloadBytes: 64, qos: 0 },
  { messages: 300_000, payloadBytes: 64, qos: 1 },
  { messages: 50_000, payloadBytes: 4096, qos: 0 },
];

/** Takes all messages of a sender on this port; resolves with the ms from CONNECT to the last one. */
type Receiver = (port: number, order: ReceiveOrder) => Promise<number>;

const connectPacket = {
  ...({ type: 'connect', level: 4, bridge: false, cleanStart: true, keepAlive: 0, clientId: 'bench', username: null, password: null } as const),
  will: null,
  properties: null,
};

/** The bytes read as packets, and nothing done with them: what reading costs at the least. */
const rawParser: Receiver = async (port, { messages }) => {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const decoder = new PacketDecoder({ role: 'client', level: 4, maximumPacketSize: 268_435_460 });
  const startedAt = performance.now();
  socket.write(encodePacket(connectPacket, 4));
  let left = messages;
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      decoder.push(chunk);
      for (let packet = decoder.next(); packet; packet = decoder.next()) if (packet.type === 'publish' && (left -= 1) === 0) resolve();
    });
  });
  socket.destroy();
  return performance.now() - startedAt;
};

/** A connection of the workbench, up to the records it hands on. */
const workbench: Receiver = async (port, { messages }) => {
  let left = messages;
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (done = resolve));
  const connections = createConnections({
    profiles: [newProfile('bench', { name: 'Bench', uri: `mqtt://127.0.0.1:${port}`, version: '3.1.1', keepAliveSeconds: 0 })],
    secrets: () => Promise.resolve({}),
    now: Date.now,
    random: Math.random,
    onMessages(_id, records) {
      left -= records.length;
      if (left <= 0) done();
    },
    onChange: () => undefined,
    onNotification: () => undefined,
  });
  const startedAt = performance.now();
  await connections.connect('bench');
  await all;
  const elapsed = performance.now() - startedAt;
  await connections.close();
  return elapsed;
};

const mqttJs: Receiver = async (port, { messages }) => {
  const startedAt = performance.now();
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4, keepalive: 0, reconnectPeriod: 0 });
  let left = messages;
  await new Promise<void>((resolve) => {
    client.on('message', () => {
      if ((left -= 1) === 0) resolve();
    });
  });
  const elapsed = performance.now() - startedAt;
  client.end(true);
  return elapsed;
};

const receivers: Readonly<Record<string, Receiver>> = { 'raw parser': rawParser, workbench, 'MQTT.js': mqttJs };

/** Messages a second on the way in, of a sender in a thread of its own: read alone, through a connection of the workbench, and through MQTT.js, in turns. */
export async function benchReceive(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const order of orders) {
    const worker = new Worker(new URL('receive-peer.ts', import.meta.url), { workerData: order });
    const [port] = (await once(worker, 'message')) as [number];
    const times: Record<string, number[]> = {};
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, receive] of Object.entries(receivers)) (times[name] ??= []).push(await receive(port, order));
    }
    await worker.terminate();
    const raw = median(times['raw parser'] ?? []);
    for (const name of Object.keys(receivers)) {
      const values = (times[name] ?? []).map((ms) => (order.messages / ms) * 1000);
      const each = (median(times[name] ?? []) * 1e6) / order.messages;
      const ratio = median(times[name] ?? []) / raw;
      rows.push({
        name: `QoS ${order.qos}, ${order.payloadBytes} B: ${name}`,
        unit: 'messages/s',
        values,
        note: `${Math.round(each).toLocaleString('en-GB')} ns each${name === 'raw parser' ? '' : `, ${ratio.toFixed(2)} × the raw parser`}`,
      });
    }
  }
  return rows;
}
