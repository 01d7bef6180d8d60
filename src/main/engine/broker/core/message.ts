import type { HandlerDeed } from '../../../../shared/contract/broker-inside.ts';
import type { Qos } from '../../../../shared/contract/common.ts';
import { encodedPublish, publishHeader, type EncodedPublish } from '../../../../shared/mqtt/packet/encoder.ts';
import type { Properties, ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';
import { briefBytes, ownBytes } from './own-bytes.ts';
import type { KeptMessage } from './persistence/kept.ts';

/** Payloads above this are written by reference after their header instead of being copied for each receiver. */
export const copiedPayloadBytes = 8192;

/** Twelve encodings at most: two families of versions, three QoS, with and without the retain flag. */
const slots = 12;

/** An application message on its way through the broker: made once, shared by everything that routes, queues or retains it. */
export class Message {
  /** Given when it is spread: counts up from 1 in each run of the broker. */
  number = 0;
  readonly topic: string;
  /** May be a view into what was read from the network, see `keep`. */
  payload: Uint8Array;
  /** As published. */
  readonly qos: Qos;
  readonly retain: boolean;
  /** What receivers of MQTT 5 are given: without topic alias and subscription identifiers. */
  properties: Properties | null;
  /** Client id; `null`: the broker itself. */
  readonly publisher: string | null;
  /** On the monotonic clock; `Infinity`: never. */
  readonly expiresAtMs: number;
  /** What is kept of it beyond the life of the broker, for the sessions it waits for. */
  kept: KeptMessage | null = null;
  /** What handlers did to it, for who traces it. */
  deeds: readonly HandlerDeed[] | null = null;
  #isOwn = false;
  #encoded: (EncodedPublish | undefined)[] | undefined;

  constructor(topic: string, payload: Uint8Array, qos: Qos, retain: boolean, properties: Properties | null, publisher: string | null, expiresAtMs: number) {
    this.topic = topic;
    this.payload = payload;
    this.qos = qos;
    this.retain = retain;
    this.properties = properties;
    this.publisher = publisher;
    this.expiresAtMs = expiresAtMs;
  }

  /** What it costs to keep: payload, topic and the objects around them. */
  get weight(): number {
    return this.payload.byteLength + this.topic.length * 2 + 200;
  }

  /**
   * The packet without subscription identifiers and alias, with packet id 1 in it; encoded once for all receivers of a kind.
   * Payloads that are large are left out (`copiedPayloadBytes`).
   */
  encoded(level: ProtocolLevel, qos: Qos, retain: boolean, nowMs: number): EncodedPublish {
    const v5 = level === 5;
    if (v5 && this.expiresAtMs !== Infinity) return encode(this, level, qos, retain, this.propertiesAt(nowMs));
    const slot = (v5 ? 6 : 0) + qos * 2 + (retain ? 1 : 0);
    this.#encoded ??= new Array<EncodedPublish | undefined>(slots).fill(undefined);
    let bytes = this.#encoded[slot];
    if (bytes === undefined) this.#encoded[slot] = bytes = encode(this, level, qos, retain, v5 ? this.properties : null);
    return bytes;
  }

  /** Before it stays beyond this turn, under way to somebody: no view that holds on to everything read together. */
  own(): void {
    if (this.#isOwn) return;
    this.#isOwn = true;
    this.payload = briefBytes(this.payload);
  }

  /** Before it is kept for long: nothing that belongs to others, or can be made again. */
  keep(): void {
    this.#isOwn = true;
    this.#encoded = undefined;
    this.payload = ownBytes(this.payload);
    const { properties } = this;
    if (properties?.correlationData === undefined) return;
    const correlationData = ownBytes(properties.correlationData);
    if (correlationData !== properties.correlationData) this.properties = { ...properties, correlationData };
  }

  /** The properties with what is left of the expiry interval [MQTT-3.3.2-6]. */
  propertiesAt(nowMs: number): Properties | null {
    if (this.expiresAtMs === Infinity) return this.properties;
    // Whole ms first: the clock has fractions, whose errors would make a second more of it than was received.
    return { ...this.properties, messageExpiryInterval: Math.max(0, Math.ceil(Math.round(this.expiresAtMs - nowMs) / 1000)) };
  }
}

function encode(message: Message, level: ProtocolLevel, qos: Qos, retain: boolean, properties: Properties | null): EncodedPublish {
  const { topic, payload } = message;
  const packet = { topic, payload, qos, retain, dup: false, properties, packetId: qos === 0 ? 0 : 1 };
  return payload.byteLength > copiedPayloadBytes ? publishHeader(level, packet) : encodedPublish(level, packet);
}
