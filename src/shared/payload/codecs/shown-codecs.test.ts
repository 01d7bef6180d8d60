import { describe, expect, it } from 'vitest';
import { codecTools } from '../../../../test/support/codec-tools.ts';
import type { CodecParams, Decoded } from '../codec.ts';
import { bytesOfHex } from '../hex-text.ts';
import { decodePayload, encodePayload } from '../run-codec.ts';

const tools = codecTools({ avro: { 'temp.avsc': '"long"' } });
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const call = (codec: string, params: CodecParams = {}) => ({ codec, params, tools, facts: { topic: 'a' } });

function decode(codec: string, bytes: Uint8Array, params?: CodecParams): { readonly decoded: Decoded; readonly notes: readonly string[] } {
  const outcome = decodePayload(bytes, call(codec, params));
  if ('failure' in outcome) throw new Error(`${outcome.failure.reason} @${outcome.failure.at}`);
  return outcome;
}
const xml = (text: string): string => (decode('xml', utf8(text)).decoded as { text: string }).text;
const csv = (text: string, params?: CodecParams) => decode('csv', utf8(text), params).decoded;

describe('XML', () => {
  it.each([
    ['<a><b>x</b><c/></a>', '<a>\n  <b>x</b>\n  <c/>\n</a>'],
    ['<?xml version="1.0"?>\n<!-- c --><a  x="1"\ty=\'2\'>\n\n<b></b></a>', '<?xml version="1.0"?>\n<!-- c -->\n<a  x="1"\ty=\'2\'>\n  <b></b>\n</a>'],
    ['<p>some <b>mixed</b> text</p>', '<p>some <b>mixed</b> text</p>'],
    ['<a><![CDATA[ <x> ]]></a>', '<a><![CDATA[ <x> ]]></a>'],
    ['<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', '<!DOCTYPE a [<!ENTITY e "x">]>\n<a>&e;</a>'],
    ['<größe:x/>', '<größe:x/>'],
  ])('%s', (text, indented) => {
    expect(xml(text)).toBe(indented);
    expect(xml(indented)).toBe(indented);
  });
  it.each([
    ['', 'there is no element @0'],
    ['hello', 'text outside the root element @0'],
    ['<a>', '<a> is not closed @0'],
    ['<a><b></a>', '</a> where </b> has to be @6'],
    ['</a>', '</a> closes nothing @0'],
    ['<a/><b/>', 'a second root element @4'],
    ['<a x=1/>', '"<" begins nothing that XML knows @0'],
    ['<é><!-- </é>', 'has no end @4'],
    ['<a>'.repeat(300), 'nested deeper'],
  ])('%j is refused: %s', (text, reason) => expect(() => xml(text)).toThrow(reason));
  it('is sent as it was typed, and checked', () => {
    expect(encodePayload('<a ></a>', call('xml'))).toEqual({ bytes: utf8('<a ></a>') });
    expect(encodePayload('<a>', call('xml'))).toEqual({ failure: { reason: '<a> is not closed', at: 0 } });
  });
});

describe('CSV', () => {
  it.each<[string, CodecParams, unknown]>([
    ['a,b\n1,2\n', {}, { header: ['a', 'b'], rows: [['1', '2']] }],
    ['a;b\r\n1,5;2', {}, { header: ['a', 'b'], rows: [['1,5', '2']] }],
    ['1\t2', { header: false }, { header: null, rows: [['1', '2']] }],
    ['"a ""x""","b\nc"', { header: false }, { rows: [['a "x"', 'b\nc']] }],
    ['a"b,c', { header: false }, { rows: [['a"b', 'c']] }],
    ['a,b,', { header: false }, { rows: [['a', 'b', '']] }],
    ['a,b', { header: false, delimiter: 'semicolon' }, { rows: [['a,b']] }],
    ['', {}, { header: null, rows: [] }],
    ['x', {}, { header: ['x'], rows: [] }],
  ])('%j %j', (text, params, rows) => expect(csv(text, params)).toMatchObject(rows as object));
  it('tells of rows of different lengths', () => expect(decode('csv', utf8('a,b\n1\n')).notes).toEqual(['The rows have from 1 to 2 fields.']));
  it.each([
    ['"a', 'no closing quote @0'],
    ['é,"a"b', 'the end of the line @6'],
  ])('%j is refused: %s', (text, reason) => expect(() => csv(text)).toThrow(reason));
});

describe('images', () => {
  it.each([
    ['89504e470d0a1a0a0000000d49484452000000020000000308060000', 'image/png', 2, 3],
    ['4749463839610500070000', 'image/gif', 5, 7],
    ['ffd8ffe00004aaaaffc0000b080010002003', 'image/jpeg', 32, 16],
    ['ffd8ffe1', 'image/jpeg', null, null],
    ['52494646000000005745425056503820', 'image/webp', null, null],
    ['0000001c6674797061766966', 'image/avif', null, null],
  ])('%s is %s, %d × %d', (hex, mediaType, width, height) =>
    expect(decode('image', bytesOfHex(hex) as Uint8Array).decoded).toMatchObject({ kind: 'image', mediaType, width, height }),
  );
});

describe('Sparkplug B', () => {
  // timestamp 1, seq 0; metrics: "t" Int32 -5, alias 3 without a type.
  const bytes = bytesOfHex('0801120d0a0174200350fbffffff0f28001204100350071800') as Uint8Array;
  it('shows signs where the type is known, and writes them back', () => {
    const { text } = decode('sparkplug', bytes).decoded as { text: string };
    expect(JSON.parse(text)).toEqual({
      timestamp: 1,
      metrics: [
        { name: 't', datatype: 'Int32', int_value: -5, is_historical: false },
        { alias: 3, int_value: 7 },
      ],
      seq: 0,
    });
    const back = encodePayload(text, call('sparkplug'));
    expect('bytes' in back && back.bytes).toEqual(bytes);
  });
  it('refuses what does not fit', () =>
    expect(encodePayload('{"metrics": [{"datatype": "Int32", "int_value": -2147483649}]}', call('sparkplug'))).toEqual({
      failure: { reason: expect.stringContaining('does not fit into uint32 at .metrics[0].int_value'), at: null },
    }));
});

describe('what registries put in front of Avro', () => {
  const params = { schema: 'temp.avsc', framing: 'registry', schema_id: '7' };
  it('is read and written', () => {
    expect(decode('avro', Uint8Array.of(0, 0, 0, 0, 7, 2), params)).toMatchObject({
      decoded: { text: '1' },
      notes: ["The registry's number of the schema is 7."],
    });
    expect(encodePayload('1', call('avro', params))).toEqual({ bytes: Uint8Array.of(0, 0, 0, 0, 7, 2) });
  });
  it.each([
    [Uint8Array.of(1, 0, 0, 0, 7, 2), 'are missing in front @0'],
    [Uint8Array.of(0, 0, 0, 0, 7, 2, 2), '1 byte is left after the Avro value @6'],
  ])('%j is refused: %s', (bytes, reason) => expect(() => decode('avro', bytes, params)).toThrow(reason));
  it('needs a schema', () => {
    expect(() => decode('avro', Uint8Array.of(0))).toThrow('choose the schema');
    expect(() => decode('avro', Uint8Array.of(0), { schema: 'no.avsc' })).toThrow('there is no file no.avsc');
  });
});
