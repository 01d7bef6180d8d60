import { walkFields, type Field } from './fields.ts';

/** What stands in the place of each byte of a password. */
const masked = 0x2a;

/** Bytes of passwords and of proofs of one, without the length before them. */
export function secretRanges(fields: readonly Field[]): readonly (readonly [start: number, end: number])[] {
  const ranges: (readonly [number, number])[] = [];
  walkFields(fields, ({ secret, start, end }) => {
    if (secret === true) ranges.push([start + 2, end]);
  });
  return ranges;
}

/** The same bytes, with asterisks for what is secret: lengths and places stay as they are. */
export function maskSecrets(bytes: Uint8Array, fields: readonly Field[]): Uint8Array {
  const ranges = secretRanges(fields);
  if (ranges.length === 0) return bytes;
  const copy = Uint8Array.from(bytes);
  for (const [start, end] of ranges) copy.fill(masked, start, end);
  return copy;
}
