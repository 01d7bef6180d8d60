import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { CodecTools, PackFormat } from '../../../../shared/payload/codec.ts';
import { PayloadFailure } from '../../../../shared/payload/value/payload-failure.ts';
import { packZstd, tooLarge, unpackZstd } from './zstd.ts';

const unpackers: Readonly<Record<Exclude<PackFormat, 'zstd'>, typeof gunzipSync>> = { gzip: gunzipSync, zlib: inflateSync, deflate: inflateRawSync };
const packers: Readonly<Record<Exclude<PackFormat, 'zstd'>, typeof gzipSync>> = { gzip: gzipSync, zlib: deflateSync, deflate: deflateRawSync };

export const nodePacking: Pick<CodecTools, 'pack' | 'unpack'> = {
  pack: (format, bytes) => (format === 'zstd' ? packZstd(bytes) : new Uint8Array(packers[format](bytes))),
  unpack(format, bytes, limit) {
    try {
      return format === 'zstd' ? unpackZstd(bytes, limit) : new Uint8Array(unpackers[format](bytes, { maxOutputLength: limit }));
    } catch (error) {
      if (error instanceof PayloadFailure) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
      throw new PayloadFailure(`it cannot be unpacked: ${message}`);
    }
  },
};
