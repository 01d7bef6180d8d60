import { gzipSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { codecTools } from '../../../test/support/codec-tools.ts';
import { detectCodec } from './detect.ts';
import { bytesOfHex } from './hex-text.ts';
import { decodePayload } from './run-codec.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (text: string): Uint8Array => bytesOfHex(text) as Uint8Array;
const png = hex('89504e470d0a1a0a0000000d49484452000000020000000308060000');

describe('the codec nobody chose', () => {
  it.each<[string, Uint8Array, string, string?, string?]>([
    ['nothing', hex(''), 'utf8'],
    ['an object of JSON', utf8('{"a":1}'), 'json'],
    ['a number as text', utf8('21.5'), 'utf8'],
    ['text in braces', utf8('{msg}:hello'), 'utf8'],
    ['XML', utf8('<?xml version="1.0"?><a/>'), 'xml'],
    ['text with an arrow', utf8('<- 5'), 'utf8'],
    ['CSV, which is text', utf8('a,b\n1,2'), 'utf8'],
    ['a PNG', png, 'image'],
    ['a JPEG', hex('ffd8ffe000104a46494600'), 'image'],
    ['gzip', gzipSync('hello'), 'gzip'],
    ['zlib', deflateSync('hello hello'), 'zlib'],
    ['Zstandard', hex('28b52ffd2000010000'), 'zstd'],
    ['MessagePack', hex('82a16101a16202'), 'msgpack'],
    ['a list of maps in MessagePack', hex('9181a16101'), 'msgpack'],
    ['CBOR', hex('a26161016162820203'), 'cbor'],
    ['CBOR that says so', hex('d9d9f700'), 'cbor'],
    ['two bytes that could be anything', hex('0105'), 'noop'],
    ['four bytes that could be a number', hex('41ac0000'), 'noop'],
    ['one byte that is an empty map', hex('80'), 'noop'],
    ['a list of numbers in MessagePack', hex('93010203'), 'noop'],
    ['MessagePack and a byte more', hex('81a1610100'), 'noop'],
    ['metrics of Sparkplug', hex('0801'), 'sparkplug', 'spBv1.0/plant/DDATA/edge/device'],
    ['the state of a host of Sparkplug', utf8('{"online":true}'), 'json', 'spBv1.0/STATE/host'],
    ['what its content type says', hex('0801'), 'protobuf', 'a', 'application/x-protobuf; proto=acme.Reading'],
    ['a media type with a suffix', hex('80'), 'cbor', 'a', 'application/senml+cbor'],
    ['an unknown content type', utf8('{}'), 'json', 'a', 'constructor'],
  ])('of %s', (_what, bytes, codec, topic = 'a/b', contentType) => {
    expect(detectCodec(bytes, { topic, contentType }).codec).toBe(codec);
  });

  const tools = codecTools();
  const read = (bytes: Uint8Array, contentType?: string) => decodePayload(bytes, { codec: 'auto', tools, facts: { topic: 'a/b', contentType } });

  it('looks inside what is compressed', () => {
    expect(read(gzipSync('{"a":1}'))).toMatchObject({
      codec: 'gzip',
      decoded: { language: 'json' },
      notes: [expect.stringMatching(/^gzip: \d+ bytes became 7\.$/)],
    });
    expect(read(gzipSync(gzipSync(hex('81a16101'))))).toMatchObject({ decoded: { text: '{\n  "a": 1\n}' } });
  });
  it('stops looking inside at some depth', () => {
    let bytes: Uint8Array = utf8('x');
    for (let layer = 0; layer < 10; layer += 1) bytes = gzipSync(bytes);
    expect(read(bytes)).toMatchObject({ decoded: { kind: 'bytes' } });
  });
  it('says what a damaged payload was taken for, and shows its bytes or its text', () => {
    expect(read(gzipSync('hello').subarray(0, 12))).toMatchObject({
      codec: 'noop',
      decoded: { kind: 'bytes' },
      notes: [expect.stringContaining('It was taken for gzip')],
    });
    expect(read(utf8('{"a":'), 'application/json')).toMatchObject({ codec: 'utf8', decoded: { text: '{"a":' }, notes: [expect.stringContaining('at byte 5')] });
    expect(read(utf8('<a><b></a>'))).toMatchObject({ codec: 'utf8', notes: [expect.stringContaining('</a> where </b> has to be')] });
  });
});
