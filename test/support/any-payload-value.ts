import fc from 'fast-check';
import { floatValue, integerValue, mapOf, type PayloadValue } from '../../src/shared/payload/value/payload-value.ts';

/** Any value of the model; `only` leaves out kinds that a format does not have. */
export function anyValue(without: readonly string[] = []): fc.Arbitrary<PayloadValue> {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((one) => Uint8Array.from(one));
  const leaves: readonly (readonly [string, fc.Arbitrary<PayloadValue>])[] = [
    ['null', fc.constant(null)],
    ['boolean', fc.boolean()],
    ['text', fc.string({ unit: 'grapheme', maxLength: 20 })],
    ['reserved', fc.constantFrom('$bytes', '$map', '$tag', '__proto__', 'constructor', '')],
    ['integer', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(integerValue)],
    ['small', fc.integer({ min: -70_000, max: 70_000 })],
    ['bignum', fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }).map(integerValue)],
    ['float', fc.double().map(floatValue)],
    ['float', fc.float().map(floatValue)],
    ['bytes', bytes.map((one) => ({ kind: 'bytes', bytes: one }) as const)],
    ['broken-text', bytes.map((one) => ({ kind: 'broken-text', bytes: Uint8Array.of(0xff, ...one) }) as const)],
    ['undefined', fc.constant({ kind: 'undefined' } as const)],
    ['simple', fc.oneof(fc.integer({ min: 0, max: 19 }), fc.integer({ min: 32, max: 255 })).map((value) => ({ kind: 'simple', value }) as const)],
    ['extension', fc.tuple(fc.integer({ min: 0, max: 127 }), bytes).map(([type, one]) => ({ kind: 'extension', type, bytes: one }) as const)],
    [
      'time',
      fc
        .tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer({ min: 0, max: 999_999_999 }))
        .map(([seconds, nanoseconds]) => ({ kind: 'time', seconds, nanoseconds }) as const),
    ],
  ];
  const leaf = fc.oneof(...leaves.filter(([kind]) => !without.includes(kind)).map(([, arbitrary]) => arbitrary));
  return fc.letrec<{ value: PayloadValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      leaf,
      fc.array(tie('value'), { maxLength: 6 }),
      fc.array(fc.tuple(fc.string({ maxLength: 8 }), tie('value')), { maxLength: 6 }).map(mapOf),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map(mapOf),
      ...(without.includes('tagged')
        ? []
        : [
            fc
              .tuple(fc.bigInt({ min: 4n, max: 2n ** 64n - 1n }).map(integerValue), tie('value'))
              .map(([tag, value]) => ({ kind: 'tagged', tag, value }) as const),
          ]),
    ),
  })).value;
}
