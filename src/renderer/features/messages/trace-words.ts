import type { TracedReceiver, TraceReason } from '../../../shared/contract/broker-inside.ts';
import type { DotTone } from '../../ui/badge.tsx';
import { formatDateTime } from '../common/index.ts';

const reasons: Readonly<Record<TraceReason, string>> = {
  'no-local': 'Not sent back to its publisher (no-local)',
  'not-authorised': 'Not allowed to receive it',
  expired: 'Expired while it waited',
  discarded: 'Taken out of its queue by hand',
  'queue-full': 'Too much was waiting for it already',
  'output-full': 'It did not read fast enough, and QoS 0 does not wait',
  offline: 'Not connected, and QoS 0 does not wait',
  'too-large': 'Larger than it accepts',
  'other-member': 'Another member of the group got it',
  'no-member': 'Nobody in the group could take it',
  'session-ended': 'Its session ended before it could be sent',
  refused: 'Refused by the client',
};

/** Those who are merely not concerned are no failure. */
const quiet: ReadonlySet<TraceReason> = new Set<TraceReason>(['no-local', 'other-member']);

export interface ReceiverWords {
  readonly tone: DotTone;
  readonly text: string;
  /** The moments in full, one to a line; empty when there were none. */
  readonly title: string;
}

/** How far a message got to one receiver, in plain words; times are those since it was routed. */
export function receiverWords(receiver: TracedReceiver, routedAtUs: number): ReceiverWords {
  const { writtenAtUs, acknowledgedAtUs, endedAtUs, sentAgain } = receiver;
  const moments = [
    { word: 'Routed', at: routedAtUs },
    { word: 'Sent', at: writtenAtUs },
    { word: 'Acknowledged', at: acknowledgedAtUs },
    { word: 'Given up', at: endedAtUs },
  ];
  const title = moments.flatMap(({ word, at }) => (at === null ? [] : [`${word} ${formatDateTime(at)}`])).join('\n');
  const again = sentAgain === 0 ? '' : `, sent again ${sentAgain === 1 ? 'once' : `${sentAgain} times`}`;
  return { tone: toneOf(receiver), text: `${textOf(receiver, (at) => after(at, routedAtUs))}${again}`, title };
}

function textOf({ state, qos, writtenAtUs, acknowledgedAtUs, endedAtUs }: TracedReceiver, since: (at: number | null) => string): string {
  if (state === 'waiting') return 'Waits to be sent';
  if (state === 'written') {
    if (acknowledgedAtUs !== null) return `Acknowledged${since(acknowledgedAtUs)}`;
    return qos === 0 ? `Sent${since(writtenAtUs)}` : `Sent${since(writtenAtUs)}, not acknowledged yet`;
  }
  if (state === 'session-ended' && writtenAtUs !== null) return `Sent, but its session ended${since(endedAtUs)}, before it acknowledged`;
  const reason = state === 'offline' && qos > 0 ? 'Not connected' : reasons[state];
  const when = since(endedAtUs);
  return when === '' ? reason : `${reason},${when}`;
}

/** Nothing where it happened while the message was routed. */
function after(at: number | null, routedAtUs: number): string {
  return at === null || at <= routedAtUs ? '' : ` after ${formatDelay(at - routedAtUs)}`;
}

function toneOf({ state, qos, acknowledgedAtUs }: TracedReceiver): DotTone {
  if (state === 'waiting') return 'busy';
  if (state === 'written') return qos === 0 || acknowledgedAtUs !== null ? 'ok' : 'busy';
  return quiet.has(state) ? 'off' : 'bad';
}

/** `QoS 1`, or both where the subscription allows more than was published: `QoS 0 of 2`. */
export function qosWords({ qos, grantedQos }: TracedReceiver): string {
  return qos === grantedQos ? `QoS ${qos}` : `QoS ${qos} of ${grantedQos}`;
}

/** `85 µs`, `1.4 ms`, `230 ms`, `3.2 s`, `5 min`. */
export function formatDelay(us: number): string {
  if (us < 1000) return `${Math.max(0, Math.round(us))} µs`;
  const ms = us / 1000;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

/** Who got it first, then who still may, then who did not; those not concerned last. */
export function sortReceivers(receivers: readonly TracedReceiver[]): readonly TracedReceiver[] {
  const rank: Readonly<Record<DotTone, number>> = { ok: 0, busy: 1, warn: 2, bad: 2, off: 3 };
  return receivers.toSorted((left, right) => rank[toneOf(left)] - rank[toneOf(right)]);
}
