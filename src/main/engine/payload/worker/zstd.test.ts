import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packZstd, unpackSlowly, unpackZstd } from './zstd.ts';
import { needs } from '../../../../../test/support/needs.ts';

const text = Buffer.from('hello '.repeat(5000));

// Tests run on a Node that has Zstandard of its own; the runtime of older hosts has not.
describe('Zstandard', () => {
  needs('zstdCompressSync' in zlib, 'this Node has no Zstandard (22.15 has)');

  it('is unpacked the same without help from Node', () => {
    const packed = packZstd(text);
    expect(Buffer.from(unpackSlowly(packed, 100_000)).equals(text)).toBe(true);
    expect(Buffer.from(unpackZstd(packed, 100_000)).equals(text)).toBe(true);
  });
  it('stops where it becomes too much', () => {
    const bomb = packZstd(new Uint8Array(30_000_000));
    expect(() => unpackSlowly(bomb, 1_048_576)).toThrow('more than 1 MiB');
    expect(() => unpackZstd(bomb, 1_048_576)).toThrow();
  });
  it('is refused when it is damaged or cut short', () => {
    const packed = packZstd(text);
    expect(() => unpackSlowly(packed.subarray(0, 12), 100_000)).toThrow();
    expect(() => unpackSlowly(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xff), 100_000)).toThrow();
  });
  it('is refused when it wants a window larger than anything needs', () => {
    expect(() => unpackZstd(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0xff, 0, 0, 0), 1000)).toThrow('64 MiB');
  });
});
