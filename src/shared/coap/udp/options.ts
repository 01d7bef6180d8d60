/** How the value of an option is written (RFC 7252 §3.2). */
type OptionFormat = 'empty' | 'opaque' | 'uint' | 'string' | 'block';

export interface OptionDefinition {
  readonly number: number;
  readonly name: string;
  readonly format: OptionFormat;
  /** Bytes of the value. */
  readonly minLength: number;
  readonly maxLength: number;
  readonly repeatable: boolean;
  /** Where it is defined. */
  readonly source: string;
}

const define = (
  number: number,
  name: string,
  format: OptionFormat,
  [minLength, maxLength]: readonly [number, number],
  source: string,
  more: { readonly repeatable?: boolean } = {},
): OptionDefinition => ({ number, name, format, minLength, maxLength, repeatable: more.repeatable ?? false, source });

/** The registry "CoAP Option Numbers", by number. */
export const optionDefinitions: readonly OptionDefinition[] = [
  define(1, 'If-Match', 'opaque', [0, 8], 'RFC 7252 §5.10.8', { repeatable: true }),
  define(3, 'Uri-Host', 'string', [1, 255], 'RFC 7252 §5.10.1'),
  define(4, 'ETag', 'opaque', [1, 8], 'RFC 7252 §5.10.6', { repeatable: true }),
  define(5, 'If-None-Match', 'empty', [0, 0], 'RFC 7252 §5.10.8'),
  define(6, 'Observe', 'uint', [0, 3], 'RFC 7641 §2'),
  define(7, 'Uri-Port', 'uint', [0, 2], 'RFC 7252 §5.10.1'),
  define(8, 'Location-Path', 'string', [0, 255], 'RFC 7252 §5.10.7', { repeatable: true }),
  define(9, 'OSCORE', 'opaque', [0, 255], 'RFC 8613 §2'),
  define(11, 'Uri-Path', 'string', [0, 255], 'RFC 7252 §5.10.1', { repeatable: true }),
  define(12, 'Content-Format', 'uint', [0, 2], 'RFC 7252 §5.10.3'),
  define(13, 'Uri-Path-Abbrev', 'uint', [0, 4], 'draft-ietf-core-uri-path-abbrev'),
  define(14, 'Max-Age', 'uint', [0, 4], 'RFC 7252 §5.10.5'),
  define(15, 'Uri-Query', 'string', [0, 255], 'RFC 7252 §5.10.1', { repeatable: true }),
  define(16, 'Hop-Limit', 'uint', [1, 1], 'RFC 8768 §3'),
  define(17, 'Accept', 'uint', [0, 2], 'RFC 7252 §5.10.4'),
  define(19, 'Q-Block1', 'block', [0, 3], 'RFC 9177 §4.1'),
  define(20, 'Location-Query', 'string', [0, 255], 'RFC 7252 §5.10.7', { repeatable: true }),
  define(21, 'EDHOC', 'empty', [0, 0], 'RFC 9668 §3.1'),
  define(23, 'Block2', 'block', [0, 3], 'RFC 7959 §2.1'),
  define(27, 'Block1', 'block', [0, 3], 'RFC 7959 §2.1'),
  define(28, 'Size2', 'uint', [0, 4], 'RFC 7959 §4'),
  define(31, 'Q-Block2', 'block', [0, 3], 'RFC 9177 §4.1', { repeatable: true }),
  define(35, 'Proxy-Uri', 'string', [1, 1034], 'RFC 7252 §5.10.2'),
  define(39, 'Proxy-Scheme', 'string', [1, 255], 'RFC 7252 §5.10.2'),
  define(60, 'Size1', 'uint', [0, 4], 'RFC 7252 §5.10.9'),
  define(252, 'Echo', 'opaque', [1, 40], 'RFC 9175 §2.2.1'),
  define(258, 'No-Response', 'uint', [0, 1], 'RFC 7967 §2'),
  define(292, 'Request-Tag', 'opaque', [0, 8], 'RFC 9175 §3.2.1', { repeatable: true }),
];

const byNumber = new Map(optionDefinitions.map((definition) => [definition.number, definition]));
const byName = new Map(optionDefinitions.map((definition) => [definition.name.toLowerCase(), definition]));

/** `undefined`: not registered. */
export function findOption(number: number): OptionDefinition | undefined {
  return byNumber.get(number);
}

/** In any case: `content-format`. */
export function findOptionByName(name: string): OptionDefinition | undefined {
  return byName.get(name.toLowerCase());
}

/** A critical option that is not understood makes a message be refused (RFC 7252 §5.4.1): odd numbers. */
export function isCritical(number: number): boolean {
  return (number & 1) === 1;
}

/** A proxy must not forward what it does not understand (§5.4.2). */
export function isUnsafe(number: number): boolean {
  return (number & 2) === 2;
}

/** Not part of the cache key (§5.4.6). */
export function isNoCacheKey(number: number): boolean {
  return (number & 0x1e) === 0x1c;
}
