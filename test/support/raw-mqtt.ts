import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';

/** MQTT 3.1 and 3.1.1 packets and a peer on a bare byte stream, independent of every MQTT library. */

export interface ConnectFields {
  readonly clientId: string;
  readonly level?: 3 | 4 | 5;
  readonly clean?: boolean;
  readonly keepAliveSeconds?: number;
  readonly will?: { readonly topic: string; readonly payload: string };
}

export function connectPacket({ clientId, level = 4, clean = true, keepAliveSeconds = 0, will }: ConnectFields): Buffer {
  const flags = (clean ? 2 : 0) | (will ? 4 : 0);
  return packet(
    0x10,
    text(level === 3 ? 'MQIsdp' : 'MQTT'),
    Buffer.from([level, flags, keepAliveSeconds >> 8, keepAliveSeconds & 0xff]),
    Buffer.from(level === 5 ? [0] : []),
    text(clientId),
    ...(will ? [text(will.topic), text(will.payload)] : []),
  );
}

export function publishPacket(
  topic: string | Buffer,
  payload: string | Uint8Array,
  more: { readonly qos?: 0 | 1 | 2; readonly retain?: boolean; readonly id?: number; readonly dup?: boolean } = {},
): Buffer {
  const { qos = 0, retain = false, id = 1, dup = false } = more;
  return packet(
    0x30 | (qos << 1) | (retain ? 1 : 0) | (dup ? 8 : 0),
    text(topic),
    Buffer.from(qos > 0 ? [id >> 8, id & 0xff] : []),
    Buffer.from(payload as string),
  );
}

export function subscribePacket(filters: readonly string[], qos: 0 | 1 | 2 = 0, id = 1): Buffer {
  return packet(0x82, Buffer.from([id >> 8, id & 0xff]), ...filters.flatMap((filter) => [text(filter), Buffer.from([qos])]));
}

export const disconnectPacket: Buffer = Buffer.from([0xe0, 0]);
export const pingPacket: Buffer = Buffer.from([0xc0, 0]);

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function packet(first: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = [first];
  let rest = body.length;
  do {
    header.push((rest % 128) | (rest > 127 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), body]);
}

export interface RawPeer {
  readonly stream: Duplex;
  send(...packets: readonly Buffer[]): void;
  /** The next whole packet; rejects when the stream ends first. */
  next(): Promise<Buffer>;
  /** Resolves when the other side has closed, with what came before that and was not read. */
  closed(): Promise<Buffer>;
  end(): void;
}

export async function dial(port: number, host = '127.0.0.1'): Promise<RawPeer> {
  const socket = net.connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  return rawPeer(socket);
}

/** Connects and waits for the CONNACK; throws unless it says 0. */
export async function dialMqtt(port: number, fields: ConnectFields): Promise<RawPeer> {
  const peer = await dial(port);
  peer.send(connectPacket(fields));
  const connack = await peer.next();
  if (connack.toString('hex', 0, 2) !== '2002' || connack[3] !== 0) throw new Error(`CONNACK ${connack.toString('hex')}`);
  return peer;
}

/** A peer on any stream of bytes. */
export function rawPeer(stream: Duplex): RawPeer {
  let received = Buffer.alloc(0);
  let ended = false;
  const waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const run of waiting.splice(0)) run();
  };
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    wake();
  });
  stream.on('error', () => undefined);
  stream.on('close', () => {
    ended = true;
    wake();
  });
  const change = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  return {
    stream,
    send: (...packets) => void stream.write(Buffer.concat(packets)),
    async next() {
      let length: number | null = null;
      for (;;) {
        if (chunks.length > 0 && (length === null || received.length + sizeOf(chunks) >= length)) {
          received = Buffer.concat([received, ...chunks.splice(0)]);
        }
        length = packetLength(received);
        if (length !== null && length <= received.length) {
          const whole = received.subarray(0, length);
          received = received.subarray(length);
          return whole;
        }
        if (ended) throw new Error(`closed after ${received.toString('hex') || 'nothing'}`);
        await change();
      }
    },
    async closed() {
      if (!ended) await new Promise((resolve) => stream.once('close', resolve));
      return Buffer.concat([received, ...chunks]);
    },
    end: () => void stream.end(disconnectPacket),
  };
}

function sizeOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

/** The length the packet at the beginning will have, or `null` while its header is incomplete. */
function packetLength(bytes: Buffer): number | null {
  let length = 0;
  for (let at = 1; at < bytes.length && at < 5; at += 1) {
    const byte = bytes[at] as number;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if (byte < 0x80) return at + 1 + length;
  }
  return null;
}
