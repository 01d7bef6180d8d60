import { utf8Size, writeUtf8 } from './utf8.ts';

const maxCounted = 65_535;
/** The largest variable byte integer, and with it the largest remaining length (§1.5.5). */
export const maxVariableByteInteger = 268_435_455;

/** Bytes of a variable byte integer (§1.5.5). */
export function variableSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;
}

/** Bytes of a string with its length (§1.5.4). */
export function stringSize(text: string, what: string): number {
  const size = utf8Size(text);
  if (size > maxCounted) throw new RangeError(`${what} has ${size} bytes; MQTT allows ${maxCounted}.`);
  return size + 2;
}

/** Bytes of binary data with its length (§1.5.6). */
export function binarySize(bytes: Uint8Array, what: string): number {
  if (bytes.length > maxCounted) throw new RangeError(`${what} has ${bytes.length} bytes; MQTT allows ${maxCounted}.`);
  return bytes.length + 2;
}

/** Throws unless a number is whole and fits. */
export function checkInteger(value: number, least: number, most: number, what: string): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${what} is ${value}; it must be a whole number from ${least} to ${most}.`);
}

/**
 * Small packets are written into memory that they share, because memory of their own costs more than all the rest of the encoding. A packet that is
 * kept keeps up to this much alive, and its `buffer` is not its own: whoever keeps many for long, or transfers one, copies them.
 */
const slabBytes = 16_384;
const largestShared = 2_048;

/** Writes the data types of §1.5. There is one, used from start to end of one packet without a pause. */
class PacketWriter {
  #slab = new Uint8Array(0);
  #slabUsed = 0;
  #bytes = this.#slab;
  #start = 0;
  #at = 0;

  /** Begins a packet of exactly so many bytes. */
  begin(size: number): void {
    if (size > largestShared) {
      this.#bytes = new Uint8Array(size);
      this.#start = 0;
    } else {
      if (this.#slabUsed + size > this.#slab.length) {
        this.#slab = new Uint8Array(slabBytes);
        this.#slabUsed = 0;
      }
      this.#bytes = this.#slab;
      this.#start = this.#slabUsed;
      this.#slabUsed += size;
    }
    this.#at = this.#start;
  }

  /** Bytes written since `begin`. */
  get length(): number {
    return this.#at - this.#start;
  }

  /** The packet; its memory is not written to again. */
  take(): Uint8Array {
    const bytes = this.#bytes;
    if (bytes !== this.#slab) this.#bytes = this.#slab;
    return bytes.subarray(this.#start, this.#at);
  }

  byte(value: number): void {
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  uint16(value: number): void {
    const at = this.#at;
    this.#bytes[at] = value >> 8;
    this.#bytes[at + 1] = value;
    this.#at = at + 2;
  }

  uint32(value: number): void {
    const at = this.#at;
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >> 16;
    this.#bytes[at + 2] = value >> 8;
    this.#bytes[at + 3] = value;
    this.#at = at + 4;
  }

  variable(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  string(text: string): void {
    const start = this.#at + 2;
    const end = writeUtf8(this.#bytes, start, text);
    this.uint16(end - start);
    this.#at = end;
  }

  binary(bytes: Uint8Array): void {
    this.uint16(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}

export const packetWriter = new PacketWriter();
