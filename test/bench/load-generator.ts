import { once } from 'node:events';
import net from 'node:net';

/** A raw MQTT 3.1.1 publisher: packets are prepared once, so that the broker is the limit and not this process. */
export interface LoadGenerator {
  /** Publishes QoS 0 messages at an even pace; resolves with the number sent when all are written. */
  run(options: { readonly messagesPerSecond: number; readonly seconds: number }): Promise<number>;
  close(): void;
}

export async function connectLoadGenerator(port: number, topics: readonly string[], payloadBytes = 100): Promise<LoadGenerator> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  socket.write(connectPacket(`load-${process.pid}-${port}`));
  await once(socket, 'data');
  const payload = Buffer.from(`{"value":${'7'.repeat(Math.max(1, payloadBytes - 10))}}`);
  const packets = topics.map((topic) => publishPacket(topic, payload));
  let next = 0;
  return {
    async run({ messagesPerSecond, seconds }) {
      const total = Math.round(messagesPerSecond * seconds);
      const began = performance.now();
      let sent = 0;
      while (sent < total) {
        const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * messagesPerSecond));
        if (due > sent) {
          const batch: Buffer[] = [];
          for (; sent < due; sent += 1) batch.push(packets[next++ % packets.length] as Buffer);
          if (!socket.write(Buffer.concat(batch))) await once(socket, 'drain');
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return sent;
    },
    close: () => void socket.end(Buffer.from([0xe0, 0x00])),
  };
}

function connectPacket(clientId: string): Buffer {
  const id = Buffer.from(clientId);
  const body = Buffer.concat([Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, id.length >> 8, id.length & 0xff]), id]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

function publishPacket(topic: string, payload: Buffer): Buffer {
  const name = Buffer.from(topic);
  const length = 2 + name.length + payload.length;
  const header: number[] = [0x30];
  let rest = length;
  do {
    header.push((rest % 128) | (rest > 127 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), Buffer.from([name.length >> 8, name.length & 0xff]), name, payload]);
}
