import { expect, it } from 'vitest';
import { foreignProtocol } from './foreign-protocol.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

it.each([
  ['\x16\x03\x01\x02\x00\x01', 'TLS'],
  ['GET / HTTP/1.1\r\n', 'HTTP'],
  ['CONNECT example.org:443', 'HTTP'],
  ['PROXY TCP4 10.0.0.1', 'PROXY header'],
  ['\r\n\r\n\x00\r\nQUIT\n', 'PROXY header'],
  ['SSH-2.0-OpenSSH', 'SSH'],
])('%j is %s', (first, name) => expect(foreignProtocol(bytes(first))).toContain(name));

it.each(['', '\x10\x0c\x00\x04MQTT', '\xc0\x00', 'nonsense', '\x16\x07'])('%j could be anything', (first) =>
  expect(foreignProtocol(bytes(first))).toBeUndefined(),
);
