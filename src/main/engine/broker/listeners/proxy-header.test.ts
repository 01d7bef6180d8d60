import { describe, expect, it } from 'vitest';
import { parseProxyHeader } from './proxy-header.ts';

const line = (text: string): Buffer => Buffer.from(`${text}\r\n`, 'latin1');
const parse = (bytes: Buffer) => parseProxyHeader(bytes);

/** Version 2: the byte of version and command, the byte of family and transport, and what follows the length. */
function binary(command: number, family: number, body: Buffer, length = body.length): Buffer {
  const head = Buffer.from('0d0a0d0a000d0a515549540a00000000', 'hex');
  head[12] = command;
  head[13] = family;
  head.writeUInt16BE(length, 14);
  return Buffer.concat([head, body]);
}

const ipv4 = Buffer.from('c0000201c6336402ffff0016', 'hex');
const ipv6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from('20010db8000000000000000000000002', 'hex'),
  Buffer.from('d431075b', 'hex'),
]);
const unix = Buffer.concat([Buffer.from('/run/client.sock'.padEnd(108, '\0')), Buffer.from('/run/us.sock'.padEnd(108, '\0'))]);
const tlv = Buffer.from('0200096c6f63616c686f7374', 'hex');
const unknownTlv = Buffer.concat([Buffer.from('e00400', 'hex'), Buffer.alloc(1024, 0xff)]);

const complete: readonly (readonly [string, Buffer, string | null])[] = [
  ['version 1, IPv4', line('PROXY TCP4 192.0.2.1 198.51.100.2 65535 22'), '192.0.2.1:65535'],
  ['version 1, IPv6', line('PROXY TCP6 2001:db8::1 ::1 54321 1883'), '[2001:db8::1]:54321'],
  ['version 1, port 0', line('PROXY TCP4 192.0.2.1 198.51.100.2 0 0'), '192.0.2.1:0'],
  ['version 1, the longest line', line(`PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535`), `[${'ffff:'.repeat(7)}ffff]:65535`],
  ['version 1, unknown', line('PROXY UNKNOWN'), null],
  ['version 1, unknown with more', line('PROXY UNKNOWN ffff::1 what ever 70000'), null],
  ['version 2, IPv4', binary(0x21, 0x11, ipv4), '192.0.2.1:65535'],
  ['version 2, IPv6', binary(0x21, 0x21, ipv6), '[2001:db8::1]:54321'],
  ['version 2, Unix', binary(0x21, 0x31, unix), 'unix:/run/client.sock'],
  ['version 2, Unix, a path without an end', binary(0x21, 0x31, Buffer.alloc(216, 0x61)), `unix:${'a'.repeat(108)}`],
  ['version 2 with TLVs', binary(0x21, 0x11, Buffer.concat([ipv4, tlv, unknownTlv])), '192.0.2.1:65535'],
  ['version 2 with TLVs that make no sense', binary(0x21, 0x11, Buffer.concat([ipv4, Buffer.from('02ffff', 'hex')])), '192.0.2.1:65535'],
  ['version 2, local', binary(0x20, 0x00, Buffer.alloc(0)), null],
  ['version 2, local, with addresses to ignore', binary(0x20, 0x11, ipv4), null],
  ['version 2, local, with a family to ignore', binary(0x20, 0xf7, Buffer.from('0102', 'hex')), null],
  ['version 2, unspecified', binary(0x21, 0x00, Buffer.alloc(0)), null],
  ['version 2, unspecified, with TLVs', binary(0x21, 0x00, tlv), null],
  ['version 2, the largest', binary(0x21, 0x11, Buffer.concat([ipv4, Buffer.alloc(4096 - 16 - 12)])), '192.0.2.1:65535'],
];

