import { lengthProblem } from '../../../../shared/coap/udp/option-value.ts';
import { findOption, isCritical } from '../../../../shared/coap/udp/options.ts';
import type { CoapOption } from '../../../../shared/coap/udp/packet.ts';

/** Registered, but nothing is done with them here: as good as unknown. */
const notUnderstood = new Set(['OSCORE', 'EDHOC', 'Q-Block1', 'Q-Block2', 'Uri-Path-Abbrev']);

/**
 * The first critical option that is not understood; `null`: there is none. One with a length it cannot have, or that comes twice where it may come
 * once, counts as not understood (RFC 7252 §5.4.1, §5.4.3, §5.4.5).
 */
export function unknownCritical(options: readonly CoapOption[]): number | null {
  const seen = new Set<number>();
  for (const { number, value } of options) {
    const definition = findOption(number);
    const isRepeated = seen.has(number) && !definition?.repeatable;
    seen.add(number);
    if (!isCritical(number)) continue;
    if (!definition || notUnderstood.has(definition.name) || isRepeated || lengthProblem(definition, value) !== null) return number;
  }
  return null;
}
