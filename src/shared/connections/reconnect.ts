import type { ReconnectPolicy } from '../contract/connection-profile.ts';

type Waits = Pick<ReconnectPolicy, 'intervalSeconds' | 'multiplier' | 'maxIntervalSeconds'>;

/** The wait before reconnect attempt n (1, 2, …) in ms, without jitter: the multiplier counts before the first wait already, as in mqttxx. */
export function reconnectWaitMs({ intervalSeconds, multiplier, maxIntervalSeconds }: Waits, attempt: number): number {
  return Math.min(maxIntervalSeconds, intervalSeconds * multiplier ** attempt) * 1000;
}

/** The same with jitter; `random` from 0 to 1. */
export function spreadWaitMs(policy: Waits & Pick<ReconnectPolicy, 'jitter'>, attempt: number, random: number): number {
  return Math.round(reconnectWaitMs(policy, attempt) * (1 + policy.jitter * (2 * random - 1)));
}

/** The first waits in ms, to be shown: as many as differ, `most` at most. `goesOn`: the last one repeats for ever. */
export function reconnectPreview(policy: ReconnectPolicy, most: number): { readonly waitsMs: readonly number[]; readonly goesOn: boolean } {
  const count = policy.maxAttempts === 0 ? most : Math.min(most, policy.maxAttempts);
  const waitsMs = Array.from({ length: count }, (_, at) => reconnectWaitMs(policy, at + 1));
  const steady = waitsMs.findIndex((wait, at) => at > 0 && wait === waitsMs[at - 1]);
  return { waitsMs: policy.maxAttempts === 0 && steady > 0 ? waitsMs.slice(0, steady) : waitsMs, goesOn: policy.maxAttempts === 0 };
}
