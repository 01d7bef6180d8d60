import { decode, encode } from 'cbor2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfHex, hexText } from '../hex-text.ts';
import { readValueText } from '../value/value-reader.ts';
import { valueText } from '../value/value-text.ts';
import { readCbor } from './cbor-read.ts';
import { writeCbor } from './cbor-write.ts';

const read = (hex: string): string => valueText(readCbor(bytesOfHex(hex) as Uint8Array)).replaceAll(/\s+/g, ' ');
const write = (text: string): string => hexText(writeCbor(readValueText(text)));

/** RFC 8949 appendix A, in our forms; those of preferred serialization are written back the same. */
const vectors: readonly (readonly [hex: string, text: string])[] = [
  ['00', '0'],
  ['01', '1'],
  ['0a', '10'],
  ['17', '23'],
  ['1818', '24'],
  ['1819', '25'],
  ['1864', '100'],
  ['1903e8', '1000'],
  ['1a000f4240', '1000000'],
  ['1b000000e8d4a51000', '1000000000000'],
  ['1bffffffffffffffff', '18446744073709551615'],
  ['c249010000000000000000', '18446744073709551616'],
  ['3bffffffffffffffff', '-18446744073709551616'],
  ['c349010000000000000000', '-18446744073709551617'],
  ['20', '-1'],
  ['29', '-10'],
  ['3863', '-100'],
  ['3903e7', '-1000'],
  ['f90000', '0.0'],
  ['f98000', '-0.0'],
  ['f93c00', '1.0'],
  ['fb3ff199999999999a', '1.1'],
  ['f93e00', '1.5'],
  ['f97bff', '65504.0'],
  ['fa47c35000', '100000.0'],
  ['fa7f7fffff', '3.4028234663852886e+38'],
  ['fb7e37e43c8800759c', '1e+300'],
  ['f90001', '5.960464477539063e-8'],
  ['f90400', '0.00006103515625'],
  ['f9c400', '-4.0'],
  ['fbc010666666666666', '-4.1'],
  ['f97c00', '{"$float": "Infinity"}'],
  ['f97e00', '{"$float": "NaN"}'],
  ['f9fc00', '{"$float": "-Infinity"}'],
  ['f4', 'false'],
  ['f5', 'true'],
  ['f6', 'null'],
  ['f7', '{"$undefined": true}'],
  ['f0', '{"$simple": 16}'],
  ['f8ff', '{"$simple": 255}'],
  ['c074323031332d30332d32315432303a30343a30305a', '{"$tag": 0, "value": "2013-03-21T20:04:00Z"}'],
  ['c11a514b67b0', '{"$tag": 1, "value": 1363896240}'],
  ['c1fb41d452d9ec200000', '{"$tag": 1, "value": 1363896240.5}'],
  ['d74401020304', '{"$tag": 23, "value": {"$bytes": "01020304"}}'],
  ['d818456449455446', '{"$tag": 24, "value": {"$bytes": "6449455446"}}'],
  ['d82076687474703a2f2f7777772e6578616d706c652e636f6d', '{"$tag": 32, "value": "http://www.example.com"}'],
  ['40', '{"$bytes": ""}'],
  ['4401020304', '{"$bytes": "01020304"}'],
  ['60', '""'],
  ['6161', '"a"'],
  ['6449455446', '"IETF"'],
  ['62225c', '"\\"\\\\"'],
  ['62c3bc', '"ü"'],
  ['63e6b0b4', '"水"'],
  ['64f0908591', '"𐅑"'],
  ['80', '[]'],
  ['83010203', '[ 1, 2, 3 ]'],
  ['8301820203820405', '[ 1, [ 2, 3 ], [ 4, 5 ] ]'],
  ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', `[ ${Array.from({ length: 25 }, (_, n) => n + 1).join(', ')} ]`],
  ['a0', '{}'],
  ['a201020304', '{"$map": [ [ 1, 2 ], [ 3, 4 ] ]}'],
  ['a26161016162820203', '{ "a": 1, "b": [ 2, 3 ] }'],
  ['826161a161626163', '[ "a", { "b": "c" } ]'],
  ['a56161614161626142616361436164614461656145', '{ "a": "A", "b": "B", "c": "C", "d": "D", "e": "E" }'],
];
/** Of the same appendix, what is read and written shorter. */
const otherForms: readonly (readonly [hex: string, text: string])[] = [
  ['fa7f800000', '{"$float": "Infinity"}'],
  ['fb7ff8000000000000', '{"$float": "NaN"}'],
  ['5f42010243030405ff', '{"$bytes": "0102030405"}'],
  ['7f657374726561646d696e67ff', '"streaming"'],
  ['9fff', '[]'],
  ['9f018202039f0405ffff', '[ 1, [ 2, 3 ], [ 4, 5 ] ]'],
  ['83018202039f0405ff', '[ 1, [ 2, 3 ], [ 4, 5 ] ]'],
  ['bf61610161629f0203ffff', '{ "a": 1, "b": [ 2, 3 ] }'],
  ['bf6346756ef563416d7421ff', '{ "Fun": true, "Amt": -2 }'],
];

describe('CBOR', () => {
  it.each(vectors)('%s is %s, and back', (hex, text) => {
    expect(read(hex)).toBe(text);
    expect(write(text)).toBe(hex);
  });
  it.each(otherForms)('%s is %s', (hex, text) => expect(read(hex)).toBe(text));

  it('keeps a large number that was written longer than need be', () => {
    const padded = 'c24a00010000000000000000';
    expect(write(read(padded))).toBe(padded);
  });

  /** RFC 8949 appendix F, one of each kind. */
  it.each([
    ['18', 'a head is cut short'],
    ['1c', 'additional information 28 is reserved'],
    ['62', 'a text string is cut short'],
    ['9a01ff00', 'a head is cut short'],
    ['9b7fffffffffffffff', 'an array announces 9223372036854775807 entries'],
    ['5bffffffffffffffff', 'a byte string is cut short'],
    ['a1', 'a map announces 1 entries'],
    ['a20102', 'a map announces 2 entries'],
    ['f818', 'the simple value 24 is written in two bytes'],
    ['fc', 'additional information 28 is reserved'],
    ['5f00ff', 'is of another type'],
    ['5f21ff', 'is of another type'],
    ['7f4100ff', 'is of another type'],
    ['ff', 'a "break" where a data item has to be'],
    ['81ff', 'a "break" where a data item has to be'],
    ['bf00ff', 'a "break" where a data item has to be'],
    ['1f', 'major type 0 has no indefinite length'],
    ['df00', 'major type 6 has no indefinite length'],
    ['9f', 'a data item is cut short'],
    ['0000', '1 byte is left after'],
    ['81'.repeat(300), 'nested deeper than 200 levels'],
  ])('%s is refused: %s', (hex, reason) => expect(() => read(hex)).toThrow(reason));

  it.each([
    ['{"$simple": 24}', 'are reserved'],
    ['{"$extension": 5, "bytes": ""}', 'belong to MessagePack'],
    ['{"$time": "1970-01-01T00:00:01.5Z"}', 'no time with nanoseconds'],
  ])('%s cannot be written: %s', (text, reason) => expect(() => write(text)).toThrow(reason));

  it('agrees with another implementation', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value, safeNumbers));
        expect(JSON.parse(JSON.stringify(decode(writeCbor(readValueText(JSON.stringify(plain))))))).toEqual(plain);
        expect(JSON.parse(valueText(readCbor(encode(plain))))).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });
});

/** Larger ones are whole numbers in our text, and floating point in JavaScript. */
const safeNumbers = (_key: string, value: unknown): unknown => (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER ? 0 : value);
