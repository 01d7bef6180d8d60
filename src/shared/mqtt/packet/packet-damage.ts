import { below, pick, type Random } from './packet-samples.ts';

// Damage to packets, for tests.

/** Changes bytes, lengths and order, in one to three places. */
export function mutated(random: Random, original: Uint8Array): Uint8Array {
  let bytes = original;
  const times = 1 + below(random, 3);
  for (let time = 0; time < times; time += 1) {
    const at = below(random, bytes.length);
    switch (below(random, 7)) {
      case 0:
        bytes = bytes.with(at, below(random, 256));
        break;
      case 1:
        bytes = bytes.with(at, bytes[at]! ^ (1 << below(random, 8)));
        break;
      case 2:
        bytes = bytes.with(at, pick(random, [0x00, 0x01, 0x7f, 0x80, 0xff]));
        break;
      case 3:
        bytes = bytes.slice(0, Math.max(1, at));
        break;
      case 4:
        bytes = spliced(
          bytes,
          at,
          at,
          Uint8Array.from({ length: 1 + below(random, 5) }, () => below(random, 256)),
        );
        break;
      case 5:
        bytes = spliced(bytes, at, Math.min(bytes.length, at + 1 + below(random, 8)), new Uint8Array(0));
        break;
      default:
        bytes = spliced(bytes, at, at, bytes.subarray(at, at + 1 + below(random, 12)));
    }
    if (bytes.length === 0) return Uint8Array.of(below(random, 256));
  }
  return bytes;
}

export function spliced(bytes: Uint8Array, from: number, to: number, middle: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - (to - from) + middle.length);
  result.set(bytes.subarray(0, from));
  result.set(middle, from);
  result.set(bytes.subarray(to), from + middle.length);
  return result;
}

/** Sets the remaining length right again, so that the mutation reaches the fields. */
export function relabelled(bytes: Uint8Array, headerLength: number): Uint8Array {
  const body = bytes.subarray(Math.min(headerLength, bytes.length));
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    rest >>= 7;
  } while (rest > 0);
  return Uint8Array.from([bytes[0]!, ...length, ...body]);
}
