import type { CallFilter } from '../../../../shared/contract/call-history.ts';
import { fold, searchedText, wordsOf } from '../../store/index.ts';
import type { CallRecord } from '../calls/call-record.ts';

/** A filter for the calls in memory; says of each call the same as the store does of those on disk. */
export function matcherOf(filter: CallFilter): (call: CallRecord) => boolean {
  const {
    source,
    dialect,
    topic,
    method,
    correlationId,
    correlated,
    states,
    repeated,
    own,
    fromMs,
    toMs,
    slowerThanMs,
    text = '',
    inPayloads = false,
  } = filter;
  const words = wordsOf(text);
  const wanted = states && new Set(states);
  return (call) => {
    if (source !== undefined && call.source !== source) return false;
    if (dialect !== undefined && call.dialect !== dialect) return false;
    if (topic !== undefined && call.topic !== topic) return false;
    if (method !== undefined && call.method !== method) return false;
    if (correlationId !== undefined && call.correlationId !== correlationId) return false;
    if (correlated !== undefined && (call.correlationId !== null) !== correlated) return false;
    if (wanted !== undefined && !wanted.has(call.state)) return false;
    if (repeated !== undefined && call.duplicates > 0 !== repeated) return false;
    if (own !== undefined && call.own !== own) return false;
    if (fromMs !== undefined && call.timeUs < fromMs * 1000) return false;
    if (toMs !== undefined && call.timeUs >= (toMs + 1) * 1000) return false;
    if (slowerThanMs !== undefined && !(call.elapsedMs !== null && call.elapsedMs > slowerThanMs)) return false;
    if (words.length === 0) return true;
    const texts = fold([call.topic, call.method, call.callerId, call.errorText ?? ''].join('\n'));
    const missing = words.filter((word) => !texts.includes(word));
    if (missing.length === 0) return true;
    if (!inPayloads) return false;
    const payloads = searchedText([...(call.request ? [call.request] : []), ...call.answers].map(({ payload }) => payload));
    return missing.every((word) => payloads.includes(word));
  };
}