const malformed: readonly (readonly [string, Buffer, string])[] = [
  ['MQTT', Buffer.from('101000044d51545404020000000461626364', 'hex'), 'missing'],
  ['HTTP', line('GET / HTTP/1.1'), 'missing'],
  ['TLS', Buffer.from('160301', 'hex'), 'missing'],
  ['another word', line('PROXX TCP4 192.0.2.1 198.51.100.2 1 2'), 'missing'],
  ['small letters', line('proxy TCP4 192.0.2.1 198.51.100.2 1 2'), 'missing'],
  ['a wrong byte within the signature', Buffer.from('0d0a0d0a000d0a515549550a2111000c', 'hex'), 'missing'],
  ['an unknown protocol', line('PROXY UDP4 192.0.2.1 198.51.100.2 1 2'), 'no protocol'],
  ['no protocol', line('PROXY '), 'no protocol'],
  ['a protocol with more letters', line('PROXY UNKNOWNS'), 'no protocol'],
  ['too few fields', line('PROXY TCP4 192.0.2.1 198.51.100.2 1'), 'two addresses and two ports'],
  ['too many fields', line('PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3'), 'two addresses and two ports'],
  ['two spaces', line('PROXY TCP4  192.0.2.1 198.51.100.2 1 2'), 'two addresses and two ports'],
  ['a space at the end', line('PROXY TCP4 192.0.2.1 198.51.100.2 1 2 '), 'two addresses and two ports'],
  ['IPv6 where IPv4 is said', line('PROXY TCP4 ::1 198.51.100.2 1 2'), 'not IPv4'],
  ['IPv4 where IPv6 is said', line('PROXY TCP6 ::1 198.51.100.2 1 2'), 'not IPv6'],
  ['IPv6 with a zone', line('PROXY TCP6 fe80::1%eth0 ::1 1 2'), 'not IPv6'],
  ['IPv4 with leading zeros', line('PROXY TCP4 192.000.2.1 198.51.100.2 1 2'), 'not IPv4'],
  ['a name', line('PROXY TCP4 localhost 198.51.100.2 1 2'), 'not IPv4'],
  ['a port too large', line('PROXY TCP4 192.0.2.1 198.51.100.2 65536 2'), 'port'],
  ['a port with a sign', line('PROXY TCP4 192.0.2.1 198.51.100.2 +1 2'), 'port'],
  ['a port with leading zeros', line('PROXY TCP4 192.0.2.1 198.51.100.2 01 2'), 'port'],
  ['an empty port', line('PROXY TCP4 192.0.2.1 198.51.100.2  2'), 'port'],
  ['hexadecimal', line('PROXY TCP4 192.0.2.1 198.51.100.2 1 0x2'), 'port'],
  ['a line that only ends in LF', Buffer.from(`PROXY TCP4 192.0.2.1 198.51.100.2 1 2\n${'x'.repeat(80)}`), 'longer than 107'],
  ['a line without an end', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(93)}`), 'longer than 107'],
  ['a line one byte too long', line(`PROXY UNKNOWN ${'x'.repeat(92)}`), 'longer than 107'],
  ['version 1 in binary', binary(0x11, 0x11, ipv4), 'version 1'],
  ['version 3 in binary', binary(0x31, 0x11, ipv4), 'version 3'],
  ['an unknown command', binary(0x22, 0x11, ipv4), 'command 2'],
  ['an unknown family', binary(0x21, 0x41, unix), 'family 4'],
  ['an unknown transport', binary(0x21, 0x13, ipv4), 'transport 3'],
  ['datagrams', binary(0x21, 0x12, ipv4), 'datagrams'],
  ['addresses that do not fit IPv4', binary(0x21, 0x11, ipv4.subarray(1)), 'too short'],
  ['addresses that do not fit IPv6', binary(0x21, 0x21, ipv6.subarray(1)), 'too short'],
  ['addresses that do not fit Unix', binary(0x21, 0x31, unix.subarray(1)), 'too short'],
  ['no addresses', binary(0x21, 0x11, Buffer.alloc(0)), 'too short'],
  ['more than is allowed, known by the length', binary(0x21, 0x11, ipv4, 4081), 'more than the 4096 allowed'],
  ['all that the length can say', binary(0x20, 0x00, Buffer.alloc(0), 65_535), 'more than the 4096 allowed'],
];

describe('a PROXY header', () => {
  it.each(complete)('%s is read, and nothing behind it', (_name, bytes, source) => {
    expect(parse(bytes)).toEqual({ outcome: 'complete', length: bytes.length, source });
    expect(parse(Buffer.concat([bytes, Buffer.from('PROXY \r\n')]))).toEqual({ outcome: 'complete', length: bytes.length, source });
  });

  it.each(complete)('%s is awaited at every length before its last byte', (_name, bytes) => {
    for (let length = 0; length < bytes.length; length += 1) expect(parse(bytes.subarray(0, length))).toEqual({ outcome: 'incomplete' });
  });

  it.each(malformed)('%s is refused with a reason', (_name, bytes, reason) => {
    expect(parse(bytes)).toEqual({ outcome: 'malformed', reason: expect.stringContaining(reason) });
  });

  it.each(malformed)('%s is never taken for a whole header on the way', (_name, bytes) => {
    for (let length = 0; length < bytes.length; length += 1) expect(parse(bytes.subarray(0, length)).outcome).not.toBe('complete');
  });

  it('is decided after a bounded number of bytes, whatever they are', () => {
    let state = 1;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647);
    for (let round = 0; round < 2000; round += 1) {
      const [, whole] = complete[random() % complete.length] as (typeof complete)[number];
      const bytes = Buffer.concat([whole, Buffer.alloc(5000, 0x20)]);
      for (let changes = random() % 4; changes >= 0; changes -= 1) bytes[random() % whole.length] = random() % 256;
      expect(parse(bytes.subarray(0, 4096)).outcome).not.toBe('incomplete');
    }
  });
});
