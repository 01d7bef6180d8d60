import type { PingResult } from '../../../../shared/contract/rpc-peers.ts';
import type { CallInput } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { RpcOutcome } from '../../../../shared/rpc/dialect.ts';

/** As mqttxx 4.x asks for a sign of life. */
const calls = 3;
const timeoutMs = 3000;

export interface Pinger {
  start(input: CallInput, observer: { readonly onEnd: (outcome: RpcOutcome, elapsedMs: number) => void }): number;
  cancel(id: number): boolean;
}

/** Calls the built-in method of a node of mqttxx 4.x three times at once. Rejects with what keeps a call from being sent. */
export async function ping(pinger: Pinger, source: SourceId, clientId: string, signal: AbortSignal): Promise<PingResult> {
  const input: CallInput = { source, dialect: 'mqttxx4', topic: `rpc/r/${clientId}`, method: '__ping__', params: null, timeoutMs };
  const started: number[] = [];
  const outcomes = await new Promise<{ readonly outcome: RpcOutcome; readonly elapsedMs: number }[]>((resolve, reject) => {
    const ended: { readonly outcome: RpcOutcome; readonly elapsedMs: number }[] = [];
    signal.addEventListener('abort', () => {
      for (const id of started) pinger.cancel(id);
      resolve(ended);
    });
    try {
      for (let n = 0; n < calls; n += 1) {
        const onEnd = (outcome: RpcOutcome, elapsedMs: number): void => {
          ended.push({ outcome, elapsedMs });
          if (ended.length === calls) resolve(ended);
        };
        started.push(pinger.start(input, { onEnd }));
      }
    } catch (error) {
      for (const id of started) pinger.cancel(id);
      reject(error);
    }
  });
  const times = outcomes
    .filter(({ outcome }) => 'result' in outcome || outcome.error.origin === 'remote')
    .map(({ elapsedMs }) => elapsedMs)
    .toSorted((a, b) => a - b);
  const silent = outcomes.find(({ outcome }) => 'error' in outcome);
  return {
    // Whoever refuses is alive.
    alive: times.length > 0,
    answered: times.length,
    asked: calls,
    minMs: times[0] ?? null,
    medianMs: times[Math.floor((times.length - 1) / 2)] ?? null,
    maxMs: times.at(-1) ?? null,
    problem: silent && 'error' in silent.outcome ? silent.outcome.error.message : null,
  };
}
