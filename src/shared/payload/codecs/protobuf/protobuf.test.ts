import { describe, expect, it } from 'vitest';
import { bytesOfHex, hexText } from '../../hex-text.ts';
import { readValueText } from '../../value/value-reader.ts';
import { valueText } from '../../value/value-text.ts';
import { readMessage } from './message-reader.ts';
import type { FieldType, MessageType, ScalarType, ValueType } from './message-type.ts';
import { writeMessage } from './message-writer.ts';

const field = (number: number, name: string, type: ScalarType | ValueType, more: Partial<FieldType> = {}): FieldType => ({
  number,
  name,
  jsonName: name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
  value: typeof type === 'string' ? { kind: 'scalar', scalar: type } : type,
  repeated: false,
  packed: false,
  mapKey: null,
  ...more,
});
const message = (of: () => MessageType, delimited = false): ValueType => ({ kind: 'message', of, delimited });

/** The messages of the encoding guide of Protocol Buffers. */
const test1: MessageType = { name: 'Test1', fields: [field(1, 'a', 'int32')] };
const test2: MessageType = { name: 'Test2', fields: [field(2, 'b', 'string')] };
const test3: MessageType = {
  name: 'Test3',
  fields: [
    field(
      3,
      'c',
      message(() => test1),
    ),
  ],
};
const test4: MessageType = { name: 'Test4', fields: [field(4, 'd', 'string'), field(6, 'e', 'int32', { repeated: true })] };
const test5: MessageType = { name: 'Test5', fields: [field(6, 'f', 'int32', { repeated: true, packed: true })] };
const test6: MessageType = { name: 'Test6', fields: [field(7, 'g', 'int32', { repeated: true, mapKey: 'string' })] };
const test7: MessageType = {
  name: 'Test7',
  fields: [
    field(
      8,
      'my_group',
      message(() => test1, true),
    ),
  ],
};
const none: MessageType = { name: 'none', fields: [] };
const node: MessageType = {
  name: 'Node',
  fields: [
    field(
      1,
      'next',
      message(() => node),
    ),
    field(2, 'state', {
      kind: 'enum',
      of: {
        name: 'State',
        values: [
          ['OFF', 0],
          ['ON', 1],
          ['LOW', -1],
        ],
      },
    }),
    field(3, 'raw', 'bytes'),
    field(
      4,
      'by_id',
      message(() => test1),
      { repeated: true, mapKey: 'int64' },
    ),
    field(5, 'flags', 'bool', { repeated: true, mapKey: 'bool' }),
  ],
};

const read = (hex: string, type: MessageType): string => valueText(readMessage(bytesOfHex(hex) as Uint8Array, type).value).replaceAll(/\s+/g, ' ');
const write = (text: string, type: MessageType): string => hexText(writeMessage(readValueText(text), type));

