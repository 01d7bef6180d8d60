import { once } from 'node:events';
import net from 'node:net';
import { connectPacket } from '../../../support/raw-mqtt.ts';
import { PacketStream, type EachPacket } from './packet-stream.ts';

/** All clients of a thread read into the same memory: what they read is dealt with before the next one reads. */
const readBuffer = new Uint8Array(262_144);
const answerTimeoutMs = 60_000;

/** A client on a bare socket. What it receives goes to `each` packet by packet; what it sends are packets that were written before. */
export class RawClient {
  readonly socket: net.Socket;
  /** May be replaced at any time. */
  each: EachPacket = ignore;
  /** Called when all that was read at once has been dealt with. */
  afterRead: () => void = ignore;
  #isDone = false;

  private constructor(port: number) {
    const packets = new PacketStream((bytes, at, size) => this.each(bytes, at, size));
    const onRead = (length: number, bytes: Uint8Array): boolean => {
      packets.feed(bytes, length);
      this.afterRead();
      return true;
    };
    this.socket = net.connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer: readBuffer, callback: onRead } });
  }

  /** Connects and waits for CONNACK. From then on it is an error when the connection ends before `close`. */
  static async open(port: number, clientId: string): Promise<RawClient> {
    const client = new RawClient(port);
    await once(client.socket, 'connect');
    client.socket.on('error', ignore).on('close', () => {
      if (!client.#isDone) throw new Error(`The broker ended the connection of ${clientId}.`);
    });
    let code: number | undefined;
    const connack = client.until(2, 1, (bytes, at) => (code = bytes[at + 3]));
    client.send(connectPacket({ clientId }));
    await connack;
    if (code !== 0) throw new Error(`${clientId} was refused with code ${code}.`);
    return client;
  }

  send(bytes: Uint8Array): boolean {
    return this.socket.write(bytes);
  }

  /** Resolves when so many packets of a type have come; others are passed over, and so is what follows until `each` is set again. */
  until(type: number, count: number, look: EachPacket = ignore): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = count;
      const timer = setTimeout(() => reject(new Error(`The broker still owes ${left} of ${count} packets of type ${type}.`)), answerTimeoutMs);
      this.each = (bytes, at, size) => {
        if ((bytes[at] as number) >> 4 !== type) return;
        look(bytes, at, size);
        left -= 1;
        if (left > 0) return;
        clearTimeout(timer);
        this.each = ignore;
        resolve();
      };
    });
  }

  close(): void {
    this.#isDone = true;
    this.socket.end();
  }
}

function ignore(): void {
  // Nothing is asked for.
}
