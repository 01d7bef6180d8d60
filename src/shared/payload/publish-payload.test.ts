import { expect, test } from 'vitest';
import { encodePublishPayload, type PayloadInputFormat } from './publish-payload.ts';

test.each<[PayloadInputFormat, string, number[]]>([
  ['text', 'é', [0xc3, 0xa9]],
  ['text', '', []],
  ['json', ' {"a":1}', [...new TextEncoder().encode(' {"a":1}')]],
  ['hex', '', []],
  ['hex', '00 ff:0A-1b,0x2C\n3d', [0, 255, 10, 27, 44, 61]],
  ['hex', 'deadBEEF', [0xde, 0xad, 0xbe, 0xef]],
  ['base64', '', []],
  ['base64', '_-8=', [255, 239]],
  ['base64', 'AQ ID\nBA', [1, 2, 3, 4]],
])('%s %j', (format, text, bytes) => expect(encodePublishPayload(format, text)).toEqual({ bytes: Uint8Array.from(bytes) }));

test.each<[PayloadInputFormat, string, string]>([
  ['json', '', 'empty'],
  ['json', '{"a":1', 'line 1, column 7'],
  ['json', '{\n  "a": x\n}', '"x" in line 2, column 8'],
  ['json', '[1,]', '"]" in line 1, column 4'],
  ['json', '{"a" 1}', '"1" in line 1, column 6'],
  ['json', '[1] x', '"x" in line 1, column 5'],
  ['json', '01', 'column 1'],
  ['json', '{"a":1}}', '"}" in line 1, column 8'],
  ['hex', '0g', '"g" at position 2'],
  ['hex', '00 1', 'position 4 has one hex digit'],
  ['hex', '0 11', 'position 1 has one hex digit'],
  ['hex', 'zz', '"z" at position 1'],
  ['base64', 'A', 'cut short'],
  ['base64', 'AA==AA', 'only at its end'],
  ['base64', 'AA*A', '"*" at position 3'],
  ['text', '\ud800', 'surrogate'],
])('%s %j is refused: %s', (format, text, words) => {
  const result = encodePublishPayload(format, text);
  expect('problem' in result ? result.problem : '').toContain(words);
});
