import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfHex, hexText } from '../../hex-text.ts';
import { readValueText } from '../../value/value-reader.ts';
import { valueText } from '../../value/value-text.ts';
import { readAvro } from './avro-read.ts';
import { readAvroSchema } from './avro-schema.ts';
import { writeAvro } from './avro-write.ts';

const read = (hex: string, schema: unknown): string =>
  valueText(readAvro(bytesOfHex(hex) as Uint8Array, readAvroSchema(JSON.stringify(schema)))).replaceAll(/\s+/g, ' ');
const write = (text: string, schema: unknown): string => hexText(writeAvro(readValueText(text), readAvroSchema(JSON.stringify(schema))));

const longList = {
  type: 'record',
  name: 'LongList',
  fields: [
    { name: 'value', type: 'long' },
    { name: 'next', type: ['null', 'LongList'], default: null },
  ],
};
const reading = {
  type: 'record',
  name: 'Reading',
  namespace: 'acme',
  fields: [
    { name: 'id', type: { type: 'fixed', name: 'Id', size: 2 } },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['OFF', 'ON'] } },
    { name: 'values', type: { type: 'map', values: ['int', 'string', 'acme.Id'] }, default: {} },
    { name: 'unit', type: 'string', default: 'C' },
    { name: 'raw', type: 'bytes', default: '\u00ff' },
    { name: 'maybe', type: ['null', 'int'], default: null },
  ],
};

