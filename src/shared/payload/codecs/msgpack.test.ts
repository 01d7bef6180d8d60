import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfHex, hexText } from '../hex-text.ts';
import { readValueText } from '../value/value-reader.ts';
import { valueText } from '../value/value-text.ts';
import { readMsgpack } from './msgpack-read.ts';
import { writeMsgpack } from './msgpack-write.ts';

const read = (hex: string, rawAsBytes = false): string => valueText(readMsgpack(bytesOfHex(hex) as Uint8Array, { rawAsBytes })).replaceAll(/\s+/g, ' ');
const write = (text: string, { binType = true, float32 = false } = {}): string => hexText(writeMsgpack(readValueText(text), { binType, float32 }));

/** By hand from the tables of the specification: the first byte of each format, and the borders between them. */
const vectors: readonly (readonly [hex: string, text: string])[] = [
  ['00', '0'],
  ['7f', '127'],
  ['ff', '-1'],
  ['e0', '-32'],
  ['cc80', '128'],
  ['ccff', '255'],
  ['cd0100', '256'],
  ['cdffff', '65535'],
  ['ce00010000', '65536'],
  ['ceffffffff', '4294967295'],
  ['cf0000000100000000', '4294967296'],
  ['cfffffffffffffffff', '18446744073709551615'],
  ['d0df', '-33'],
  ['d080', '-128'],
  ['d1ff7f', '-129'],
  ['d18000', '-32768'],
  ['d2ffff7fff', '-32769'],
  ['d280000000', '-2147483648'],
  ['d3ffffffff7fffffff', '-2147483649'],
  ['d38000000000000000', '-9223372036854775808'],
  ['c0', 'null'],
  ['c2', 'false'],
  ['c3', 'true'],
  ['cb3ff0000000000000', '1.0'],
  ['cb3fb999999999999a', '0.1'],
  ['cb8000000000000000', '-0.0'],
  ['cb7ff8000000000000', '{"$float": "NaN"}'],
  ['cbfff0000000000000', '{"$float": "-Infinity"}'],
  ['a0', '""'],
  ['a3c3a961', '"éa"'],
  ['d920' + '61'.repeat(32), `"${'a'.repeat(32)}"`],
  ['c403010203', '{"$bytes": "010203"}'],
  ['a161', '"a"'],
  ['a1ff', '{"$text": "ff"}'],
  ['90', '[]'],
  ['930102c0', '[ 1, 2, null ]'],
  ['80', '{}'],
  ['82a16101a16202', '{ "a": 1, "b": 2 }'],
  ['8101a3', ''],
  ['82a16101a16102', '{"$map": [ [ "a", 1 ], [ "a", 2 ] ]}'],
  ['8101c0', '{"$map": [ [ 1, null ] ]}'],
  ['d40510', '{"$extension": 5, "bytes": "10"}'],
  ['c70305010203', '{"$extension": 5, "bytes": "010203"}'],
  ['d6ff00000001', '{"$time": "1970-01-01T00:00:01Z"}'],
  ['d7ff0000000400000001', '{"$time": "1970-01-01T00:00:01.000000001Z"}'],
  ['c70cff3b9ac9ffffffffffffffffff', '{"$time": "1969-12-31T23:59:59.999999999Z"}'],
];

describe('MessagePack', () => {
  it.each(vectors.filter(([, text]) => text !== ''))('%s is %s, and back', (hex, text) => {
    expect(read(hex)).toBe(text);
    expect(write(text)).toBe(hex);
  });

  it('reads numbers that were not written in their shortest form', () => {
    expect(['cc05', 'cd0005', 'd005', 'd3ffffffffffffffff'].map((hex) => read(hex))).toEqual(['5', '5', '5', '-1']);
    expect(read('ca3dcccccd')).toBe('0.10000000149011612');
    expect(read('dc0001c0')).toBe('[ null ]');
  });

  it('writes short floats only where that loses nothing', () => {
    expect(write('0.5', { float32: true })).toBe('ca3f000000');
    expect(write('0.1', { float32: true })).toBe('cb3fb999999999999a');
  });

  it('of the older format has one word for text and bytes', () => {
    expect(read('a178', true)).toBe('{"$bytes": "78"}');
    expect(write('"x"', { binType: false })).toBe('a178');
    expect(write(`"${'x'.repeat(40)}"`, { binType: false }).slice(0, 6)).toBe('da0028');
  });

  it.each([
    ['', 'a MessagePack value is cut short: it needs 1 bytes, and 0 are left', 0],
    ['c1', 'the byte 0xc1 is never used', 0],
    ['a3c3a9', 'a string is cut short', 1],
    ['0000', '1 byte is left after', 1],
    ['dd7fffffff', 'an array announces 2147483647 entries', 5],
    ['91'.repeat(300), 'nested deeper than 200 levels', 201],
  ])('%s is refused: %s', (hex, reason, at) => {
    expect(() => read(hex)).toThrow(expect.objectContaining({ message: expect.stringContaining(reason), at }));
  });

  it.each([
    ['18446744073709551616', 'from -2^63 to 2^64-1'],
    ['{"$tag": 1, "value": 1}', 'belong to CBOR'],
    ['{"$undefined": true}', 'write null'],
  ])('%s cannot be written: %s', (text, reason) => expect(() => write(text)).toThrow(reason));

  it('agrees with another implementation', () => {
    const options = { useBigInt64: true } as const;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value, safeNumbers);
        // It writes whole floating-point numbers as integers, which is what JSON.stringify makes of them as well.
        expect(JSON.parse(JSON.stringify(decode(writeMsgpack(readValueText(text), { binType: true, float32: false }), options), noBigInts))).toEqual(
          JSON.parse(text),
        );
        const theirs = encode(JSON.parse(text), { ignoreUndefined: true });
        expect(JSON.parse(valueText(readMsgpack(theirs, { rawAsBytes: false })))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });
});

/** Larger ones are whole numbers in our text, and floating point in JavaScript. */
const safeNumbers = (_key: string, value: unknown): unknown => (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER ? 0 : value);
const noBigInts = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
