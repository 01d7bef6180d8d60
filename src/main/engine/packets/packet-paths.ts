import type { PacketSourceId } from '../../../shared/contract/packets.ts';
import { packetIdOf, publishParts, publishTopic } from '../../../shared/mqtt/dissect/index.ts';
import { packetType } from '../../../shared/mqtt/packet/packet-type.ts';
import type { PacketRecorder } from './packet-recorder.ts';
import type { StoredPacket } from './packet-ring.ts';

/** Packets looked at to either side of one, before what belongs to it is given up. */
const reach = 50_000;
/** Packets of one exchange at most. */
const longestExchange = 64;

export interface WantedMessage {
  readonly source: PacketSourceId;
  readonly topic: string;
  /** Its beginning, at least as much as is kept of a packet. */
  readonly payload: Uint8Array;
  readonly sizeBytes: number;
  /** As seen by the broker of the source. */
  readonly direction: 'in' | 'out';
  /** Unix µs. */
  readonly timeUs: number;
}

/** The time a message and its packet may be apart: both are noted in the same turn, but by different clocks. */
const sameMomentUs = 1_000_000;

/** What belongs together among recorded packets: exchanges with acknowledgements, and the way of a message through a broker. */
export class PacketPaths {
  readonly #recorder: PacketRecorder;

  constructor(recorder: PacketRecorder) {
    this.#recorder = recorder;
  }

  /** Everything that a packet belongs to. */
  around(seq: number): ReadonlySet<number> {
    const packet = this.#recorder.ring.get(seq);
    const found = new Set([seq]);
    if (packet === undefined || packet.end !== null) return found;
    const type = typeOf(packet);
    if (type === packetType.publish) return this.#ofPublish(packet);
    if (type >= packetType.puback && type <= packetType.pubcomp) {
      const publish = this.#publishOf(packet);
      return publish === undefined ? found : this.#ofPublish(publish).add(seq);
    }
    const begin = this.#beginOf(packet, type);
    for (const one of this.#exchange(begin)) found.add(one);
    return found;
  }

  /** The way of a message from the client that published it. */
  journey(publish: StoredPacket, deliveredTo?: ReadonlySet<string>): Set<number> {
    const found = new Set(this.#exchange(publish));
    if (publish.direction === 'out') return found;
    for (const delivery of this.#deliveries(publish, deliveredTo)) for (const seq of this.#exchange(delivery)) found.add(seq);
    return found;
  }

  /** The packet in which a message crossed the network; `undefined`: it was not recorded. */
  packetOf(wanted: WantedMessage): StoredPacket | undefined {
    const { ring } = this.#recorder;
    let best: StoredPacket | undefined;
    for (let seq = this.#firstSince(wanted.timeUs - sameMomentUs); seq < ring.next; seq += 1) {
      const timeUs = ring.timeOf(seq);
      if (timeUs > wanted.timeUs + sameMomentUs) break;
      if (best !== undefined && Math.abs(timeUs - wanted.timeUs) >= Math.abs(best.timeUs - wanted.timeUs)) continue;
      if (this.#recorder.connection(ring.connectionOf(seq))?.source !== wanted.source) continue;
      const packet = ring.get(seq);
      if (packet === undefined || packet.direction !== wanted.direction || !isPublish(packet) || topicOf(packet) !== wanted.topic) continue;
      const payload = payloadOf(packet);
      const size = packet.size - (packet.bytes.length - payload.length);
      const shared = Math.min(payload.length, wanted.payload.length);
      if (size === wanted.sizeBytes && Buffer.compare(payload.subarray(0, shared), wanted.payload.subarray(0, shared)) === 0) best = packet;
    }
    return best;
  }

  #ofPublish(packet: StoredPacket): Set<number> {
    const origin = packet.direction === 'in' ? packet : this.#originOf(packet);
    const found = origin === undefined ? new Set<number>() : this.journey(origin);
    // A delivery that the broker made later, of a retained or queued message.
    for (const seq of this.#exchange(packet)) found.add(seq);
    return found;
  }

  /** A PUBLISH with its acknowledgements; a request with its answer; a login. */
  #exchange(begin: StoredPacket): readonly number[] {
    const found = [begin.seq];
    const { ring } = this.#recorder;
    const id = packetIdOf(begin.bytes);
    const type = typeOf(begin);
    const login = type === packetType.connect;
    const asked = { [packetType.subscribe]: packetType.suback, [packetType.unsubscribe]: packetType.unsuback, [packetType.pingreq]: packetType.pingresp }[type];
    const qos = (((begin.bytes[0] ?? 0) >> 1) & 3) as 0 | 1 | 2;
    if (!login && asked === undefined && (type !== packetType.publish || qos === 0)) return found;
    for (let seq = begin.seq + 1; seq < Math.min(ring.next, begin.seq + reach) && found.length < longestExchange; seq += 1) {
      if (ring.connectionOf(seq) !== begin.connection) continue;
      const packet = ring.get(seq);
      if (packet === undefined) continue;
      const next = typeOf(packet);
      if (packet.end !== null) {
        if (login) found.push(seq);
        break;
      }
      if (login) {
        if (next !== packetType.connack && next !== packetType.auth) break;
        found.push(seq);
        if (next === packetType.connack) break;
      } else if (asked !== undefined) {
        if (next !== asked || packetIdOf(packet.bytes) !== id) continue;
        found.push(seq);
        break;
      } else {
        if (packetIdOf(packet.bytes) !== id) continue;
        // The same number again is another message, unless it is a second try of this one.
        if (next === packetType.publish && packet.direction === begin.direction) {
          if (((packet.bytes[0] ?? 0) & 0x08) === 0) break;
          found.push(seq);
          continue;
        }
        if (!belongs(next, packet.direction === begin.direction)) continue;
        found.push(seq);
        if (next === packetType.puback || next === packetType.pubcomp) break;
      }
    }
    return found;
  }

  /** The first delivery to each client until the same message comes again. */
  #deliveries(publish: StoredPacket, only: ReadonlySet<string> | undefined): readonly StoredPacket[] {
    const { ring } = this.#recorder;
    const source = this.#sourceOf(publish);
    const found = new Map<number, StoredPacket>();
    for (let seq = publish.seq + 1; seq < Math.min(ring.next, publish.seq + reach); seq += 1) {
      const connection = this.#recorder.connection(ring.connectionOf(seq));
      if (connection === undefined || connection.source !== source || found.has(connection.id)) continue;
      const packet = ring.get(seq);
      if (packet === undefined || !sameMessage(publish, packet)) continue;
      if (packet.direction === 'in') {
        if (((packet.bytes[0] ?? 0) & 0x08) === 0) break;
        continue;
      }
      if (only === undefined || only.has(connection.clientId ?? '')) found.set(connection.id, packet);
    }
    return [...found.values()];
  }

  /** Of a delivery: the newest message like it that came before. */
  #originOf(delivery: StoredPacket): StoredPacket | undefined {
    const { ring } = this.#recorder;
    const source = this.#sourceOf(delivery);
    for (let seq = delivery.seq - 1; seq >= Math.max(ring.first, delivery.seq - reach); seq -= 1) {
      if (this.#recorder.connection(ring.connectionOf(seq))?.source !== source) continue;
      const packet = ring.get(seq);
      if (packet?.direction === 'in' && sameMessage(delivery, packet)) return packet;
    }
    return undefined;
  }

  /** Of an acknowledgement: the PUBLISH with its number before it. */
  #publishOf(acknowledgement: StoredPacket): StoredPacket | undefined {
    const { ring } = this.#recorder;
    const id = packetIdOf(acknowledgement.bytes);
    const fromReceiver = typeOf(acknowledgement) !== packetType.pubrel;
    for (let seq = acknowledgement.seq - 1; seq >= Math.max(ring.first, acknowledgement.seq - reach); seq -= 1) {
      if (ring.connectionOf(seq) !== acknowledgement.connection) continue;
      const packet = ring.get(seq);
      if (packet === undefined || !isPublish(packet) || packetIdOf(packet.bytes) !== id) continue;
      if ((packet.direction === acknowledgement.direction) !== fromReceiver) return packet;
    }
    return undefined;
  }

  /** Of an answer: what asked for it. */
  #beginOf(packet: StoredPacket, type: number): StoredPacket {
    const begins: Readonly<Record<number, number>> = {
      [packetType.connack]: packetType.connect,
      [packetType.auth]: packetType.connect,
      [packetType.suback]: packetType.subscribe,
      [packetType.unsuback]: packetType.unsubscribe,
      [packetType.pingresp]: packetType.pingreq,
    };
    const wanted = begins[type];
    if (wanted === undefined) return packet;
    const { ring } = this.#recorder;
    for (let seq = packet.seq - 1; seq >= Math.max(ring.first, packet.seq - reach); seq -= 1) {
      if (ring.connectionOf(seq) !== packet.connection) continue;
      const before = ring.get(seq);
      if (before === undefined || before.end !== null || typeOf(before) !== wanted) continue;
      if (packetIdOf(before.bytes) === packetIdOf(packet.bytes)) return before;
    }
    return packet;
  }

