import { describe, expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { encodePacket } from './encoder.ts';
import { TopicCache } from './topic-cache.ts';

const encoder = new TextEncoder();

/** Twice: the first time is only remembered. */
function add(cache: TopicCache, topic: string): void {
  const bytes = encoder.encode(topic);
  cache.add(bytes, 0, bytes.length, topic);
  cache.add(bytes, 0, bytes.length, topic);
}

function find(cache: TopicCache, topic: string): string | undefined {
  const bytes = encoder.encode(`..${topic}..`);
  return cache.find(bytes, 2, bytes.length - 2);
}

describe('the topic cache', () => {
  test('finds a topic by its bytes wherever they lie', () => {
    const cache = new TopicCache();
    expect(find(cache, 'a/b')).toBeUndefined();
    add(cache, 'a/b');
    add(cache, 'é/😀');
    expect(find(cache, 'a/b')).toBe('a/b');
    expect(find(cache, 'é/😀')).toBe('é/😀');
    expect(find(cache, 'a/c')).toBeUndefined();
    expect(find(cache, 'a/b/')).toBeUndefined();
  });
  test('never holds more than its slots, and never answers with another topic', () => {
    const cache = new TopicCache(16);
    const topics = Array.from({ length: 500 }, (_, index) => `device/${index}`);
    for (const topic of topics) add(cache, topic);
    const found = topics.map((topic) => find(cache, topic));
    expect(found.filter((topic) => topic !== undefined).length).toBeLessThanOrEqual(16);
    for (const [index, topic] of found.entries()) if (topic !== undefined) expect(topic).toBe(topics[index]);
  });
  test('does not hold the chunk its bytes came in, nor change with it', () => {
    const cache = new TopicCache();
    const chunk = Buffer.from('topic');
    cache.add(chunk, 0, chunk.length, 'topic');
    cache.add(chunk, 0, chunk.length, 'topic');
    chunk.fill(0);
    expect(find(cache, 'topic')).toBe('topic');
  });
  test('leaves out topics longer than 256 bytes', () => {
    const cache = new TopicCache();
    add(cache, 'x'.repeat(256));
    add(cache, 'x'.repeat(257));
    expect(find(cache, 'x'.repeat(256))).toBe('x'.repeat(256));
    expect(find(cache, 'x'.repeat(257))).toBeUndefined();
  });
});

describe('a decoder with a cache', () => {
  const publish = (topic: string): Uint8Array =>
    encodePacket({ type: 'publish', dup: false, qos: 0, retain: false, topic, packetId: 0, properties: null, payload: new Uint8Array(1) }, 4);
  const decoder = (cache: TopicCache, controlCharacters: 'refuse' | 'accept'): PacketDecoder =>
    new PacketDecoder({ role: 'server', level: 4, maximumPacketSize: 1000, topicCache: cache, controlCharacters });

  test('finds a topic that it has read twice', () => {
    const cache = new TopicCache();
    const reader = decoder(cache, 'refuse');
    reader.push(publish('sensors/é'));
    reader.next();
    expect(find(cache, 'sensors/é')).toBeUndefined();
    reader.push(publish('sensors/é'));
    reader.next();
    expect(find(cache, 'sensors/é')).toBe('sensors/é');
    reader.push(publish('sensors/é'));
    expect(reader.next()).toMatchObject({ topic: 'sensors/é' });
  });
  test('does not let one that accepts control characters open the door for one that does not', () => {
    const cache = new TopicCache();
    const lenient = decoder(cache, 'accept');
    lenient.push(publish('a\u0001'));
    lenient.push(publish('a\u0001'));
    lenient.next();
    expect(lenient.next()).toMatchObject({ topic: 'a\u0001' });
    const strict = decoder(cache, 'refuse');
    strict.push(publish('a\u0001'));
    expect(() => strict.next()).toThrow('control character');
  });
  test('keeps no topic that is refused', () => {
    const cache = new TopicCache();
    for (const topic of ['a/+', '#', 'a\0']) {
      const reader = decoder(cache, 'refuse');
      reader.push(publish(topic));
      expect(() => reader.next()).toThrow(/MQTT-/);
      const other = decoder(cache, 'refuse');
      other.push(publish(topic));
      expect(() => other.next()).toThrow(/MQTT-/);
      expect(find(cache, topic)).toBeUndefined();
    }
  });
});
