import type { CallTimeline, NoTimeline } from '../../../../shared/contract/rpc-timeline.ts';
import type { CallRecord } from '../calls/call-record.ts';
import type { CallTracing } from './call-tracing.ts';
import { timelineOf } from './timeline.ts';

/** The way of a call inside the local broker. `seen`: the call as its tap saw it. */
export function callTimeline(
  call: CallRecord,
  seen: CallRecord | undefined,
  tracing: Pick<CallTracing, 'whoGot' | 'available'>,
): { readonly timeline: CallTimeline | null; readonly reason: NoTimeline | null } {
  const [request, answer] = [seen?.request, seen?.answers[seen.outcomeAt] ?? seen?.answers[0]];
  const traces = { request: tracing.whoGot(request?.messageId ?? 0), answer: tracing.whoGot(answer?.messageId ?? 0) };
  if (!traces.request && !traces.answer) return { timeline: null, reason: !tracing.available ? 'cannot-tell' : seen?.request ? 'not-traced' : 'elsewhere' };
  const { own, steps } = call;
  const sentAt = own && call.request ? call.request.receivedAt : null;
  const after = (at: 'acknowledged' | 'answered'): number | null => {
    const step = steps.find((one) => one.at === at);
    return sentAt === null || !step ? null : sentAt + step.afterMs;
  };
  const timeline = timelineOf({
    ...traces,
    publishedAt: sentAt,
    acknowledgedAt: after('acknowledged'),
    receivedAt: after('answered'),
    callerClient: traces.request?.publisher ?? null,
    requestQos: request?.qos ?? 1,
    answerQos: answer?.qos ?? null,
  });
  return { timeline, reason: null };
}
