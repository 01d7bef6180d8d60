import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { CodecTools } from '../../src/shared/payload/codec.ts';
import { readAvroSchema } from '../../src/shared/payload/codecs/avro/avro-schema.ts';
import type { ProtobufSchema } from '../../src/shared/payload/codecs/protobuf/message-type.ts';
import { PayloadFailure } from '../../src/shared/payload/value/payload-failure.ts';

const unpackers = { gzip: gunzipSync, zlib: inflateSync, deflate: inflateRawSync } as const;
const packers = { gzip: gzipSync, zlib: deflateSync, deflate: deflateRawSync } as const;

/** Tools of codecs without an engine: Avro schemas are given as text, Protocol Buffers as tables. */
export function codecTools(schemas: { readonly avro?: Readonly<Record<string, string>>; readonly protobuf?: ProtobufSchema } = {}): CodecTools {
  return {
    unpack(format, bytes, limit) {
      if (format === 'zstd') throw new PayloadFailure('not here');
      try {
        return new Uint8Array(unpackers[format](bytes, { maxOutputLength: limit }));
      } catch (error) {
        throw new PayloadFailure(String(error));
      }
    },
    pack(format, bytes) {
      if (format === 'zstd') throw new PayloadFailure('not here');
      return new Uint8Array(packers[format](bytes));
    },
    schema(kind, file) {
      if (kind === 'protobuf' && schemas.protobuf) return schemas.protobuf;
      const text = schemas.avro?.[file];
      if (text === undefined) throw new PayloadFailure(`there is no file ${file}`);
      return readAvroSchema(text);
    },
  };
}
