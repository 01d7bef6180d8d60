import { readCbor } from './cbor-read.ts';
import { writeCbor } from './cbor-write.ts';
import { valueCodec } from './value-codec.ts';

export const cborCodec = valueCodec(
  {
    name: 'cbor',
    title: 'CBOR',
    help: 'Concise Binary Object Representation (RFC 8949). Shown and written as JSON; tags, simple values and byte strings have forms of their own.',
    params: [],
  },
  { read: (bytes) => ({ value: readCbor(bytes) }), write: (value) => writeCbor(value) },
);
