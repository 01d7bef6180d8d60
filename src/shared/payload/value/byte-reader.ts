import { integerValue, type PayloadValue } from './payload-value.ts';
import { decodeText } from '../utf8-text.ts';
import { maxDepth, maxValues } from './limits.ts';
import { PayloadFailure } from './payload-failure.ts';

/** Reads a payload from its beginning; what is missing or too much fails with the offset. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  readonly #read: { values: number };

  constructor(bytes: Uint8Array, outer?: ByteReader) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    // What is inside counts together with what is around it.
    this.#read = outer ? outer.#read : { values: 0 };
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Moves past `count` bytes and answers where they begin. `what` ends "… is cut short". */
  skip(count: number, what: string): number {
    const start = this.at;
    if (count > this.left) throw new PayloadFailure(`${what} is cut short: it needs ${count} bytes, and ${this.left} are left`, start);
    this.at = start + count;
    return start;
  }

  u8(what: string): number {
    return this.bytes[this.skip(1, what)] as number;
  }

  take(count: number, what: string): Uint8Array {
    const start = this.skip(count, what);
    return this.bytes.subarray(start, start + count);
  }

  u64(what: string): number | bigint {
    return integerValue(this.view.getBigUint64(this.skip(8, what)));
  }

  i64(what: string): number | bigint {
    return integerValue(this.view.getBigInt64(this.skip(8, what)));
  }

  text(count: number, what: string): PayloadValue {
    return textOrBroken(this.take(count, what));
  }

  /** Counts values and depth, so that a few bytes cannot ask for more than anyone can read. */
  enter(depth: number): void {
    if (depth > maxDepth) throw new PayloadFailure(`nested deeper than ${maxDepth} levels`, this.at);
    this.#read.values += 1;
    if (this.#read.values > maxValues) throw new PayloadFailure(`more than ${maxValues.toLocaleString('en')} values`, this.at);
  }

  /** A list or map that announces more entries than bytes are left is damaged: nothing is kept ready for it. */
  announced(count: number | bigint, bytesEach: number, what: string): number {
    if (Number(count) * bytesEach > this.left) {
      throw new PayloadFailure(`${what} announces ${count} entries, and ${this.left} bytes are left`, this.at);
    }
    return Number(count);
  }

  end(what: string): void {
    if (this.left > 0) throw new PayloadFailure(`${this.left === 1 ? '1 byte is' : `${this.left} bytes are`} left after the ${what}`, this.at);
  }
}

function textOrBroken(bytes: Uint8Array): PayloadValue {
  const { text, invalidAt } = decodeText(bytes);
  return invalidAt === null ? text : { kind: 'broken-text', bytes: bytes.slice() };
}
