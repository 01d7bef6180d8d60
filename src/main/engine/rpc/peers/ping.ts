import type { PingResult } from '../../../../shared/contract/rpc-peers.ts';
import type { CallInput } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import type { CallObserver } from '../caller/own-calls.ts';

/** As mqttxx 4.x asks for a sign of life. */
const calls = 3;
const timeoutMs = 3000;

export interface Pinger {
  start(input: CallInput, observer: Pick<CallObserver, 'onEnd' | 'onCancelled'>): number;
  cancel(id: number): boolean;
}

/** One of its calls, which can be cancelled alone: each is in the list. */
type Ended = { readonly outcome: RpcOutcome; readonly elapsedMs: number } | 'cancelled';

/** Calls the built-in method of a node of mqttxx 4.x three times at once. Rejects with what keeps a call from being sent. */
export async function ping(pinger: Pinger, source: SourceId, clientId: string, signal: AbortSignal): Promise<PingResult> {
  const input: CallInput = { source, dialect: 'mqttxx4', topic: `rpc/r/${clientId}`, method: '__ping__', params: null, timeoutMs };
  const started: number[] = [];
  const outcomes = await new Promise<readonly Ended[]>((resolve, reject) => {
    const ended: Ended[] = [];
    const note = (one: Ended): void => {
      ended.push(one);
      if (ended.length === calls) resolve(ended);
    };
    signal.addEventListener('abort', () => {
      for (const id of started) pinger.cancel(id);
      resolve(ended);
    });
    try {
      for (let n = 0; n < calls; n += 1) {
        started.push(pinger.start(input, { onEnd: (outcome, elapsedMs) => note({ outcome, elapsedMs }), onCancelled: () => note('cancelled') }));
      }
    } catch (error) {
      for (const id of started) pinger.cancel(id);
      reject(error);
    }
  });
  const times = outcomes.flatMap((one) => (one !== 'cancelled' && isSign(one.outcome) ? [one.elapsedMs] : [])).toSorted((a, b) => a - b);
  const problems = outcomes.flatMap((one) => (one === 'cancelled' ? ['The call was cancelled.'] : 'error' in one.outcome ? [one.outcome.error.message] : []));
  return {
    alive: times.length > 0,
    answered: times.length,
    asked: calls,
    minMs: times[0] ?? null,
    medianMs: times[Math.floor((times.length - 1) / 2)] ?? null,
    maxMs: times.at(-1) ?? null,
    problem: problems[0] ?? null,
  };
}

/** Whoever refuses is alive. */
function isSign(outcome: RpcOutcome): boolean {
  return 'result' in outcome || outcome.error.origin === 'remote';
}
