import { isUtf8 } from 'node:buffer';

/** Client id, user name, password, will topic and will payload of 65,535 bytes each fit. */
const maxConnectBytes = 400_000;
const publishType = 3;

/**
 * Follows the packet boundaries of one client's byte stream and names the first thing that must end the connection:
 * a first packet that is no CONNECT, a malformed or excessive length (before anything is collected), or a topic that is not
 * UTF-8 or holds U+0000 [MQTT-1.5.3-1, MQTT-1.5.3-2]. Everything else is left to the broker.
 */
export class PacketGuard {
  readonly #maximumPacketSize: number;
  /** Bytes of the current packet still to pass over. */
  #skip = 0;
  /** Beginning of a packet that the last chunk cut off before the end of its topic. */
  #held: Buffer | undefined;
  #connectSeen = false;

  /** In bytes, fixed header included. */
  constructor(maximumPacketSize: number) {
    this.#maximumPacketSize = maximumPacketSize;
  }

  /** The reason to refuse the connection, or `null` to go on. */
  feed(chunk: Buffer): string | null {
    const data = this.#held ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = undefined;
    let position = Math.min(this.#skip, data.length);
    this.#skip -= position;
    while (position < data.length) {
      const start = position;
      const first = data[position++] as number;
      if (!this.#connectSeen && first !== 0x10) return describeStranger(data.subarray(start));

      let length = 0;
      let shift = 0;
      for (;;) {
        if (position >= data.length) return this.#hold(data, start);
        const byte = data[position++] as number;
        length |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
        shift += 7;
        if (shift > 21) return 'sent a packet with a malformed length';
      }
      const limit = this.#connectSeen ? this.#maximumPacketSize : Math.min(maxConnectBytes, this.#maximumPacketSize);
      const size = position - start + length;
      if (size > limit) return `sent a packet of ${size} bytes, more than the ${limit} allowed`;

      if (first >> 4 === publishType) {
        if (length < 2) return 'sent a malformed PUBLISH';
        if (position + 2 > data.length) return this.#hold(data, start);
        const topicLength = data.readUInt16BE(position);
        if (topicLength + 2 > length) return 'sent a malformed PUBLISH';
        const topicEnd = position + 2 + topicLength;
        if (topicEnd > data.length) return this.#hold(data, start);
        const topic = data.subarray(position + 2, topicEnd);
        if (!isUtf8(topic)) return 'published to a topic that is not valid UTF-8';
        if (topic.includes(0)) return 'published to a topic that holds the character U+0000';
      }
      this.#connectSeen = true;
      const end = position + length;
      position = Math.min(end, data.length);
      this.#skip = end - position;
    }
    return null;
  }

  #hold(data: Buffer, start: number): null {
    this.#held = data.subarray(start);
    return null;
  }
}

function describeStranger(bytes: Buffer): string {
  if (bytes[0] === 0x16 && (bytes[1] ?? 3) === 3) return 'spoke TLS, but this port is served without TLS';
  if (/^[A-Z]{3,7} \S/.test(bytes.toString('latin1', 0, 16))) return 'spoke HTTP, not MQTT';
  return 'did not begin with an MQTT CONNECT packet';
}
