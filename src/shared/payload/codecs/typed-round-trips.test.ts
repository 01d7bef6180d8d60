import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecTools } from '../../../../test/support/codec-tools.ts';
import type { CodecParams } from '../codec.ts';
import { decodePayload, encodePayload } from '../run-codec.ts';
import { integerValue, floatValue, mapOf, type PayloadValue } from '../value/payload-value.ts';
import { valueText } from '../value/value-text.ts';
import { readAvro } from './avro/avro-read.ts';
import type { AvroType } from './avro/avro-type.ts';
import { writeAvro } from './avro/avro-write.ts';
import { readMessage } from './protobuf/message-reader.ts';
import type { FieldType, MessageType, ScalarType } from './protobuf/message-type.ts';
import { writeMessage } from './protobuf/message-writer.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const bytes = fc.uint8Array({ maxLength: 12 }).map((one): PayloadValue => ({ kind: 'bytes', bytes: Uint8Array.from(one) }));
const whole = (min: bigint, max: bigint): fc.Arbitrary<PayloadValue> => fc.bigInt({ min, max }).map(integerValue);
const signed = (bits: bigint) => whole(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n);
const unsigned = (bits: bigint) => whole(0n, 2n ** bits - 1n);

/** Values of each scalar, as they are read. */
const scalars: Readonly<Record<ScalarType, fc.Arbitrary<PayloadValue>>> = {
  double: fc.double().map(floatValue),
  float: fc.float().map(floatValue),
  int32: signed(32n),
  int64: signed(64n),
  uint32: unsigned(32n),
  uint64: unsigned(64n),
  sint32: signed(32n),
  sint64: signed(64n),
  fixed32: unsigned(32n),
  fixed64: unsigned(64n),
  sfixed32: signed(32n),
  sfixed64: signed(64n),
  bool: fc.boolean(),
  string: text,
  bytes,
};
const scalarNames = Object.keys(scalars) as ScalarType[];

describe('Protocol Buffers', () => {
  /** A message with one field of every type, alone, in a list, and as a map. */
  const fields = scalarNames.flatMap((scalar, index): FieldType[] => {
    const field = { jsonName: '', value: { kind: 'scalar', scalar } as const, repeated: false, packed: false, mapKey: null };
    const isPacked = scalar !== 'string' && scalar !== 'bytes';
    return [
      { ...field, number: index * 3 + 1, name: scalar },
      { ...field, number: index * 3 + 2, name: `${scalar}_list`, repeated: true, packed: isPacked && index % 2 === 0 },
      { ...field, number: index * 3 + 3, name: `${scalar}_map`, repeated: true, mapKey: index % 2 === 0 ? 'string' : 'sint64' },
    ];
  });
  const type: MessageType = { name: 'Every', fields };
  const value = fc
    .tuple(
      ...scalarNames.flatMap((scalar, index) => {
        const key = index % 2 === 0 ? text : fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
        return [
          fc.option(scalars[scalar]),
          fc.option(fc.array(scalars[scalar], { minLength: 1, maxLength: 4 })),
          fc.option(fc.uniqueArray(fc.tuple(key, scalars[scalar]), { minLength: 1, maxLength: 3, selector: ([one]) => one }).map(mapOf)),
        ];
      }),
    )
    .map((parts) =>
      mapOf(parts.flatMap((part, index): [string, PayloadValue][] => (part === null ? [] : [[(fields[index] as FieldType).name, part as PayloadValue]]))),
    );

  it('of a schema: every value', () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(valueText(readMessage(writeMessage(one, type), type).value)).toBe(valueText(one));
      }),
      { numRuns: 400 },
    );
  });
});

