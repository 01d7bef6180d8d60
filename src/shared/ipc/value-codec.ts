/**
 * Plain data with byte arrays in it, as bytes: 4 bytes length of the head (big endian), the head as JSON, then all byte arrays end to end.
 * In the head a byte array is `{"$": length}` and `undefined` is `{"$": null}`. An object that has a key starting
 * with `$` itself gets one more `$` there, so data can never pass for a marker.
 */
export function encodeValue(data: unknown): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let tail = 0;
  const pack = (value: unknown): unknown => {
    if (value === undefined) return { $: null };
    if (value instanceof Uint8Array) {
      parts.push(value);
      tail += value.byteLength;
      return { $: value.byteLength };
    }
    if (Array.isArray(value)) return value.map(pack);
    if (typeof value !== 'object' || value === null) return value;
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const inner = (value as Record<string, unknown>)[key];
      if (inner !== undefined) define(copy, key.startsWith('$') ? `$${key}` : key, pack(inner));
    }
    return copy;
  };
  const head = new TextEncoder().encode(JSON.stringify(pack(data)));
  const bytes = new Uint8Array(4 + head.byteLength + tail);
  new DataView(bytes.buffer).setUint32(0, head.byteLength);
  bytes.set(head, 4);
  let at = 4 + head.byteLength;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

const maxDepth = 64;

/** Reads what `encodeValue` wrote. Throws a `SyntaxError` that says what is wrong; the frame's own shape is checked by the kernel. */
export function decodeValue(bytes: Uint8Array): unknown {
  if (bytes.byteLength < 4) throw new SyntaxError('frame is shorter than its length field');
  const headLength = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  if (headLength > bytes.byteLength - 4) throw new SyntaxError('frame head is cut short');
  const head: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(4, 4 + headLength)));
  let at = 4 + headLength;
  const unpack = (value: unknown, depth: number): unknown => {
    if (depth > maxDepth) throw new SyntaxError('frame is nested too deeply');
    if (Array.isArray(value)) return value.map((inner) => unpack(inner, depth + 1));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    if (Object.hasOwn(value, '$')) {
      const length: unknown = (value as { $: unknown }).$;
      if (entries.length !== 1) throw new SyntaxError('frame has a malformed marker');
      if (length === null) return undefined;
      if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0 || at + length > bytes.byteLength)
        throw new SyntaxError('frame tail is cut short');
      at += length;
      return new Uint8Array(bytes.subarray(at - length, at));
    }
    const copy: Record<string, unknown> = {};
    for (const [key, inner] of entries) define(copy, key.startsWith('$') ? key.slice(1) : key, unpack(inner, depth + 1));
    return copy;
  };
  const frame = unpack(head, 0);
  if (at !== bytes.byteLength) throw new SyntaxError('frame has bytes left over');
  return frame;
}

/** Sets own properties only: a key named `__proto__` stays data. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