describe('Protocol Buffers', () => {
  it.each([
    ['089601', test1, '{ "a": 150 }'],
    ['120774657374696e67', test2, '{ "b": "testing" }'],
    ['1a03089601', test3, '{ "c": { "a": 150 } }'],
    ['220568656c6c6f300130023003', test4, '{ "d": "hello", "e": [ 1, 2, 3 ] }'],
    ['3206038e029ea705', test5, '{ "f": [ 3, 270, 86942 ] }'],
    ['3a070a036162631005', test6, '{ "g": { "abc": 5 } }'],
    ['4308960144', test7, '{ "my_group": { "a": 150 } }'],
    ['08feffffffffffffffff01', test1, '{ "a": -2 }'],
    ['', test1, '{}'],
    ['0a020a001001', node, '{ "next": { "next": {} }, "state": "ON" }'],
    ['10ffffffffffffffffff01', node, '{ "state": "LOW" }'],
    ['1007', node, '{ "state": 7 }'],
    ['1a0200ff', node, '{ "raw": {"$bytes": "00ff"} }'],
    ['2a0408011001', node, '{ "flags": { "true": true } }'],
  ] as const)('%s of %o is %s, and back', (hex, type, text) => {
    expect(read(hex, type)).toBe(text);
    expect(write(text, type)).toBe(hex);
  });

  it.each([
    ['double', '09000000000000f83f', '1.5'],
    ['float', '0d0000c03f', '1.5'],
    ['int64', '0880808080808080808001', '-9223372036854775808'],
    ['uint32', '08ffffffff0f', '4294967295'],
    ['uint64', '08ffffffffffffffffff01', '18446744073709551615'],
    ['sint32', '0803', '-2'],
    ['sint32', '08ffffffff0f', '-2147483648'],
    ['sint64', '08feffffffffffffffff01', '9223372036854775807'],
    ['fixed32', '0dffffffff', '4294967295'],
    ['fixed64', '09ffffffffffffffff', '18446744073709551615'],
    ['sfixed32', '0dffffffff', '-1'],
    ['sfixed64', '09ffffffffffffffff', '-1'],
    ['bool', '0801', 'true'],
    ['bytes', '0a0100', '{"$bytes": "00"}'],
    ['string', '0a01ff', '{"$text": "ff"}'],
  ] as const)('%s: %s is %s, and back', (scalar, hex, text) => {
    const type: MessageType = { name: 'One', fields: [field(1, 'x', scalar)] };
    expect(read(hex, type)).toBe(`{ "x": ${text} }`);
    expect(write(`{"x": ${text}}`, type)).toBe(hex);
  });

  it('reads packed lists as others and the other way round', () => {
    expect(read('300130023003', test5)).toBe('{ "f": [ 1, 2, 3 ] }');
    expect(read('3203010203', test4)).toBe('{ "e": [ 1, 2, 3 ] }');
    expect(read('320101300232010a', test5)).toBe('{ "f": [ 1, 2, 10 ] }');
  });

  it('keeps fields that the schema does not have', () => {
    const hex = '08960112024869350000803f39000000000000f03f';
    const text = read(hex, test1);
    expect(text).toBe(
      '{ "a": 150, "$unknown": [ { "field": 2, "text": "Hi" }, { "field": 6, "fixed32": 1065353216 }, { "field": 7, "fixed64": 4607182418800017408 } ] }',
    );
    expect(write(text, test1)).toBe(hex);
  });

  it('without a schema guesses what is inside bytes, and writes back the same', () => {
    const hex = '0a05746573747312030896011a02ff00230801240a00';
    const text = read(hex, none);
    expect(text).toBe(
      '{ "$unknown": [ { "field": 1, "text": "tests" }, { "field": 2, "message": [ { "field": 1, "varint": 150 } ] }, { "field": 3, "bytes": {"$bytes": "ff00"} }, { "field": 4, "group": [ { "field": 1, "varint": 1 } ] }, { "field": 1, "text": "" } ] }',
    );
    expect(write(text, none)).toBe(hex);
  });

  it('tells of a field in another form, and of one that comes twice', () => {
    const { value, notes } = readMessage(bytesOfHex('0a0161') as Uint8Array, test1);
    expect(valueText(value)).toContain('$unknown');
    expect(notes).toEqual([expect.stringContaining('Test1.a')]);
    expect(readMessage(bytesOfHex('08010802') as Uint8Array, test1).notes).toEqual([expect.stringContaining('more than once')]);
  });

  it('of a map, the last entry of a key counts, and what is left out is zero', () => {
    expect(read('3a070a0361626310053a070a0361626310063a00', test6)).toBe('{ "g": { "abc": 6, "": 0 } }');
    expect(read('2200', node)).toBe('{ "by_id": { "0": {} } }');
  });

  it('takes the names of JSON as well, and leaves null out', () => {
    expect(write('{"myGroup": {"a": 150}}', test7)).toBe('4308960144');
    expect(write('{"a": null}', test1)).toBe('');
    expect(write('{"by_id": {"-5": {"a": 1}}}', node)).toBe('220f08fbffffffffffffffff0112020801');
  });

  it.each([
    ['08', test1, 'a varint is cut short', 1],
    ['08ffffffffffffffffffff01', test1, 'more than ten bytes', 1],
    ['00', test1, '0 is no field number', 0],
    ['0f', test1, '7 is no wire type', 0],
    ['1205616263', test2, 'a string is cut short', 2],
    ['1a020896', test3, 'a varint is cut short', 4],
    ['1a0208ff01', test3, 'goes on after the end of its message', 2],
    ['3202ffff01', test5, 'ends inside a number', 4],
    ['4308', test7, 'a varint is cut short', 2],
    ['44', test1, 'the end of a group that did not begin', 0],
    [`0a${'80'.repeat(12)}`, node, 'more than ten bytes', 1],
    ['43'.repeat(400), none, 'nested deeper', 201],
  ] as const)('%s is refused: %s', (hex, type, reason, at) => {
    expect(() => read(hex, type)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(reason), ...(reason.includes('after the end') || reason.includes('inside') ? {} : { at }) }),
    );
  });

  it.each([
    ['{"b": 1}', test1, 'Test1 has no field "b"; it has a'],
    ['{"a": 2147483648}', test1, 'does not fit into int32 at .a'],
    ['{"a": "x"}', test1, 'a whole number is needed at .a'],
    ['[]', test1, 'an object with the fields of Test1'],
    ['{"e": [1, "x"]}', test4, 'at .e[1]'],
    ['{"e": 1}', test4, 'a list is needed at .e'],
    ['{"state": "HIGH"}', node, 'a value of State is needed at .state: OFF, ON, LOW'],
    ['{"raw": "x"}', node, 'bytes are needed at .raw'],
    ['{"by_id": {"x": {}}}', node, '"x" is no key of the type int64'],
    ['{"$unknown": [{"field": 0, "varint": 1}]}', node, 'a field has a number'],
    ['{"$unknown": [{"field": 1, "what": 1}]}', node, 'a field holds varint'],
  ] as const)('%s cannot be written as %o: %s', (text, type, reason) => expect(() => write(text, type)).toThrow(reason));
});
