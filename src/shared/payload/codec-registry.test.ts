import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyValue } from '../../../test/support/any-payload-value.ts';
import { codecTools } from '../../../test/support/codec-tools.ts';
import type { CodecParams } from './codec.ts';
import { builtInNames, codecs, resolveCodec, type CodecNames } from './codec-registry.ts';
import { bytesOfHex, hexText } from './hex-text.ts';
import { decodePayload, encodePayload } from './run-codec.ts';
import { valueText } from './value/value-text.ts';

const tools = codecTools();
const call = (codec: string, params: CodecParams = {}, names: CodecNames = {}) => ({ codec, params, names, tools, facts: { topic: 'a/b' } });
const decode = (codec: string, bytes: Uint8Array, params?: CodecParams, names?: CodecNames): string => {
  const outcome = decodePayload(bytes, call(codec, params, names));
  if ('failure' in outcome) return `failed: ${outcome.failure.reason}`;
  return outcome.decoded.kind === 'text' ? outcome.decoded.text : outcome.decoded.kind;
};
const encode = (codec: string, text: string, params?: CodecParams, names?: CodecNames): Uint8Array => {
  const outcome = encodePayload(text, call(codec, params, names));
  if ('failure' in outcome) throw new Error(outcome.failure.reason);
  return outcome.bytes;
};
const hex = (text: string): Uint8Array => bytesOfHex(text) as Uint8Array;

/** As distmqtt's codec classes do it, captured from them. */
describe('what distmqtt sends', () => {
  const captured: readonly (readonly [codec: string, params: CodecParams, text: string, hex: string])[] = [
    ['utf8', {}, 'hé', '68c3a9'],
    ['json', { layout: 'python' }, '{"a": [1, null, true], "u": "é"}', '7b2261223a205b312c206e756c6c2c20747275655d2c202275223a20225c7530306539227d'],
    ['msgpack', {}, '{"a": [1, null, true], "b": {"$bytes": "0001"}}', '82a1619301c0c3a162c4020001'],
    ['msgpack', { use_bin_type: false }, '{"$bytes": "78"}', 'a178'],
    ['msgpack', { use_list: true }, '[1]', '9101'],
    ['msgpack+json', {}, '{"a": 1}', '81a16101'],
    ['bool', { on: 'yes', off: 'no' }, 'true', '796573'],
    ['bool', { on: 'yes', off: 'no' }, 'false', '6e6f'],
    ['bool', { on: '1', off: '0', null: '-' }, 'null', '2d'],
    ['bool', {}, 'true', '6f6e'],
  ];
  it.each(captured)('%s %j writes %s as %s, and reads it', (codec, params, text, bytes) => {
    expect(hexText(encode(codec, text, params))).toBe(bytes);
    const read = decode(codec, hex(bytes), params);
    // A text is itself; a value is compared as one.
    expect(codec === 'utf8' ? read : JSON.parse(read)).toEqual(codec === 'utf8' ? text : JSON.parse(text));
  });

  it('with the older MessagePack, text is written as its bytes', () => expect(hexText(encode('msgpack', '"x"', { use_bin_type: false }))).toBe('a178'));
  it('refuses another word, capital letters counting', () =>
    expect(decode('bool', hex('4f4e'), { on: 'on', off: 'off' })).toBe('failed: "ON" is neither "on" nor "off"'));
  it('takes 1 and 0 for true and false', () => expect(hexText(encode('bool', '1'))).toBe('6f6e'));
  it('refuses null without a word for it', () => expect(() => encode('bool', 'null')).toThrow('no word for null'));
  it('refuses text for bytes', () => expect(() => encode('noop', 'x')).toThrow('takes bytes'));
  it('knows noop as binary too', () => expect(decode('binary', hex('00ff'))).toBe('bytes'));

  it('has names of the user, as its document has them', () => {
    const names = { bool: { on: 'on', off: 'off' }, BOOL: { on: 'ON', off: 'OFF', name: 'bool' }, yesno: { on: 'yes', off: 'no', name: 'bool' } };
    const text = (codec: string, value: string): string => new TextDecoder().decode(encode(codec, value, {}, names));
    expect([text('yesno', 'true'), text('BOOL', 'false'), text('bool', 'true')]).toEqual(['yes', 'OFF', 'on']);
    expect(decode('BOOL', new TextEncoder().encode('ON'), {}, names)).toBe('true');
  });
});

