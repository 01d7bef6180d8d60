import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { codecTools } from '../../../test/support/codec-tools.ts';
import { codecs } from './codec-registry.ts';
import type { MessageType } from './codecs/protobuf/message-type.ts';
import { sparkplugPayload } from './codecs/sparkplug/sparkplug-schema.ts';
import { bytesOfHex } from './hex-text.ts';
import { decodePayload, encodePayload } from './run-codec.ts';
import { readAvroSchema } from './codecs/avro/avro-schema.ts';
import { PayloadFailure } from './value/payload-failure.ts';

/** `FUZZ_SEED` plays a run again, `FUZZ_COUNT` makes it longer. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const count = Number(process.env['FUZZ_COUNT'] ?? 120_000);
/** Far more than any of these small inputs takes on a busy machine, and far less than a loop without an end. */
const tooLongMs = 5000;

const schema: MessageType = { name: 'Everything', fields: sparkplugPayload.fields };
const avro = {
  'node.avsc': JSON.stringify({
    type: 'record',
    name: 'Node',
    fields: [
      { name: 'value', type: ['null', 'long', 'string', { type: 'array', items: 'Node' }, { type: 'map', values: 'bytes' }] },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-nanos' } },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 5, scale: 2 } },
      { name: 'nothing', type: { type: 'array', items: 'null' } },
    ],
  }),
};
const tools = codecTools({ avro, protobuf: { messages: new Map([['Everything', schema]]) } });
const settings: readonly { readonly codec: string; readonly params: Readonly<Record<string, string | boolean>> }[] = [
  { codec: 'auto', params: {} },
  ...codecs.filter(({ name }) => name !== 'avro').map(({ name }) => ({ codec: name, params: {} })),
  { codec: 'msgpack', params: { use_bin_type: false } },
  { codec: 'protobuf', params: { schema: 'x', message: 'Everything' } },
  { codec: 'avro', params: { schema: 'node.avsc' } },
  { codec: 'double', params: { array: true, endian: 'little' } },
  { codec: 'gzip', params: { inner: 'cbor' } },
];

/** Payloads that a change or two make into nearly right ones. */
const seeds: readonly Uint8Array[] = [
  ...[
    'a56161614161626142616361436164614461656145',
    '9f018202039f0405ffff',
    'd818456449455446',
    'c249010000000000000000',
    'fb3ff199999999999a',
    'd9d9f7a1616101',
  ],
  ...['82a7636f6d70616374c3a6736368656d6100', 'c70cff3b9ac9ffffffffffffffffff', 'dd00000003c0c2c3', 'de0001a161cb3ff0000000000000', 'd7ff0000000400000001'],
  ...[
    '0801120d0a0174200350fbffffff0f28001204100350071800',
    '1a03089601',
    '3206038e029ea705',
    '4308960144',
    '04040202100461620204ff00',
    '0606020461',
    '0a0a0a0a0a',
  ],
  ...['89504e470d0a1a0a0000000d49484452000000020000000308060000', 'ffd8ffe00004aaaaffc0000b080010002003', '28b52ffd2000010000'],
]
  .map((hex) => bytesOfHex(hex) as Uint8Array)
  .concat(
    ['{"a":[1,2.5e3,"\\u00e9",null],"big":12345678901234567890}', '<a x="1"><b>t</b><!-- c --><![CDATA[x]]></a>', 'a,b\r\n"1 ""x""",2\r\n', 'on', 'true'].map(
      (text) => new TextEncoder().encode(text),
    ),
    [gzipSync('{"a":1}'), deflateSync('hello hello hello'), gzipSync(gzipSync('x')), brotliCompressSync('x')],
  );

/** Mulberry32: small, and the same everywhere. */
function randomFrom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function mutate(random: (below: number) => number): Uint8Array {
  if (random(5) === 0) return Uint8Array.from({ length: random(64) }, () => random(256));
  const bytes = [...(seeds[random(seeds.length)] as Uint8Array)];
  for (let change = random(4); change >= 0; change -= 1) {
    const at = random(bytes.length + 1);
    switch (random(6)) {
      case 0:
        bytes.splice(at, 1 + random(4));
        break;
      case 1:
        bytes.splice(at, 0, random(256));
        break;
      case 2:
        bytes.splice(at, 0, ...bytes.slice(0, random(bytes.length + 1)));
        break;
      case 3:
        bytes[at] = [0x00, 0x7f, 0x80, 0xff, 0xdd, 0xdf, 0x9f, 0x5f, 0x1b, 0xfb][random(10)] as number;
        break;
      default:
        bytes[at] = random(256);
    }
    if (bytes.length > 2000) bytes.length = 2000;
  }
  return Uint8Array.from(bytes);
}

