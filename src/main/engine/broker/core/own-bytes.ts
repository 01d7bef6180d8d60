/** Copies that are soon gone share memory in pieces of this size: memory of its own costs a small copy seven times as much. */
const slabBytes = 16_384;
const largestShared = 2048;
/** So many times its own size a view may keep alive for a moment. */
const tolerated = 4;

let slab = new Uint8Array(0);
let used = 0;

/** For what may stay for long: bytes that keep nothing else alive. Not `slice`, which of Node's Buffer is a view again. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > bytes.byteLength ? new Uint8Array(bytes) : bytes;
}

/** For what is under way: bytes that keep little else alive, and only what is under way as well. */
export function briefBytes(bytes: Uint8Array): Uint8Array {
  const { byteLength } = bytes;
  if (bytes.buffer.byteLength <= byteLength * tolerated || bytes.buffer === slab.buffer) return bytes;
  if (byteLength > largestShared) return new Uint8Array(bytes);
  if (used + byteLength > slab.byteLength) {
    slab = new Uint8Array(slabBytes);
    used = 0;
  }
  const copy = slab.subarray(used, used + byteLength);
  copy.set(bytes);
  used += byteLength;
  return copy;
}
