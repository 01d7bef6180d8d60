import type { CallMessage, CallRow, CallState, DialectId } from '../../../shared/contract/rpc.ts';
import type { Tone } from '../../ui/badge.tsx';
import { formatDuration } from '../common/index.ts';

/** The wire formats, in the order they are offered; `about` stands beside the name. */
export const dialects: readonly { readonly id: DialectId; readonly name: string; readonly short: string; readonly about: string }[] = [
  { id: 'mqttxx2', name: 'mqttxx 2 and 3', short: 'mqttxx 2', about: 'JSON envelope' },
  { id: 'mqttxx4', name: 'mqttxx 4', short: 'mqttxx 4', about: 'over MQTT 5' },
  { id: 'jsonrpc', name: 'JSON-RPC 2.0', short: 'JSON-RPC', about: 'topic pairs' },
  { id: 'mqtt5', name: 'MQTT 5, generic', short: 'MQTT 5', about: 'topic/method' },
  { id: 'gf', name: 'gf_mqtt_client', short: 'gf', about: 'CoAP-like requests' },
];

/** In the generic dialect the method is the last level of the topic, and a topic alone can be all there is. */
export const needsMethod = (dialect: DialectId): boolean => dialect !== 'mqtt5';

interface StateWords {
  readonly label: string;
  readonly tone: Tone;
  /** What it means, as a sentence. */
  readonly meaning: string;
}

const states: Readonly<Record<CallState, StateWords>> = {
  pending: { label: 'Pending', tone: 'info', meaning: 'The request was seen; no answer came yet.' },
  ok: { label: 'OK', tone: 'ok', meaning: 'Answered with a result.' },
  failed: { label: 'Failed', tone: 'bad', meaning: 'Answered with an error, or the request did not reach the peer.' },
  'timed-out': { label: 'Timed out', tone: 'bad', meaning: 'No answer within the time-out of the call; for calls of others, within 60 s.' },
  late: { label: 'Late', tone: 'warn', meaning: 'Answered after the time-out: the caller had given up and did not get it.' },
  cancelled: { label: 'Cancelled', tone: 'neutral', meaning: 'Given up by hand. The peer is not told and may carry it out all the same.' },
  orphan: { label: 'Orphan', tone: 'warn', meaning: 'An answer without a request: the request was not seen, or the answer names another one.' },
  'wrong-reply-topic': {
    label: 'Wrong topic',
    tone: 'warn',
    meaning: 'The answer went to another topic than the one asked for, so the caller did not get it.',
  },
};

/** Of the number beside the time. */
export const repeatedMeaning = 'Answered more than once: callers take the first answer and ignore the others.';

export const stateWords = (state: CallState): StateWords => states[state];
export const allStates = Object.keys(states) as readonly CallState[];
/** What deserves a look. */
export const problemStates: readonly CallState[] = ['failed', 'timed-out', 'late', 'orphan', 'wrong-reply-topic'];

/** `< 0.1 ms`, `0.4 ms`, `12 ms`, `3.25 s`, `2:05`. */
export function formatMs(ms: number): string {
  if (ms < 0.05) return '< 0.1 ms';
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  return formatDuration(ms);
}

/** A time-out as it was set: `30 s`. */
export const formatTimeout = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(3))} s`);

/** What a step of a call says. */
export const stepWords = {
  sent: 'Sent to the broker',
  acknowledged: 'Acknowledged by the broker',
  answered: 'Answered',
} as const;

/** The bounds of a step of the histogram: below 1 ms, then doubling; the last one is open. */
export function bucketWords(at: number, count: number): string {
  if (at === 0) return 'below 1 ms';
  const from = 2 ** (at - 1);
  const [low, lowUnit] = rounded(from);
  if (at === count - 1) return `from ${low} ${lowUnit}`;
  const [high, highUnit] = rounded(2 * from);
  return lowUnit === highUnit ? `${low} to ${high} ${highUnit}` : `${low} ${lowUnit} to ${high} ${highUnit}`;
}

const rounded = (ms: number): readonly [string, string] => (ms < 1000 ? [String(ms), 'ms'] : [String(Number((ms / 1000).toPrecision(2))), 's']);

/** Which message of a call it is. */
export function messageName(at: number, hasRequest: boolean): string {
  if (hasRequest && at === 0) return 'Request';
  const answer = hasRequest ? at : at + 1;
  return answer === 1 ? 'Answer' : `Answer ${answer}`;
}

/** The messages of a call in the order they came. */
export function messagesOf(call: { readonly request: CallMessage | null; readonly answers: readonly CallMessage[] }): readonly CallMessage[] {
  return call.request ? [call.request, ...call.answers] : call.answers;
}

/** What was called, or what else was seen. */
export function callTitle({ method, topic, dialect, state }: Pick<CallRow, 'method' | 'topic' | 'dialect' | 'state'>): string {
  if (method !== '') return method;
  if (state === 'orphan') return 'Answer alone';
  return needsMethod(dialect) ? 'Unreadable message' : topic;
}

/** Identity of a service within a source. */
export const serviceKey = (id: { readonly dialect: DialectId; readonly topic: string }): string => `${id.dialect} ${id.topic}`;

/** Identity of a method within a source. */
export const methodKey = (id: { readonly dialect: DialectId; readonly topic: string; readonly method: string }): string => `${serviceKey(id)}\n${id.method}`;