describe('names and parameters', () => {
  it.each([
    ['nope', {}, {}, 'There is no codec "nope".'],
    ['a', {}, { a: { name: 'b' }, b: { name: 'a' } }, 'leads back to itself (a → b → a)'],
    ['a', {}, { a: { name: 'nope' } }, 'stands for "nope"'],
    ['utf8', { x: 1 }, {}, 'has no parameter "x"'],
    ['bool', { of: 'x' }, {}, 'it has on, off, null'],
    ['bool', { on: 1 }, {}, '"on" of the codec "bool" is a text'],
    ['bool', { on: 'x', off: 'x' }, {}, 'are the same'],
    ['int16', { endian: 'middle' }, {}, 'is one of big, little'],
    ['int16', { array: 'yes' }, {}, 'is true or false'],
    ['avro', { schema_id: 'x' }, {}, 'a number from 0'],
    ['toString', {}, {}, 'There is no codec "toString".'],
  ] as const)('%s %j %j: %s', (name, params, names, problem) => {
    const resolved = resolveCodec(name, params, names);
    expect('problem' in resolved ? resolved.problem : '').toContain(problem);
  });
  it('of the rule count more than those of the name, and those more than defaults', () => {
    const names = { mine: { name: 'yours', on: 'A' }, yours: { name: 'bool', on: 'B', off: 'B2' } };
    const resolved = resolveCodec('mine', { off: 'C' }, names);
    expect('params' in resolved && resolved.params).toEqual({ on: 'A', off: 'C' });
  });
  it('are documented for every codec', () => {
    for (const { name, title, help, params } of codecs) {
      expect([name, title, help].every((text) => text !== '')).toBe(true);
      for (const param of params) expect(param.help).toMatch(/\.$/);
    }
    for (const name of Object.keys(builtInNames)) expect(resolveCodec(name, {})).not.toHaveProperty('problem');
  });
});

