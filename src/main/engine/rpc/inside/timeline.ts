import type { MessageTrace, TracedReceiver } from '../../../../shared/contract/broker-inside.ts';
import type { CallTimeline, TimelineStep, TimelineStepKind } from '../../../../shared/contract/rpc-timeline.ts';
import type { Qos } from '../../../../shared/contract/common.ts';

/** Deliveries of one message that are told of. */
const mostReceivers = 50;

export interface TimelineParts {
  /** By the clock that never goes back, in ms; of own calls. */
  readonly publishedAt: number | null;
  readonly acknowledgedAt: number | null;
  readonly receivedAt: number | null;
  /** Who made the call here. */
  readonly callerClient: string | null;
  readonly requestQos: Qos;
  readonly answerQos: Qos | null;
  readonly request: MessageTrace | null;
  readonly answer: MessageTrace | null;
}

interface Moment extends Omit<TimelineStep, 'atMs' | 'gapMs'> {
  readonly clockMs: number;
}

/** The steps of a call in the order in which they happened, the caller's and the broker's together: all by one clock, which nobody can set. */
export function timelineOf(parts: TimelineParts): CallTimeline {
  const { request, answer, publishedAt, acknowledgedAt, receivedAt, callerClient } = parts;
  const moments: Moment[] = [];
  const own = (kind: TimelineStepKind, clockMs: number | null, clientId: string | null, qos: Qos | null): void => {
    if (clockMs !== null) moments.push({ kind, clockMs, clientId, qos, state: null, acknowledgedAfterMs: null });
  };
  own('published', publishedAt, callerClient, parts.requestQos);
  const omitted = addMessage(moments, request, 'request', parts.requestQos) + addMessage(moments, answer, 'answer', parts.answerQos);
  own('acknowledged', acknowledgedAt, callerClient, null);
  own('received', receivedAt, callerClient, parts.answerQos);
  // What happened in the same instant stays in the order of the way.
  const sorted = moments.toSorted((a, b) => a.clockMs - b.clockMs);
  const first = sorted[0]?.clockMs ?? 0;
  let before = first;
  const steps = sorted.map(({ clockMs, ...step }): TimelineStep => {
    const gapMs = clockMs - before;
    before = clockMs;
    return { ...step, atMs: clockMs - first, gapMs };
  });
  return { steps, omitted };
}

/** Answers how many deliveries were left out. */
function addMessage(moments: Moment[], trace: MessageTrace | null, what: 'request' | 'answer', qos: Qos | null): number {
  if (!trace) return 0;
  const clock = (us: number): number => (us - trace.clockOffsetUs) / 1000;
  const { publisher, receivers, routedAtUs } = trace;
  moments.push({ kind: `${what}-arrived`, clockMs: clock(routedAtUs), clientId: publisher, qos, state: null, acknowledgedAfterMs: null });
  for (const receiver of receivers.slice(0, mostReceivers)) {
    const { clientId, state, writtenAtUs, acknowledgedAtUs, endedAtUs } = receiver;
    moments.push({
      kind: writtenAtUs === null ? `${what}-not-delivered` : `${what}-delivered`,
      clockMs: clock(writtenAtUs ?? endedAtUs ?? routedAtUs),
      clientId,
      qos: receiver.qos,
      state,
      acknowledgedAfterMs: writtenAtUs === null || acknowledgedAtUs === null ? null : Math.max(0, (acknowledgedAtUs - writtenAtUs) / 1000),
    });
  }
  return trace.omitted + Math.max(0, receivers.length - mostReceivers);
}

/** Why a request that came to the broker reached nobody, in words; `null`: somebody got it, or may get it yet. */
export function unreached(trace: MessageTrace): string | null {
  const { receivers, omitted } = trace;
  if (omitted > 0 || receivers.some(({ state }) => state === 'written' || state === 'waiting')) return null;
  if (receivers.length === 0) return 'there is no subscription for it';
  return `${receivers.slice(0, 3).map(lost).join('; ')}${receivers.length > 3 ? `; and ${receivers.length - 3} more` : ''}`;
}

const reasons: Readonly<Partial<Record<TracedReceiver['state'], string>>> = {
  'no-local': 'wants nothing of its own',
  'not-authorised': 'may not receive it',
  expired: 'it expired before it was sent',
  discarded: 'it was taken out of the queue by hand',
  'queue-full': 'its queue is full',
  'output-full': 'does not read, and QoS 0 does not wait',
  offline: 'is not connected, and QoS 0 does not wait',
  'too-large': 'takes no message so large',
  'no-member': 'no member of the shared subscription could take it',
  'session-ended': 'its session has ended',
  refused: 'refused it',
};

function lost({ clientId, state }: TracedReceiver): string {
  const reason = reasons[state] ?? state;
  return clientId === null ? reason : `"${clientId}" ${reason}`;
}
