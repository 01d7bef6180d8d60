/** Of the option Hop-Limit, which is what it begins with where it is missing (RFC 8768 §3). */
const firstHopLimit = 16;

/** What is sent on; `exceeded`: the request has been through too many bridges, most likely in a circle; `invalid`: 0, or no number of one byte (§3). */
export function nextHopLimit(received: unknown): number | 'exceeded' | 'invalid' {
  if (received === undefined || received === null) return firstHopLimit;
  if (typeof received !== 'number' || !Number.isInteger(received) || received < 1 || received > 255) return 'invalid';
  return received === 1 ? 'exceeded' : received - 1;
}
