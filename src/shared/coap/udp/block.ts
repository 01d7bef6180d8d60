/** A block of a transfer (RFC 7959 §2.2). */
export interface Block {
  /** Counts from 0, at most 1,048,575. */
  readonly number: number;
  readonly more: boolean;
  /** Bytes: 16, 32 … 1024. */
  readonly size: number;
}

export const blockSizes = [16, 32, 64, 128, 256, 512, 1024] as const;
export const largestBlock = 1024;
export const maxBlockNumber = 0xfffff;

/** `null`: more than three bytes, or the reserved size 7. */
export function decodeBlock(value: Uint8Array): Block | null {
  if (value.length > 3) return null;
  let word = 0;
  for (const byte of value) word = (word << 8) | byte;
  const exponent = word & 7;
  return exponent === 7 ? null : { number: word >>> 4, more: (word & 8) !== 0, size: 1 << (exponent + 4) };
}

/** Throws a RangeError for a block that has no form. */
export function encodeBlock({ number, more, size }: Block): Uint8Array<ArrayBuffer> {
  const exponent = blockSizes.indexOf(size as (typeof blockSizes)[number]);
  if (exponent < 0) throw new RangeError(`${size} is no size of a block: 16, 32 … 1024 are (RFC 7959 §2.2).`);
  if (!(Number.isInteger(number) && number >= 0 && number <= maxBlockNumber))
    throw new RangeError(`${number} is no number of a block: 0 to 1,048,575 are (RFC 7959 §2.2).`);
  const word = (number << 4) | (more ? 8 : 0) | exponent;
  const bytes = [word >> 16, (word >> 8) & 0xff, word & 0xff];
  return Uint8Array.from(bytes.slice(word > 0xffff ? 0 : word > 0xff ? 1 : word > 0 ? 2 : 3));
}

/** As RFC 7959 writes it: number/more/size. */
export function formatBlock({ number, more, size }: Block): string {
  return `${number}/${more ? 1 : 0}/${size}`;
}

/** `null`: not number/more/size. */
export function parseBlock(text: string): Uint8Array | null {
  const match = /^(\d{1,7})\/([01])\/(\d{2,4})$/.exec(text);
  if (!match) return null;
  try {
    return encodeBlock({ number: Number(match[1]), more: match[2] === '1', size: Number(match[3]) });
  } catch {
    return null;
  }
}
