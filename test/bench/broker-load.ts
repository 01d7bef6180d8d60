// A thread of raw MQTT 3.1.1 clients: either publishers or subscribers, started with `workerData` of type `BrokerLoad`.
import { once } from 'node:events';
import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { connectPacket, publishPacket, subscribePacket } from '../support/raw-mqtt.ts';

export interface BrokerLoad {
  readonly role: 'publish' | 'subscribe';
  readonly port: number;
  readonly clients: number;
  readonly qos: 0 | 1;
  readonly payloadBytes: number;
  /** Messages to send, or to wait for, in total. */
  readonly messages: number;
}

const topic = 'bench/topic';
const chunkBytes = 65_536;
/** Unacknowledged QoS 1 messages, shared among the publishers. */
const window = 1000;

/** Calls back for each whole packet with its first byte and the position of its body; keeps what is cut. */
function packetScanner(each: (first: number, body: number, data: Buffer) => void): (chunk: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const data = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    let at = 0;
    while (at + 2 <= data.length) {
      let length = 0;
      let body = at + 1;
      let shift = 0;
      let byte: number;
      do {
        byte = data[body++] ?? 0;
        length |= (byte & 0x7f) << shift;
        shift += 7;
      } while (byte > 127);
      if (body + length > data.length) break;
      each(data[at] as number, body, data);
      at = body + length;
    }
    held = data.subarray(at);
  };
}

async function connect(port: number, clientId: string): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
  socket.write(connectPacket({ clientId }));
  await once(socket, 'data');
  return socket;
}

async function subscribeAll({ port, clients, qos, messages }: BrokerLoad): Promise<void> {
  let received = 0;
  for (let n = 0; n < clients; n += 1) {
    const socket = await connect(port, `sub-${n}`);
    socket.write(subscribePacket([topic], qos));
    await once(socket, 'data');
    let acks: Buffer[] = [];
    const scan = packetScanner((_first, body, data) => {
      received += 1;
      if (qos === 0) return;
      const id = body + 2 + topic.length;
      acks.push(Buffer.from([0x40, 2, data[id] as number, data[id + 1] as number]));
    });
    socket.on('data', (chunk: Buffer) => {
      scan(chunk);
      if (acks.length > 0) socket.write(Buffer.concat(acks));
      acks = [];
      if (received === messages) parentPort?.postMessage(performance.timeOrigin + performance.now());
    });
  }
  parentPort?.postMessage('ready');
}

async function publishAll({ port, clients, qos, payloadBytes, messages }: BrokerLoad): Promise<void> {
  const sockets: net.Socket[] = [];
  for (let n = 0; n < clients; n += 1) sockets.push(await connect(port, `pub-${n}`));
  parentPort?.postMessage('ready');
  await once(parentPort as NonNullable<typeof parentPort>, 'message');
  parentPort?.postMessage(performance.timeOrigin + performance.now());
  const each = Math.floor(messages / clients);
  await Promise.all(sockets.map((socket) => (qos === 0 ? pour(socket, each, payloadBytes) : pace(socket, each, payloadBytes, Math.ceil(window / clients)))));
}

async function pour(socket: net.Socket, count: number, payloadBytes: number): Promise<void> {
  const one = publishPacket(topic, Buffer.alloc(payloadBytes, 0x61));
  const perChunk = Math.max(1, Math.floor(chunkBytes / one.length));
  const full = Buffer.concat(Array.from({ length: perChunk }, () => one));
  for (let left = count; left > 0; left -= perChunk) {
    if (!socket.write(full.subarray(0, Math.min(left, perChunk) * one.length))) await once(socket, 'drain');
  }
}

async function pace(socket: net.Socket, count: number, payloadBytes: number, mostUnacknowledged: number): Promise<void> {
  const one = publishPacket(topic, Buffer.alloc(payloadBytes, 0x61), { qos: 1, id: 1 });
  const idAt = one.length - payloadBytes - 2;
  let sent = 0;
  let acknowledged = 0;
  const fill = (): void => {
    const batch: Buffer[] = [];
    while (sent < count && sent - acknowledged < mostUnacknowledged) {
      const copy = Buffer.from(one);
      copy.writeUInt16BE((sent % 65_535) + 1, idAt);
      batch.push(copy);
      sent += 1;
    }
    if (batch.length > 0) socket.write(Buffer.concat(batch));
  };
  await new Promise<void>((resolve) => {
    const scan = packetScanner(() => (acknowledged += 1));
    socket.on('data', (chunk: Buffer) => {
      scan(chunk);
      fill();
      if (acknowledged === count) resolve();
    });
    fill();
  });
}

const load = workerData as BrokerLoad;
await (load.role === 'subscribe' ? subscribeAll(load) : publishAll(load));