describe('Avro', () => {
  const leaf = (kind: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'): AvroType => ({ kind, logical: null });
  type Pair = readonly [AvroType, fc.Arbitrary<PayloadValue>];
  const leaves: readonly Pair[] = [
    [leaf('null'), fc.constant(null)],
    [leaf('boolean'), fc.boolean()],
    [leaf('int'), signed(32n)],
    [leaf('long'), signed(64n)],
    [leaf('float'), fc.float().map(floatValue)],
    [leaf('double'), fc.double().map(floatValue)],
    [leaf('bytes'), bytes],
    [leaf('string'), text],
    [{ kind: 'enum', name: 'E', symbols: ['A', 'B'] }, fc.constantFrom('A', 'B')],
    [{ kind: 'long', logical: { name: 'timestamp', unitsPerSecond: 1_000_000_000 } }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(moment)],
    [{ kind: 'bytes', logical: { name: 'decimal', scale: 3 } }, fc.bigInt().map(decimal)],
  ];
  const pairs: fc.Arbitrary<Pair> = fc.letrec<{ pair: Pair }>((tie) => ({
    pair: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(...leaves),
      tie('pair').map(([items, value]): Pair => [{ kind: 'array', items }, fc.array(value, { maxLength: 3 })]),
      tie('pair').map(([values, value]): Pair => [
        { kind: 'map', values },
        fc.uniqueArray(fc.tuple(text, value), { maxLength: 3, selector: ([key]) => key }).map(mapOf),
      ]),
      fc
        .array(tie('pair'), { maxLength: 4 })
        .map((parts): Pair => [
          { kind: 'record', name: 'R', fields: parts.map(([type], index) => ({ name: `f${index}`, type, default: null })) },
          fc.tuple(...parts.map(([, value]) => value)).map((values) => mapOf(values.map((one, index) => [`f${index}`, one]))),
        ]),
      fc.constantFrom(...leaves.slice(1)).map(([type, value]): Pair => [{ kind: 'union', branches: [leaf('null'), type] }, fc.option(value)]),
    ),
  })).pair;

  it('of any schema: every value', () => {
    fc.assert(
      fc.property(
        pairs.chain(([type, value]) => value.map((one) => [type, one] as const)),
        ([type, one]) => {
          expect(valueText(readAvro(writeAvro(one, type), type))).toBe(valueText(one));
        },
      ),
      { numRuns: 1000 },
    );
  });

  function moment(nanoseconds: bigint): PayloadValue {
    const rest = BigInt.asUintN(64, ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
    return { kind: 'time', seconds: (nanoseconds - rest) / 1_000_000_000n, nanoseconds: Number(rest) };
  }
  function decimal(unscaled: bigint): string {
    const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(4, '0');
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
  }
});

describe('what is shown otherwise than as a value', () => {
  const tools = codecTools();
  const call = (codec: string, params: CodecParams = {}) => ({ codec, params, tools, facts: { topic: 'a' } });

  it('Sparkplug B: metrics, with their signs', () => {
    const metric = fc
      .record({ name: text, datatype: fc.constantFrom('Int32', 'UInt32', 'Int8'), value: fc.integer() })
      .map(({ name, datatype, value }) => ({ name, datatype, int_value: datatype === 'UInt32' ? value >>> 0 : value }));
    fc.assert(
      fc.property(fc.record({ timestamp: fc.nat(), metrics: fc.array(metric, { minLength: 1, maxLength: 5 }), seq: fc.nat() }), (payload) => {
        const written = encodePayload(JSON.stringify(payload), call('sparkplug'));
        const read = 'bytes' in written && decodePayload(written.bytes, call('sparkplug'));
        expect(read && 'decoded' in read && read.decoded.kind === 'text' && JSON.parse(read.decoded.text)).toEqual(payload);
      }),
      { numRuns: 300 },
    );
  });

  it('CSV: every table', () => {
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(fc.string(), { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }));
    fc.assert(
      fc.property(table, (rows) => {
        const csv = rows.map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        const written = encodePayload(csv, call('csv', { delimiter: 'comma' }));
        expect('bytes' in written && decodePayload(written.bytes, call('csv', { header: false, delimiter: 'comma' }))).toMatchObject({ decoded: { rows } });
      }),
      { numRuns: 300 },
    );
  });

  it('XML: indenting changes nothing but space between elements, and once is enough', () => {
    const { element } = fc.letrec<{ element: string }>((tie) => ({
      element: fc
        .tuple(
          fc.constantFrom('a', 'b:c', 'größe'),
          fc.array(fc.oneof({ maxDepth: 4 }, fc.constantFrom('text', '&amp;', ' ', '<!-- c -->', '<![CDATA[<]]>'), tie('element')), { maxLength: 4 }),
        )
        .map(([name, inside]) => (inside.length === 0 ? `<${name} x="1"/>` : `<${name}>${inside.join('')}</${name}>`)),
    }));
    const shown = (xml: string): string => {
      const read = decodePayload(new TextEncoder().encode(xml), call('xml'));
      if ('failure' in read) throw new Error(`${xml}: ${read.failure.reason}`);
      return read.decoded.kind === 'text' ? read.decoded.text : '';
    };
    fc.assert(
      fc.property(element, (xml) => {
        expect(shown(shown(xml))).toBe(shown(xml));
        expect(shown(xml).replaceAll(/\s+/g, '')).toBe(xml.replaceAll(/\s+/g, ''));
      }),
      { numRuns: 500 },
    );
  });
});
