import { z } from 'zod';
import { stream } from '../ipc/contract.ts';
import type { TraceReceiver } from './broker-inside.ts';
import type { Qos } from './common.ts';

/** The way of a call inside the local broker, which only the broker itself can tell. */

/**
 * `published`, `acknowledged`, `received`: seen by the caller here, of own calls. The others were told by the broker: the request arrived, was
 * delivered to a client or not, and the same of the answer.
 */
export type TimelineStepKind =
  | 'published'
  | 'request-arrived'
  | 'request-delivered'
  | 'request-not-delivered'
  | 'acknowledged'
  | 'answer-arrived'
  | 'answer-delivered'
  | 'answer-not-delivered'
  | 'received';

export interface TimelineStep {
  readonly kind: TimelineStepKind;
  /** Since the first step, by a clock that never goes back. */
  readonly atMs: number;
  /** Since the step before. */
  readonly gapMs: number;
  /** Who published what arrived, or to whom it was delivered; `null`: the broker itself, or nobody. */
  readonly clientId: string | null;
  /** As published, or as delivered. */
  readonly qos: Qos | null;
  /** Of a delivery. */
  readonly state: TraceReceiver['state'] | null;
  /** From delivery until the client acknowledged it; `null`: it did not, as with QoS 0 none does. */
  readonly acknowledgedAfterMs: number | null;
}

export interface CallTimeline {
  readonly steps: readonly TimelineStep[];
  /** Deliveries that are not among the steps: at most 50 of each message are. */
  readonly omitted: number;
}

/** Why there is none. `elsewhere`: the local broker did not carry the call. `not-traced`: it did, before anybody looked. `cannot-tell`: the engine of the broker does not say. */
export type NoTimeline = 'elsewhere' | 'not-traced' | 'cannot-tell';

export const rpcTimelineContract = {
  /** Messages are traced while this is open; `null`: there is no such call. */
  'rpc.timeline': stream<{ readonly timeline: CallTimeline | null; readonly reason: NoTimeline | null } | null>()(z.strictObject({ id: z.int().min(1) }), {
    overflow: 'coalesce',
    window: 2,
  }),
} as const;