it(`nothing that arrives makes a decoder throw or hang (${count.toLocaleString('en')} inputs, seed ${seed})`, { timeout: 300_000 }, () => {
  const random = randomFrom(seed);
  let slowest = 0;
  let decodedCount = 0;
  let mostMemory = 0;
  for (let run = 0; run < count; run += 1) {
    const bytes = mutate(random);
    const { codec, params } = settings[run % settings.length] as (typeof settings)[number];
    const call = { codec, params, tools, facts: { topic: random(20) === 0 ? 'spBv1.0/g/DDATA/n/d' : 'a/b' } };
    const began = performance.now();
    try {
      const outcome = decodePayload(bytes, call);
      if ('decoded' in outcome) {
        decodedCount += 1;
        // What was read as a text may be written: as the same, or refused with a reason.
        if (outcome.decoded.kind === 'text' && codec !== 'auto') encodePayload(outcome.decoded.text, call);
      }
    } catch (error) {
      throw new Error(`${codec} ${JSON.stringify(params)} of ${Buffer.from(bytes).toString('hex')}, run ${run} of seed ${seed}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - began);
    if (run % 5000 === 0) mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
  }
  expect(slowest).toBeLessThan(tooLongMs);
  // Most are damaged, and enough are not: otherwise nothing would have been looked at.
  expect(decodedCount).toBeGreaterThan(count / 20);
  expect(mostMemory).toBeLessThan(1.5 * 2 ** 30);
});

it(`no text makes an encoder or a schema reader throw anything else (seed ${seed})`, { timeout: 300_000 }, () => {
  const random = randomFrom(seed + 1);
  const texts = [
    '{"a": [1, {"$bytes": "00ff"}, {"$tag": 1, "value": 2}], "b": {"$map": [[1, 2]]}}',
    '{"$unknown": [{"field": 1, "varint": 150}]}',
    avro['node.avsc'],
    '<a/>',
    '[1, -2.5e3, "x"]',
  ];
  for (let run = 0; run < count / 10; run += 1) {
    const units = Array.from(texts[random(texts.length)] as string);
    for (let change = random(3); change >= 0; change -= 1)
      units.splice(random(units.length), random(3), ['"', '{', '[', '}', ']', ',', '$', '9', 'e', '-', '\\', '\u0000', '\ud800', 'é'][random(14)] as string);
    const text = units.join('');
    const { codec, params } = settings[run % settings.length] as (typeof settings)[number];
    encodePayload(text, { codec, params, tools, facts: { topic: 'a' } });
    try {
      readAvroSchema(text);
    } catch (error) {
      if (!(error instanceof PayloadFailure)) throw new Error(`schema ${JSON.stringify(text)}`, { cause: error });
    }
  }
});

it.each([
  ['gzip', gzipSync(new Uint8Array(30_000_000))],
  ['zlib', deflateSync(new Uint8Array(30_000_000))],
  ['msgpack', Uint8Array.from({ length: 3_000_000 }, (_, at) => (at === 0 ? 0xdd : at < 5 ? ([0, 0x2d, 0xc6, 0xbb][at - 1] as number) : 0xc0))],
  ['cbor', Uint8Array.from({ length: 2_000_000 }, (_, at) => (at === 0 ? 0x9f : 0x60))],
  ['protobuf', Uint8Array.from({ length: 4_000_000 }, (_, at) => (at % 2 === 0 ? 8 : 1))],
  ['csv', new Uint8Array(3_000_000).fill(0x2c)],
])('%s: what would become too much is refused in time', (codec, bytes) => {
  const outcome = decodePayload(bytes, { codec, tools, facts: { topic: 'a' } });
  expect('failure' in outcome && outcome.failure.reason).toMatch(/more than 1,000,000|maxOutputLength|larger than/i);
});
