import { encodedPublish, encodePacket, publishHeader, type PublishFields } from '../../../shared/mqtt/packet/encoder.ts';
import type { AckPacket, ProtocolLevel } from '../../../shared/mqtt/packet/packets.ts';
import { protocolError } from '../../../shared/mqtt/packet/protocol-error.ts';
import type { ClientSession, OutgoingMessage, PublishAnswer } from './client-session.ts';
import type { PacketOutput } from './packet-output.ts';

/** A payload of this size follows its header as it is; a smaller one is cheaper to copy. */
const separatePayloadBytes = 16_384;
const packetIdNotFound = 0x92;

interface Waiting {
  readonly fields: Omit<PublishFields, 'packetId'>;
  readonly resolve: (answer: PublishAnswer) => void;
  readonly reject: (error: Error) => void;
}

interface OutgoingOptions {
  readonly session: ClientSession;
  readonly level: ProtocolLevel;
  readonly output: PacketOutput;
  readonly send: (bytes: Uint8Array) => void;
  /** A packet identifier that is not in use; 0 when there is none. */
  readonly nextId: () => number;
}

/** What the client publishes: the exchanges of QoS 1 and 2 (§4.3), within what the server takes at once (§4.9). */
export class Outgoing {
  readonly #session: ClientSession;
  readonly #level: ProtocolLevel;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #output: PacketOutput;
  readonly #nextId: () => number;
  readonly #waiting: Waiting[] = [];
  #nextWaiting = 0;
  /** Of the server's Receive Maximum, what is left. */
  #quota = 65_535;

  constructor({ session, level, output, send, nextId }: OutgoingOptions) {
    this.#session = session;
    this.#level = level;
    this.#output = output;
    this.#send = send;
    this.#nextId = nextId;
  }

  /** Messages whose exchange is not complete, those that wait for their turn among them. */
  get pending(): number {
    return this.#session.outgoing.size + this.#waiting.length - this.#nextWaiting;
  }

  /** The connection is up. A session that goes on is completed first, in its order [MQTT-4.4.0-1] [MQTT-4.6.0-1]. */
  start(receiveMaximum: number): void {
    this.#quota = receiveMaximum;
    for (const [packetId, message] of this.#session.outgoing) {
      this.#quota -= 1;
      if (message.released) this.#send(encodePacket({ type: 'pubrel', packetId, code: 0, properties: null }, this.#level));
      else this.#write({ ...message.fields, dup: true });
    }
  }

  /** QoS 0 resolves when the system has taken it, QoS 1 and 2 when the server has. */
  publish(fields: Omit<PublishFields, 'packetId'>): Promise<PublishAnswer> {
    if (fields.qos === 0) {
      this.#write({ ...fields, packetId: 0 });
      return new Promise((resolve, reject) => this.#output.onceWritten((error) => (error ? reject(error) : resolve({ code: 0, properties: null }))));
    }
    return new Promise((resolve, reject) => {
      const waiting = { fields, resolve, reject };
      if (this.#waiting.length > this.#nextWaiting || !this.#begin(waiting)) this.#waiting.push(waiting);
    });
  }

  acknowledge(packet: AckPacket): void {
    const message = this.#session.outgoing.get(packet.packetId);
    switch (packet.type) {
      case 'puback':
        if (message?.fields.qos === 2) throw protocolError('MQTT-4.3.3-3', 'The server acknowledged a message of QoS 2 with PUBACK.');
        if (message) this.#complete(packet, message, packet);
        return;
      case 'pubrec':
        if (message?.fields.qos === 1) throw protocolError('MQTT-4.3.2-3', 'The server acknowledged a message of QoS 1 with PUBREC.');
        if (!message) this.#release(packet.packetId, packetIdNotFound);
        else if (packet.code >= 0x80) this.#complete(packet, message, packet);
        else {
          message.released = true;
          message.received = packet;
          this.#release(packet.packetId, 0);
        }
        return;
      case 'pubcomp':
        if (message?.released) this.#complete(packet, message, message.received ?? packet);
        return;
      case 'pubrel':
    }
  }

  /** Nothing can be sent any more; what a session keeps stays in it. */
  end(error: Error): void {
    for (const { reject } of this.#waiting.splice(0).slice(this.#nextWaiting)) reject(error);
    this.#nextWaiting = 0;
  }

  #release(packetId: number, code: number): void {
    this.#send(encodePacket({ type: 'pubrel', packetId, code, properties: null }, this.#level));
  }

  #complete({ packetId }: AckPacket, message: OutgoingMessage, answer: AckPacket): void {
    this.#session.outgoing.delete(packetId);
    this.#quota += 1;
    message.resolve({ code: answer.code, properties: answer.properties });
    while (this.#nextWaiting < this.#waiting.length && this.#begin(this.#waiting[this.#nextWaiting] as Waiting)) this.#nextWaiting += 1;
    if (this.#nextWaiting === this.#waiting.length || this.#nextWaiting > 1024) {
      this.#waiting.splice(0, this.#nextWaiting);
      this.#nextWaiting = 0;
    }
  }

  #begin({ fields, resolve, reject }: Waiting): boolean {
    if (this.#quota <= 0) return false;
    const packetId = this.#nextId();
    if (packetId === 0) return false;
    const numbered = { ...fields, packetId };
    try {
      this.#write(numbered);
    } catch (error) {
      reject(error as Error);
      return true;
    }
    this.#quota -= 1;
    this.#session.outgoing.set(packetId, { fields: numbered, released: false, received: null, resolve, reject });
    return true;
  }

  /** Throws a RangeError for what cannot be written. */
  #write(fields: PublishFields): void {
    if (fields.payload.byteLength < separatePayloadBytes) this.#send(encodedPublish(this.#level, fields).bytes);
    else {
      this.#send(publishHeader(this.#level, fields).bytes);
      this.#send(fields.payload);
    }
  }
}
