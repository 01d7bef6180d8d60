/** What X.509 and PKCS #12 need of DER (ITU-T X.690): each function gives a whole element. */

export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.of(0x80 | bytes.length, ...bytes);
}

export const sequence = (...content: readonly Uint8Array[]): Buffer => element(0x30, ...content);
/** Members of a SET OF have to come in ascending order (§11.6). */
export const setOf = (...content: readonly Buffer[]): Buffer => element(0x31, ...content.toSorted(Buffer.compare));
export const octets = (content: Uint8Array): Buffer => element(0x04, content);
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text, 'utf8'));
export const yes = (): Buffer => element(0x01, Buffer.of(0xff));
export const nothing = (): Buffer => element(0x05);
/** `[number]`, constructed. */
export const tagged = (number: number, ...content: readonly Uint8Array[]): Buffer => element(0xa0 | number, ...content);
/** `[number] IMPLICIT` of something primitive. */
export const taggedPlain = (number: number, content: Uint8Array): Buffer => element(0x80 | number, content);

export const bits = (content: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.of(unused), content);

/** Not negative: a number below 2³¹, or its bytes, the highest first. */
export function integer(value: number | Uint8Array): Buffer {
  let bytes = typeof value === 'number' ? Buffer.from(value.toString(16).padStart(8, '0'), 'hex') : Buffer.from(value);
  while (bytes.length > 1 && bytes[0] === 0) bytes = bytes.subarray(1);
  return element(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

/** From `1.2.840.113549`. */
export function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const groups = [first * 40 + second, ...rest].map((number) => {
    const bytes = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(0x80 | (left % 128));
    return Buffer.from(bytes);
  });
  return element(0x06, ...groups);
}

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5); whole seconds. */
export function time(unixMs: number): Buffer {
  const text = `${new Date(unixMs).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return Number(text.slice(0, 4)) < 2050 ? element(0x17, Buffer.from(text.slice(2), 'latin1')) : element(0x18, Buffer.from(text, 'latin1'));
}

/** UTF-16, the high byte first: BMPString without its tag. */
export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