  #sourceOf(packet: StoredPacket): PacketSourceId | undefined {
    return this.#recorder.connection(packet.connection)?.source;
  }

  /** The first packet that is not older; times of several sources may cross a little. */
  #firstSince(timeUs: number): number {
    const { ring } = this.#recorder;
    let [low, high] = [ring.first, ring.next];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (ring.timeOf(middle) < timeUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const typeOf = (packet: StoredPacket): number => (packet.bytes[0] ?? 0) >> 4;
const isPublish = (packet: StoredPacket): boolean => packet.end === null && typeOf(packet) === packetType.publish;
const topicOf = (packet: StoredPacket): string | null => packet.topic ?? publishTopic(packet.bytes);

function payloadOf({ bytes, level }: StoredPacket): Uint8Array {
  return bytes.subarray(publishParts(bytes, level)?.payloadStart ?? bytes.length);
}

function sameMessage(one: StoredPacket, other: StoredPacket): boolean {
  if (!isPublish(other) || topicOf(one) !== topicOf(other)) return false;
  return Buffer.compare(payloadOf(one), payloadOf(other)) === 0;
}

/** Whether an acknowledgement is of a PUBLISH that went in the same direction as it, or in the other one. */
function belongs(type: number, sameDirection: boolean): boolean {
  return type === packetType.pubrel
    ? sameDirection
    : !sameDirection && (type === packetType.puback || type === packetType.pubrec || type === packetType.pubcomp);
}
