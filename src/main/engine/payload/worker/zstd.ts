import { Decompress } from 'fzstd';
import zlib from 'node:zlib';
import { PayloadFailure } from '../../../../shared/payload/value/payload-failure.ts';

/** Of Node 22.15 and later; others unpack with `fzstd` and cannot pack. */
interface ZstdOfNode {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer;
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer;
}
const node = zlib as ZstdOfNode;
/** What a decoder keeps of what it has unpacked; the format allows more than any payload needs. */
const maxWindowBytes = 64 * 1024 * 1024;

export function packZstd(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!node.zstdCompressSync)
    throw new PayloadFailure(`this program runs on Node ${process.versions.node}, which reads Zstandard and cannot write it: choose gzip`);
  return new Uint8Array(node.zstdCompressSync(bytes));
}

/** Throws what the unpackers of `node:zlib` throw. */
export function unpackZstd(bytes: Uint8Array, limit: number): Uint8Array<ArrayBuffer> {
  checkWindow(bytes);
  return node.zstdDecompressSync ? new Uint8Array(node.zstdDecompressSync(bytes, { maxOutputLength: limit })) : unpackSlowly(bytes, limit);
}

/** Part by part, so that it can be stopped where it becomes too much. */
export function unpackSlowly(bytes: Uint8Array, limit: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const unpack = new Decompress((part, final = false) => {
    size += part.length;
    if (size > limit) throw tooLarge(limit);
    parts.push(part.slice());
    ended = final;
  });
  unpack.push(bytes, true);
  if (!ended) throw new PayloadFailure('it ends too early');
  return new Uint8Array(Buffer.concat(parts));
}

export const tooLarge = (limit: number): PayloadFailure => new PayloadFailure(`it unpacks to more than ${limit / 1_048_576} MiB, and no more is unpacked here`);

/** The window of a frame (RFC 8878 §3.1.1.1). */
function checkWindow(bytes: Uint8Array): void {
  const descriptor = bytes[4] ?? 0;
  // A single segment keeps what it unpacks, which is limited itself.
  if ((descriptor & 0x20) !== 0) return;
  const window = bytes[5] ?? 0;
  const base = 2 ** (10 + (window >> 3));
  if (base + (base / 8) * (window & 7) > maxWindowBytes) throw new PayloadFailure('it needs more than 64 MiB of memory to unpack');
}
