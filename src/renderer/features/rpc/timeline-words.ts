import type { NoTimeline, TimelineStep } from '../../../shared/contract/rpc-timeline.ts';
import { formatMs } from './rpc-words.ts';

/** What happened, and who it was about. */
export function timelineName({ kind, clientId }: TimelineStep): { readonly what: string; readonly who: string | null } {
  switch (kind) {
    case 'published':
      return { what: 'Published by', who: clientId ?? 'this workbench' };
    case 'request-arrived':
      return { what: 'In the broker', who: null };
    case 'request-delivered':
    case 'answer-delivered':
      return { what: 'Delivered to', who: clientId };
    case 'request-not-delivered':
    case 'answer-not-delivered':
      return { what: 'Not delivered to', who: clientId ?? 'anybody' };
    case 'acknowledged':
      return { what: 'PUBACK came back', who: null };
    case 'answer-arrived':
      return { what: 'Answer published by', who: clientId ?? 'the broker' };
    case 'received':
      return { what: 'Answer received here', who: null };
    default:
      return { what: kind satisfies never, who: null };
  }
}

const lost: Readonly<Record<string, string>> = {
  waiting: 'waits in its queue',
  'no-local': 'wants nothing of its own',
  'not-authorised': 'it may not receive it',
  expired: 'expired before it was sent',
  discarded: 'it was taken out of the queue by hand',
  'queue-full': 'its queue is full',
  'output-full': 'it does not read, and QoS 0 does not wait',
  offline: 'it is not connected, and QoS 0 does not wait',
  'too-large': 'it takes no message so large',
  'other-member': 'another member of its shared subscription got it',
  'no-member': 'no member of the shared subscription could take it',
  'session-ended': 'its session has ended',
  refused: 'it refused it',
};

/** QoS, and what became of a delivery; `null`: nothing to say. */
export function stepNote({ kind, qos, state, acknowledgedAfterMs }: TimelineStep): string | null {
  if (kind === 'acknowledged') return 'by the broker, not by the peer';
  if (kind.endsWith('not-delivered')) return state === null ? null : (lost[state] ?? state);
  if (kind === 'published' || kind === 'answer-arrived') return qos === null ? null : `QoS ${qos}`;
  if (!kind.endsWith('delivered') || qos === null) return null;
  if (state !== null && state !== 'written') return `QoS ${qos}, ${lost[state] ?? state}`;
  if (qos === 0) return 'QoS 0: not acknowledged';
  return acknowledgedAfterMs === null ? `QoS ${qos}, not acknowledged yet` : `QoS ${qos}, acknowledged after ${formatMs(acknowledgedAfterMs)}`;
}

/** Why there is nothing to draw, in a sentence; `null`: nothing has to be said. */
export function noTimelineWords(reason: NoTimeline | null): string | null {
  switch (reason) {
    case 'not-traced':
      return 'The local broker carried this call, but nobody looked then: its way inside was not noted. Calls made here, and those made while details are open, show it.';
    case 'cannot-tell':
      return 'What happens inside the broker is told only by the workbench’s own broker while it runs.';
    case 'elsewhere':
      return 'Another broker carried this call: what happened inside it, only that broker knows.';
    default:
      return null;
  }
}

interface Span {
  readonly left: string;
  readonly width: string;
}

export interface TimelineBar {
  readonly gap: Span;
  /** From a delivery to its acknowledgement. */
  readonly acknowledged: Span | null;
}

/** Where the bars begin and end, to scale. */
export function timelineBars(steps: readonly TimelineStep[]): readonly TimelineBar[] {
  const total = steps.reduce((most, { atMs, acknowledgedAfterMs }) => Math.max(most, atMs + (acknowledgedAfterMs ?? 0)), 0);
  const span = (fromMs: number, toMs: number): Span =>
    total === 0 ? { left: '0%', width: '0%' } : { left: `${percent(fromMs / total)}%`, width: `${percent((toMs - fromMs) / total)}%` };
  return steps.map(({ atMs, gapMs, acknowledgedAfterMs }) => ({
    gap: span(atMs - gapMs, atMs),
    acknowledged: acknowledgedAfterMs === null ? null : span(atMs, atMs + acknowledgedAfterMs),
  }));
}

const percent = (share: number): number => Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 100;
