/** The parameters of RFC 7252 §4.8. Both sides should have the same. */
export interface Transmission {
  readonly ackTimeoutMs: number;
  readonly ackRandomFactor: number;
  readonly maxRetransmit: number;
  /** How many requests may wait for their acknowledgement from one peer at once. */
  readonly nstart: number;
}

export const defaultTransmission: Transmission = { ackTimeoutMs: 2000, ackRandomFactor: 1.5, maxRetransmit: 4, nstart: 1 };

/** How long a datagram may be on its way (§4.8.2). */
const maxLatencyMs = 100_000;

/** From the first transmission to the last (§4.8.2). */
function maxTransmitSpanMs({ ackTimeoutMs, ackRandomFactor, maxRetransmit }: Transmission): number {
  return ackTimeoutMs * (2 ** maxRetransmit - 1) * ackRandomFactor;
}

/** From the first transmission until the sender gives up, at most (§4.8.2). */
export function maxTransmitWaitMs({ ackTimeoutMs, ackRandomFactor, maxRetransmit }: Transmission): number {
  return ackTimeoutMs * (2 ** (maxRetransmit + 1) - 1) * ackRandomFactor;
}

/** As long as this, a message id of a peer means the same message (§4.8.2). */
export function exchangeLifetimeMs(transmission: Transmission): number {
  return maxTransmitSpanMs(transmission) + 2 * maxLatencyMs + transmission.ackTimeoutMs;
}
