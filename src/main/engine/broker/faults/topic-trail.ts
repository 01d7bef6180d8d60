import { packetType } from '../../../../shared/mqtt/packet/packet-type.ts';
import type { ProtocolLevel } from '../../../../shared/mqtt/packet/packets.ts';
import { decoded, isAnswer, peekPacketId, peekPublish } from './packet-peek.ts';

type Direction = 'in' | 'out';

/** Which topic a packet of one connection is about: through topic aliases, and of acknowledgements through their packet identifier. Both are bounded by MQTT itself. */
export class TopicTrail {
  readonly #aliases = { in: new Map<number, string>(), out: new Map<number, string>() };
  /** Of PUBLISH of QoS 1 and 2, by the direction it went. */
  readonly #ids = { in: new Map<number, string>(), out: new Map<number, string>() };

  topicOf(direction: Direction, packet: Uint8Array, type: number, level: ProtocolLevel): string | null {
    if (type === packetType.publish) return this.#publish(direction, packet, level);
    // PUBREL goes the way of its PUBLISH, the answers come back.
    if (type === packetType.pubrel) return this.#ids[direction].get(peekPacketId(packet)) ?? null;
    return isAnswer(type) ? (this.#ids[direction === 'in' ? 'out' : 'in'].get(peekPacketId(packet)) ?? null) : null;
  }

  #publish(direction: Direction, packet: Uint8Array, level: ProtocolLevel): string | null {
    if (level !== 5) {
      const publish = peekPublish(packet);
      if (publish === null) return null;
      if (publish.qos > 0) this.#ids[direction].set(((packet[publish.afterTopic] ?? 0) << 8) | (packet[publish.afterTopic + 1] ?? 0), publish.topic);
      return publish.topic;
    }
    const read = decoded(packet, direction === 'in' ? 'server' : 'client', 5);
    if (read?.type !== 'publish') return null;
    const alias = read.properties?.topicAlias;
    const topic = read.topic === '' && alias !== undefined ? (this.#aliases[direction].get(alias) ?? null) : read.topic;
    if (topic === null) return null;
    if (alias !== undefined) this.#aliases[direction].set(alias, topic);
    if (read.qos > 0) this.#ids[direction].set(read.packetId, topic);
    return topic;
  }
}
