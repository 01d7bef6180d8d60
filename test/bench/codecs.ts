import { readProtoSchema } from '../../src/main/engine/payload/schemas/proto-schema.ts';
import { nodePacking } from '../../src/main/engine/payload/worker/node-packing.ts';
import { codecs } from '../../src/shared/payload/codec-registry.ts';
import type { CodecParams, CodecTools } from '../../src/shared/payload/codec.ts';
import { readAvroSchema } from '../../src/shared/payload/codecs/avro/avro-schema.ts';
import { detectCodec } from '../../src/shared/payload/detect.ts';
import { decodePayload, encodePayload } from '../../src/shared/payload/run-codec.ts';
import { perSecond, repeat, type BenchRow } from './bench.ts';

const sample = {
  device: 'edge/line-7/press-12',
  at: 1_795_000_000_123,
  ok: true,
  values: Array.from({ length: 16 }, (_, index) => ({ name: `channel ${index}`, value: index * 1.25 + 0.1, count: index * 1000 })),
};
const avro = {
  type: 'record',
  name: 'Sample',
  fields: [
    { name: 'device', type: 'string' },
    { name: 'at', type: 'long' },
    { name: 'ok', type: 'boolean' },
    {
      name: 'values',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Value',
          fields: [
            { name: 'name', type: 'string' },
            { name: 'value', type: 'double' },
            { name: 'count', type: 'int' },
          ],
        },
      },
    },
  ],
};
const proto =
  'syntax = "proto3"; message Sample { string device = 1; int64 at = 2; bool ok = 3; repeated Value values = 4; } message Value { string name = 1; double value = 2; int32 count = 3; }';

/** Decoding to what is shown, and encoding from text, of one reading of a machine with 16 channels; of what has no such thing, of a kilobyte. */
export async function benchCodecs(): Promise<readonly BenchRow[]> {
  const tools: CodecTools = {
    ...nodePacking,
    schema: (kind) => (kind === 'avro' ? readAvroSchema(JSON.stringify(avro)) : readProtoSchema('s.proto', new Map([['s.proto', proto]])).schema),
  };
  const parsed = { avro: tools.schema('avro', ''), protobuf: tools.schema('protobuf', '') };
  const fast: CodecTools = { ...tools, schema: (kind) => parsed[kind] };
  const text = JSON.stringify(sample);
  const numbers = JSON.stringify(Array.from({ length: 128 }, (_, index) => index));
  const inputs: Readonly<Record<string, readonly [text: string, params: CodecParams]>> = {
    json: [text, {}],
    utf8: [text, {}],
    hex: ['a5'.repeat(1000), {}],
    base64: [Buffer.alloc(1000, 0xa5).toString('base64'), {}],
    msgpack: [text, {}],
    cbor: [text, {}],
    protobuf: [text, { schema: 's.proto', message: 'Sample' }],
    avro: [text, { schema: 's.avsc' }],
    sparkplug: [
      JSON.stringify({ timestamp: 1, metrics: sample.values.map(({ name, value }) => ({ name, datatype: 'Double', double_value: value })), seq: 0 }),
      {},
    ],
    bool: ['true', {}],
    xml: [`<sample>${sample.values.map(({ name, value }) => `<value name="${name}">${value}</value>`).join('')}</sample>`, {}],
    csv: [`name,value\n${sample.values.map(({ name, value }) => `${name},${value}`).join('\n')}`, {}],
    ...Object.fromEntries(codecs.filter(({ name }) => /^u?int\d|^float$|^double$/.test(name)).map(({ name }) => [name, [numbers, { array: true }]])),
    gzip: [text, { inner: 'json' }],
    zlib: [text, { inner: 'json' }],
    deflate: [text, { inner: 'json' }],
    zstd: [text, { inner: 'json' }],
  };
  const rows: BenchRow[] = [];
  for (const [codec, [input, params]] of Object.entries(inputs)) {
    const call = { codec, params, tools: fast, facts: { topic: 'a/b' } };
    const written = encodePayload(input, call);
    if ('failure' in written) {
      rows.push({ name: `${codec}: write`, unit: 'payloads/s', values: [Number.NaN], note: written.failure.reason });
      continue;
    }
    const { bytes } = written;
    const note = `${bytes.length} bytes`;
    const count = 3000;
    const run = (work: () => void) =>
      repeat(5, () =>
        perSecond(count, () => {
          for (let at = 0; at < count; at += 1) work();
        }),
      );
    rows.push({ name: `${codec}: read`, unit: 'payloads/s', values: await run(() => decodePayload(bytes, call)), note });
    rows.push({ name: `${codec}: write`, unit: 'payloads/s', values: await run(() => encodePayload(input, call)) });
    if (codec === 'json' || codec === 'msgpack' || codec === 'cbor')
      rows.push({ name: `${codec}: found out`, unit: 'payloads/s', values: await run(() => detectCodec(bytes, { topic: 'a/b' })) });
  }
  return rows;
}
