import { PayloadFailure } from './payload-failure.ts';

/** The most that can be published here. */
const maxEncodedBytes = 20_971_520;

/** Grows as it is written. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes room for `count` bytes and answers where they go. It may replace what is written to: call it first. */
  room(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > maxEncodedBytes) throw new PayloadFailure('the encoded payload is larger than 20 MiB, the most that can be published here');
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = needed;
    return at;
  }

  u8(value: number): void {
    const at = this.room(1);
    this.#bytes[at] = value;
  }

  u16(value: number): void {
    const at = this.room(2);
    this.#view.setUint16(at, value);
  }

  u32(value: number, littleEndian = false): void {
    const at = this.room(4);
    this.#view.setUint32(at, value, littleEndian);
  }

  /** Takes negative numbers as two's complement. */
  u64(value: bigint, littleEndian = false): void {
    const at = this.room(8);
    this.#view.setBigUint64(at, BigInt.asUintN(64, value), littleEndian);
  }

  f32(value: number, littleEndian = false): void {
    const at = this.room(4);
    this.#view.setFloat32(at, value, littleEndian);
  }

  f64(value: number, littleEndian = false): void {
    const at = this.room(8);
    this.#view.setFloat64(at, value, littleEndian);
  }

  raw(bytes: Uint8Array): void {
    const at = this.room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Groups of seven bits, the lowest first (protobuf, Avro). */
  varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.u8(Number(rest));
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}
