import type { MqttdKeys } from '../../../../shared/broker/faults/mqttd-keys.ts';
import { packetType } from '../../../../shared/mqtt/packet/packet-type.ts';
import type { ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';
import { curlReplyData } from './curl-test-file.ts';
import { decoded, peekPublish, typeOf } from './packet-peek.ts';

/** What goes to the client in place of a packet of the broker. */
export interface PlayStep {
  readonly bytes: Uint8Array;
  /** It is the broker's own, byte for byte. */
  readonly own: boolean;
}

export interface PlayAnswer {
  readonly steps: readonly PlayStep[];
  /** The connection is closed after them. */
  readonly closes: boolean;
  /** The packet waits for the message that comes before it. */
  readonly waits: boolean;
}

const connack = 0x20;
const pingresp = 0xd0;
const disconnect = Uint8Array.of(0xe0, 0);
const malformedDisconnect = Uint8Array.of(0xe0, 2, 0, 0);
/** Four bytes that all say that another follows: one more than there may be (§2.2.3). */
const excessiveRemaining = Uint8Array.of(0xff, 0xff, 0xff, 0x80);
/** What the C server sends for a test file that it cannot read, without a SUBACK. */
const anyPayload = 'this is random payload yes yes it is';
/** Properties with which the server in Python answers every CONNECT of MQTT 5: Receive Maximum, Maximum QoS 2 (which is against the rules) and what it offers. */
const pythonProperties = [0x0d, 0x21, 0xff, 0xff, 0x24, 2, 0x25, 1, 0x28, 1, 0x29, 1, 0x2a, 0];
const pythonReasons: Readonly<Record<number, number>> = { 1: 0x84, 2: 0x85, 3: 0x88, 4: 0x86, 5: 0x87 };

/** Plays one of the mqttd servers on a connection: changes what the broker sends into what that server would. */
export class MqttdPlay {
  readonly #keys: MqttdKeys;
  readonly #dialect: MqttdKeys['dialect'];
  #filter: string | null = null;
  #suback: Uint8Array | null = null;

  constructor(keys: MqttdKeys) {
    this.#keys = keys;
    this.#dialect = keys.dialect;
  }

  /** SUBACK waits for a message, which the server in Python only holds back when it has one. */
  get isHoldingSuback(): boolean {
    return this.#suback !== null;
  }

  get givesUpHolding(): boolean {
    return this.#dialect === 'python';
  }

  takeSuback(): Uint8Array | null {
    const suback = this.#suback;
    this.#suback = null;
    return suback;
  }

  /** A packet of the client, before the broker sees it. */
  came(packet: Uint8Array, level: ProtocolLevel): void {
    if (typeOf(packet) !== packetType.subscribe) return;
    const read = decoded(packet, 'server', level);
    // Both servers know one filter.
    if (read?.type === 'subscribe') this.#filter = read.subscriptions[0]?.filter ?? null;
  }

  /** A packet of the broker; `null`: it goes as it is. */
  sent(packet: Uint8Array, level: ProtocolLevel): PlayAnswer | null {
    switch (typeOf(packet)) {
      case packetType.connack:
        return this.#dialect === 'c' ? this.#connackOfC() : this.#connackOfPython(level);
      case packetType.suback:
        return this.#sentSuback(packet);
      case packetType.publish:
        return this.#filter === null ? null : this.#message(this.#dialect === 'c' ? withoutRetain(packet) : packet);
      default:
        return null;
    }
  }

  #connackOfC(): PlayAnswer | null {
    const { errorConnack = 0, remlenConnack = 0, pingrespAsConnack = false } = this.#keys;
    if (errorConnack === 0 && remlenConnack === 0 && !pingrespAsConnack) return null;
    // Four bytes, whatever the length says.
    return forged(Uint8Array.of(pingrespAsConnack ? pingresp : connack, remlenConnack === 0 ? 2 : remlenConnack & 0xff, 0, errorConnack & 0xff));
  }

  #connackOfPython(level: ProtocolLevel): PlayAnswer | null {
    const { errorConnack: code = 0 } = this.#keys;
    if (code === 0) return null;
    if (level === 5) return forged(Uint8Array.of(connack, 16, 0, pythonReasons[code] ?? 0x80, ...pythonProperties));
    return code > 255 ? { steps: [], closes: true, waits: false } : forged(Uint8Array.of(connack, 2, 0, code));
  }

  #sentSuback(packet: Uint8Array): PlayAnswer | null {
    const { testnum, testFolder, answer, publishBeforeSuback = false } = this.#keys;
    const filter = this.#filter;
    const suback = { bytes: packet, own: true };
    if (filter === null) return null;
    if (this.#dialect === 'c' && testnum !== undefined) {
      const data = curlReplyData(testFolder, testnum);
      if (data === null) return this.#withMessage(publishOf(filter, Buffer.from(anyPayload)), null);
      return this.#withMessage(publishOf(filter, data), suback);
    }
    if (answer !== undefined) return this.#withMessage(publishOf(filter, Buffer.from(answer)), suback);
    if (!publishBeforeSuback) return null;
    this.#suback = packet;
    return { steps: [], closes: false, waits: true };
  }

  /** The server's own message with the SUBACK it belongs to, in the order that is asked for. */
  #withMessage(message: Uint8Array, suback: PlayStep | null): PlayAnswer {
    const sent = this.#message(message);
    if (suback === null) return sent;
    if (this.#keys.publishBeforeSuback !== true) return { ...sent, steps: [suback, ...sent.steps] };
    // The C server gives up after a message it could not send whole.
    if (this.#dialect === 'c' && this.#keys.shortPublish === true) return sent;
    return { ...sent, steps: [...sent.steps.slice(0, 1), suback, ...sent.steps.slice(1)] };
  }

  #message(message: Uint8Array): PlayAnswer {
    const { shortPublish = false, excessiveRemaining: excessive = false, disconnectMalformed = false } = this.#keys;
    let bytes = message;
    if (excessive && this.#dialect === 'c') bytes = withExcessiveRemaining(bytes);
    if (shortPublish) bytes = bytes.subarray(0, -2);
    const first: PlayStep = { bytes, own: bytes === message };
    if (this.#dialect === 'c' && shortPublish) return { steps: [first], closes: true, waits: false };
    const suback = this.takeSuback();
    const steps = suback === null ? [first] : [first, { bytes: suback, own: true }];
    if (this.#dialect === 'python') return { steps, closes: false, waits: false };
    return { steps: [...steps, { bytes: disconnectMalformed ? malformedDisconnect : disconnect, own: false }], closes: true, waits: false };
  }
}

const forged = (bytes: Uint8Array): PlayAnswer => ({ steps: [{ bytes, own: false }], closes: false, waits: false });

function publishOf(topic: string, payload: Uint8Array): Uint8Array {
  const name = Buffer.from(topic, 'utf8');
  const length = 2 + name.length + payload.byteLength;
  return Buffer.concat([Uint8Array.of(0x30, ...remainingLength(length), name.length >> 8, name.length & 0xff), name, payload]);
}

function remainingLength(length: number): number[] {
  const bytes: number[] = [];
  let left = length;
  do {
    const byte = left % 128;
    left = Math.floor(left / 128);
    bytes.push(left > 0 ? byte | 0x80 : byte);
  } while (left > 0);
  return bytes;
}

/** The C server knows no retained messages. */
function withoutRetain(packet: Uint8Array): Uint8Array {
  const first = packet[0] as number;
  if ((first & 1) === 0) return packet;
  const copy = Buffer.from(packet);
  copy[0] = first & 0xfe;
  return copy;
}

function withExcessiveRemaining(packet: Uint8Array): Uint8Array {
  const publish = peekPublish(packet);
  if (publish === null) return packet;
  const body = publish.afterTopic - 2 - Buffer.byteLength(publish.topic);
  return Buffer.concat([packet.subarray(0, 1), excessiveRemaining, packet.subarray(body)]);
}
