import { describe, expect, it } from 'vitest';
import { PacketGuard } from './packet-guard.ts';

const connect = Buffer.from('100f00044d51545404020000000361626300'.slice(0, 34), 'hex');

function publish(topic: Buffer, payload: Buffer): Buffer {
  const length = 2 + topic.length + payload.length;
  const header = [0x30];
  for (let rest = length; ; rest >>= 7) {
    if (rest < 128) {
      header.push(rest);
      break;
    }
    header.push((rest & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from(header), Buffer.from([topic.length >> 8, topic.length & 0xff]), topic, payload]);
}

function feedAll(guard: PacketGuard, data: Buffer, chunkBytes: number): string | null {
  for (let from = 0; from < data.length; from += chunkBytes) {
    const reason = guard.feed(data.subarray(from, from + chunkBytes));
    if (reason !== null) return reason;
  }
  return null;
}

const feedPublish = (topic: string, payload: string): string | null =>
  new PacketGuard(1000).feed(Buffer.concat([connect, publish(Buffer.from(topic, 'hex'), Buffer.from(payload, 'hex'))]));

describe('PacketGuard', () => {
  const good = Buffer.concat([
    connect,
    publish(Buffer.from('a/ü'), Buffer.from('hello')),
    Buffer.from('c000', 'hex'),
    publish(Buffer.from('b'), Buffer.alloc(20_000, 0xff)),
    publish(Buffer.alloc(300, 0x61), Buffer.alloc(0)),
    Buffer.from('e000', 'hex'),
  ]);

  it.each([1, 2, 3, 7, 100, 4096, 65_536])('follows good packets in chunks of %i bytes', (chunkBytes) => {
    expect(feedAll(new PacketGuard(65_536), good, chunkBytes)).toBeNull();
  });

  it.each([1, 3, 65_536])('finds a topic that is not UTF-8 in chunks of %i bytes', (chunkBytes) => {
    const data = Buffer.concat([connect, publish(Buffer.from('ok'), Buffer.from('x')), publish(Buffer.from('61c328', 'hex'), Buffer.from('x'))]);
    expect(feedAll(new PacketGuard(65_536), data, chunkBytes)).toContain('not valid UTF-8');
  });

  it('refuses surrogates and U+0000 in a topic but nothing in a payload', () => {
    expect(feedPublish('61eda080', '00')).toContain('not valid UTF-8');
    expect(feedPublish('610062', '00')).toContain('U+0000');
    expect(feedPublish('61', '00ffc328')).toBeNull();
  });

  it('refuses an excessive packet at its header', () => {
    const guard = new PacketGuard(1000);
    expect(guard.feed(connect)).toBeNull();
    expect(guard.feed(Buffer.from('30e907', 'hex'))).toContain('1004 bytes');
  });

  it('allows little before CONNECT is complete', () => {
    expect(new PacketGuard(67_108_864).feed(Buffer.from('10ffffff7f', 'hex'))).toContain('more than');
  });

  it.each(['10ffffffff7f', '10ffffff80'])('refuses the malformed length %s', (hex) => {
    expect(new PacketGuard(268_435_455).feed(Buffer.from(hex, 'hex'))).toContain('malformed length');
  });

  it.each(['3001', '300200', '30020005'])('refuses or waits for the cut PUBLISH %s', (hex) => {
    const guard = new PacketGuard(1000);
    guard.feed(connect);
    const reason = guard.feed(Buffer.from(hex, 'hex'));
    if (hex === '300200') expect(reason).toBeNull();
    else expect(reason).toContain('malformed PUBLISH');
  });

  it.each([
    ['GET / HTTP/1.1\r\n', 'HTTP'],
    ['\u0016\u0003\u0001\u0002\u0000', 'TLS'],
    ['hello', 'CONNECT'],
    ['\u0030\u0003\u0000\u0001a', 'CONNECT'],
  ])('names the stranger that begins with %j', (text, word) => {
    expect(new PacketGuard(1000).feed(Buffer.from(text, 'latin1'))).toContain(word);
  });
});