describe('Avro', () => {
  /** The examples of the specification ("Binary Encoding"), and the borders of its types. */
  it.each<[string, unknown, string]>([
    ['06666f6f', 'string', '"foo"'],
    ['00', 'long', '0'],
    ['01', 'long', '-1'],
    ['02', 'long', '1'],
    ['03', 'int', '-2'],
    ['7f', 'long', '-64'],
    ['8001', 'long', '64'],
    ['ffffffffffffffffff01', 'long', '-9223372036854775808'],
    [
      '3606666f6f',
      {
        type: 'record',
        name: 'test',
        fields: [
          { name: 'a', type: 'long' },
          { name: 'b', type: 'string' },
        ],
      },
      '{ "a": 27, "b": "foo" }',
    ],
    ['04063600', { type: 'array', items: 'long' }, '[ 3, 27 ]'],
    ['00', ['null', 'string'], 'null'],
    ['020261', ['null', 'string'], '"a"'],
    ['020261', ['int', 'string'], '{ "string": "a" }'],
    ['0000c03f', 'float', '1.5'],
    ['000000000000f87f', 'double', '{"$float": "NaN"}'],
    ['02ff', 'bytes', '{"$bytes": "ff"}'],
    ['02ff', 'string', '{"$text": "ff"}'],
    ['01', 'boolean', 'true'],
    ['', 'null', 'null'],
    ['02020400', longList, '{ "value": 1, "next": { "value": 2, "next": null } }'],
    ['0202610300', { type: 'map', values: 'int' }, '{ "a": -2 }'],
    ['d00f', { type: 'long', logicalType: 'timestamp-millis' }, '{"$time": "1970-01-01T00:00:01Z"}'],
    ['01', { type: 'long', logicalType: 'timestamp-micros' }, '{"$time": "1969-12-31T23:59:59.999999000Z"}'],
    ['0404d2', { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 }, '"12.34"'],
    ['02ff', { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 }, '"-0.01"'],
    ['040001', { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 }, '{"$bytes": "0001"}'],
    ['fffffffb', { type: 'fixed', name: 'D', size: 4, logicalType: 'decimal', precision: 6 }, '"-5"'],
    ['02', { type: 'long', logicalType: 'no-such-thing' }, '1'],
  ])('%s of %j is %s, and back', (hex, schema, text) => {
    expect(read(hex, schema)).toBe(text);
    expect(write(text, schema)).toBe(hex);
  });

  it('reads blocks with their size', () => expect(read('0304063600', { type: 'array', items: 'long' })).toBe('[ 3, 27 ]'));

  it('fills in defaults', () => {
    expect(read(write('{"id": {"$bytes": "0102"}, "state": "ON"}', reading), reading)).toBe(
      '{ "id": {"$bytes": "0102"}, "state": "ON", "values": {}, "unit": "C", "raw": {"$bytes": "ff"}, "maybe": null }',
    );
  });

  it.each([
    ['02', 'string', 'a string is cut short', 1],
    ['01', 'string', 'a length is never negative', 0],
    ['05', 'boolean', 'a boolean is 0 or 1, not 5', 0],
    ['06', ['null', 'int'], 'no number 3', 0],
    ['03', { type: 'enum', name: 'E', symbols: ['A'] }, 'this is number -2', 0],
    ['808080808010', 'int', 'an int has 32 bits', 0],
    ['0200', 'long', '1 byte is left', 1],
    ['feffffffffffffffff01', { type: 'array', items: 'null' }, 'more than 1,000,000 values', 10],
    ['02'.repeat(400), longList, 'nested deeper', 200],
  ] as const)('%s of %j is refused: %s', (hex, schema, reason, at) => {
    expect(() => read(hex, schema)).toThrow(expect.objectContaining({ message: expect.stringContaining(reason), at }));
  });

  it.each<[string, unknown, string]>([
    ['{"a": 1}', longList, 'LongList has no field "a"'],
    ['{}', longList, 'the field "value" of LongList is missing'],
    ['{"value": 1, "next": {"value": "x"}}', longList, 'a whole number is needed at .next.value'],
    ['"BAD"', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'one of A, B is needed'],
    ['2147483648', 'int', 'does not fit into 32 bits'],
    ['"x"', ['int', 'string'], 'an object that names the type (int, string)'],
    ['{"$bytes": "00"}', { type: 'fixed', name: 'F', size: 2 }, 'F has 2 bytes, and these are 1'],
    ['"1.234"', { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }, 'at most 2 digits'],
    ['{"$time": "2026-01-01T00:00:00.0001Z"}', { type: 'long', logicalType: 'timestamp-millis' }, 'finer than the type can hold'],
  ])('%s cannot be written as %j: %s', (text, schema, reason) => expect(() => write(text, schema)).toThrow(reason));

  it.each([
    ['{"type": "record", }', 'this is not JSON', 19],
    ['"x"', '"x" is no type', null],
    ['{"type":"record","name":"R","fields":[{"name":"a","type":"B"}]}', '"B" is no type, and names none that is defined before (at fields[0].type)', null],
    ['{"type":"record","name":"R"}', '"fields" is missing', null],
    ['{"type":"record","name":"a b","fields":[]}', 'is no name', null],
    ['{"type":"record","name":"R","fields":[{"name":"a);evil(","type":"int"}]}', 'a field needs a "name"', null],
    ['[["int"]]', 'a union holds no union', null],
    ['["int","int"]', 'holds each type once', null],
    ['{"type":"fixed","name":"F","size":-1}', 'whole number of bytes', null],
    ['['.repeat(200) + ']'.repeat(200), 'nested too deeply', null],
  ] as const)('%s is no schema: %s', (text, reason, at) => {
    expect(() => readAvroSchema(text)).toThrow(expect.objectContaining({ message: expect.stringContaining(reason), at }));
  });

  it('agrees with another implementation', () => {
    const schema = {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'i', type: 'int' },
        { name: 'd', type: 'double' },
        { name: 's', type: 'string' },
        { name: 'b', type: 'boolean' },
        { name: 'list', type: { type: 'array', items: ['null', 'string'] } },
        { name: 'map', type: { type: 'map', values: 'int' } },
      ],
    } as const;
    const type = avsc.Type.forSchema(schema as never, { wrapUnions: false });
    const record = fc.record({
      i: fc.integer(),
      d: fc.double({ noNaN: true, noDefaultInfinity: true }),
      s: fc.string({ unit: 'grapheme' }),
      b: fc.boolean(),
      list: fc.array(fc.option(fc.string())),
      map: fc.dictionary(fc.string({ minLength: 1 }), fc.integer(), { noNullPrototype: true }),
    });
    const own = readAvroSchema(JSON.stringify(schema));
    fc.assert(
      fc.property(record, (value) => {
        const theirs = new Uint8Array(type.toBuffer(value));
        const text = valueText(readAvro(theirs, own));
        expect(JSON.parse(text)).toEqual(value);
        expect(writeAvro(readValueText(text), own)).toEqual(theirs);
      }),
      { numRuns: 300 },
    );
  });
});
