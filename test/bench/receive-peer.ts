// A broker in a thread of its own that answers CONNECT and then sends as many messages as it is told to, as fast as they are taken.
import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { encodePacket } from '../../src/shared/mqtt/packet/encoder.ts';
import { PacketDecoder } from '../../src/shared/mqtt/packet/decoder.ts';
import type { ReceiveOrder } from './receive.ts';

const { messages, payloadBytes, qos } = workerData as ReceiveOrder;
/** Messages written at once. */
const batch = 500;

/** Made beforehand, so that sending costs nothing but the system's share. */
function encodeAll(): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < messages; from += batch) {
    const some = Array.from({ length: Math.min(batch, messages - from) }, (_, index) => {
      const at = from + index;
      const topic = `lab/line-${at % 40}/sensor-${at % 25}/value`;
      const payload = new Uint8Array(payloadBytes).fill(at % 251);
      const packetId = qos === 0 ? 0 : (at % 65_535) + 1;
      return encodePacket({ type: 'publish', dup: false, qos, retain: false, topic, packetId, properties: null, payload }, 4);
    });
    parts.push(Buffer.concat(some));
  }
  return parts;
}

const parts = encodeAll();
const server = net.createServer((socket) => {
  socket.on('error', () => undefined);
  const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 1_000_000 });
  socket.on('data', (chunk) => {
    decoder.push(chunk);
    for (let packet = decoder.next(); packet; packet = decoder.next()) {
      if (packet.type !== 'connect') continue;
      socket.write(encodePacket({ type: 'connack', sessionPresent: false, code: 0, properties: null }, 4));
      send(0);
    }
  });
  const send = (part: number): void => {
    const bytes = parts[part];
    if (!bytes || socket.destroyed) return;
    if (socket.write(bytes)) setImmediate(send, part + 1);
    else socket.once('drain', () => send(part + 1));
  };
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as net.AddressInfo).port));
