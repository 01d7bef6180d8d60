import type { RpcFaults } from '../../../../shared/contract/rpc-nodes.ts';

/** What is to go wrong with one answer. */
interface FaultPlan {
  /** Instead of the answer; `null`: the answer. */
  readonly errorText: string | null;
  /** How often the answer is sent; 0: not at all. */
  readonly times: number;
  readonly delayMs: number;
}

/** Each fault is decided for itself. `random`: from 0 up to, not including, 1. */
export function planFaults(faults: RpcFaults, random: () => number): FaultPlan {
  const happens = (rate: number): boolean => rate > 0 && random() < rate;
  const errorText = happens(faults.errorRate) ? faults.errorText : null;
  const dropped = happens(faults.dropRate);
  const times = happens(faults.duplicateRate) ? 1 + faults.duplicates : 1;
  const lateMs = happens(faults.lateRate) ? faults.lateMs : 0;
  const jitterMs = faults.jitterMs === 0 ? 0 : Math.round(faults.jitterMs * random());
  return { errorText, times: dropped ? 0 : times, delayMs: faults.delayMs + jitterMs + lateMs };
}
