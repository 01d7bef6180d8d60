/**
 * What all packed batches have in common: a header of 4 × u32 (magic, count, length of the dictionary, 0), columns of `count` rows, the
 * dictionary, and bytes of the rows end to end.
 */
export const packedHeaderBytes = 16;

/** A batch with its header and dictionary; `rowBytes` is room for the bytes of all rows together, which begin at `rowsAt`. */
export function newPackedFrame(magic: number, count: number, bytesPerRow: number, dictionary: Uint8Array, rowBytes: number) {
  const columnsEnd = packedHeaderBytes + count * bytesPerRow;
  const rowsAt = columnsEnd + dictionary.byteLength;
  const bytes = new Uint8Array(rowsAt + rowBytes);
  new Uint32Array(bytes.buffer, 0, 4).set([magic, count, dictionary.byteLength, 0]);
  bytes.set(dictionary, columnsEnd);
  return { bytes, rowsAt } as const;
}

/** Throws a `RangeError` on bytes that are no such batch; `name` is how it calls them. */
export function openPackedFrame(packed: Uint8Array, magic: number, bytesPerRow: number, name: string) {
  // Columns need alignment; a view at an odd offset is copied first.
  const bytes = packed.byteOffset % 8 === 0 ? packed : new Uint8Array(packed);
  if (bytes.byteLength < packedHeaderBytes) throw new RangeError(`${name}: too short`);
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset, 4);
  const count = header[1] as number;
  const columnsEnd = packedHeaderBytes + count * bytesPerRow;
  const rowsAt = columnsEnd + (header[2] as number);
  if (header[0] !== magic || rowsAt > bytes.byteLength) throw new RangeError(`${name}: malformed header`);
  return { bytes, count, dictionary: bytes.subarray(columnsEnd, rowsAt), rowsAt } as const;
}