describe('round trips', () => {
  const both = (codec: string, text: string, params?: CodecParams): string => decode(codec, encode(codec, text, params), params);
  const runs = { numRuns: 300 };
  const bytes = fc.uint8Array({ maxLength: 300 });

  it.each([
    ['msgpack', {}, ['undefined', 'simple', 'tagged', 'bignum']],
    ['msgpack', { float32: true }, ['undefined', 'simple', 'tagged', 'bignum']],
    ['cbor', {}, ['extension', 'time']],
  ] as const)('%s %j: every value', (codec, params, without) => {
    fc.assert(
      fc.property(anyValue(without), (value) => {
        const text = valueText(value);
        expect(both(codec, text, params)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('msgpack with the older type: every value, text as bytes', () => {
    fc.assert(
      fc.property(anyValue(['undefined', 'simple', 'tagged', 'bignum', 'text', 'reserved', 'broken-text']), (value) => {
        const params = { use_bin_type: false };
        const first = encode('msgpack', valueText(value), params);
        expect(encode('msgpack', decode('msgpack', first, params), params)).toEqual(first);
      }),
      runs,
    );
  });

  it.each(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float', 'double'])(
    '%s: every byte pattern, both orders, one and lists',
    (codec) => {
      const size = codec.endsWith('8') ? 1 : codec.endsWith('16') ? 2 : /32$|float/.test(codec) ? 4 : 8;
      fc.assert(
        fc.property(
          fc.uint8Array({ minLength: size, maxLength: size }),
          fc.integer({ min: 0, max: 5 }),
          fc.constantFrom('big', 'little'),
          (one, count, endian) => {
            const order = size === 1 ? {} : { endian };
            const text = decode(codec, one, order);
            expect(decode(codec, encode(codec, text, order), order)).toBe(text);
            if (!text.includes('NaN')) expect(encode(codec, text, order)).toEqual(one);
            const list = Uint8Array.from(Array.from({ length: count }, () => [...one]).flat());
            const shown = decode(codec, list, { ...order, array: true });
            expect(decode(codec, encode(codec, shown, { ...order, array: true }), { ...order, array: true })).toBe(shown);
          },
        ),
        runs,
      );
    },
  );

  it.each(['hex', 'base64'])('%s: all bytes', (codec) => {
    fc.assert(
      fc.property(bytes, (one) => {
        expect(encode(codec, decode(codec, one))).toEqual(Uint8Array.from(one));
      }),
      runs,
    );
  });

  it.each(['gzip', 'zlib', 'deflate'])('%s: all bytes, as hex inside', (codec) => {
    fc.assert(
      fc.property(bytes, (one) => {
        const packed = encode(codec, hexText(one, ' '), { inner: 'hex' });
        expect(decode(codec, packed, { inner: 'hex' })).toBe(hexText(one, ' '));
      }),
      runs,
    );
  });

  it('utf8: all text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(both('utf8', text)).toBe(text);
      }),
      runs,
    );
  });

  it('json: all of it, with every digit', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.bigInt(), fc.constantFrom('typed', 'compact', 'python'), (value, large, layout) => {
        const text = JSON.stringify([value]).replace(/\]$/, `,${large}]`);
        expect(both('json', text, { layout }).replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')).toContain(`,${large}]`);
        expect(JSON.parse(both('json', text, { layout }))).toEqual(JSON.parse(text));
      }),
      runs,
    );
  });

  it('protobuf without a schema: what it shows is written back the same', () => {
    fc.assert(
      fc.property(bytes, (one) => {
        const text = decode('protobuf', one);
        if (text.startsWith('failed')) return;
        expect(decode('protobuf', encode('protobuf', text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('bool: every pair of words', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 5 }), { minLength: 3, maxLength: 3 }), ([on, off, none]) => {
        const params = { on: on as string, off: off as string, null: none as string };
        for (const value of ['true', 'false', 'null']) expect(both('bool', value, params)).toBe(value);
      }),
      runs,
    );
  });
});

describe('what cannot be read or written', () => {
  it.each([
    ['utf8', '61ff', {}, 'not UTF-8 text', 1],
    ['json', '7b2261223a7d', {}, 'this is not JSON', 5],
    ['json', '5b31', {}, 'ends too early', 2],
    ['json', '', {}, 'is empty', 0],
    ['json', 'c3a97b', {}, 'this is not JSON', 0],
    ['int16', '01', {}, 'int16 has 2 bytes, and the payload 1 byte', 1],
    ['int16', '010203', { array: true }, '1 byte are left over', 2],
    ['image', '00', {}, 'no known image format', 0],
    ['gzip', '1f8b', {}, 'unexpected end of file', null],
  ] as const)('%s of %s: %s', (codec, bytes, params, reason, at) => {
    const outcome = decodePayload(hex(bytes), call(codec, params));
    expect('failure' in outcome && outcome.failure).toEqual({ reason: expect.stringContaining(reason), at });
  });
  it.each([
    ['int8', '128', {}, 'int8 holds -128 to 127: 128 does not fit'],
    ['uint64', '-1', {}, '0 to 18446744073709551615'],
    ['int32', '[1, 2.5]', { array: true }, 'a whole number is needed at [1]'],
    ['int32', '1', { array: true }, 'a list of numbers is needed'],
    ['float', '1e300', {}, 'larger than a float can be'],
    ['double', '"x"', {}, 'a number is needed'],
    ['hex', '0g', {}, 'is not a hex digit'],
    ['image', 'x', {}, 'choose a file'],
    ['auto', 'x', {}, 'choose a codec'],
  ] as const)('%s from %s: %s', (codec, text, params, reason) => expect(() => encode(codec, text, params)).toThrow(reason));
});
