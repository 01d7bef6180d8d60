import type { CallFilter } from '../../../../shared/contract/call-history.ts';
import { decodeValue } from '../../../../shared/ipc/value-codec.ts';
import type { CallSegment } from './call-segment.ts';
import { fold, wordsOf } from './call-where.ts';
import { searchedText } from './payload-text.ts';

/** Calls that are looked at between two looks at what else there is to do: a few milliseconds of work. */
const sliceCalls = 4000;
/** When their payloads have to be read. */
const sliceBodies = 200;

export interface ScanStep {
  /** Newest first. */
  readonly ids: readonly number[];
  /** Looked at so far, of about how many. */
  readonly looked: number;
  readonly total: number;
}

/** Looks through all calls below an id, newest first, one slice for each step. Segments may come and go in between. */
export function* scanCalls(segments: () => readonly CallSegment[], filter: CallFilter, below = Infinity): Generator<ScanStep, void> {
  const words = filter.inPayloads === true ? wordsOf(filter.text ?? '') : [];
  const slice = words.length > 0 ? sliceBodies : sliceCalls;
  const finders = new Map<CallSegment, ReturnType<CallSegment['finder']>>();
  let before = Math.min(below, Math.max(0, ...segments().map(({ maxId }) => maxId)) + 1);
  const total = segments().reduce((sum, segment) => sum + segment.countBelow(before), 0);
  let looked = 0;
  while (before > 1) {
    const present = segments();
    // So low that no file has more calls in the slice than it should.
    const from = Math.max(1, ...present.map((segment) => segment.floor(before, slice)));
    const ids: number[] = [];
    for (const segment of present) {
      let find = finders.get(segment);
      if (!find) finders.set(segment, (find = segment.finder(filter)));
      for (const id of find(from, before)) if (words.length === 0 || hasWords(segment, id, words)) ids.push(id);
    }
    looked += slice;
    before = from;
    yield { ids: ids.toSorted((a, b) => b - a), looked: Math.min(looked, total), total };
  }
}

/** Whether each word is in a text of the call or in a payload. */
function hasWords(segment: CallSegment, id: number, words: readonly string[]): boolean {
  const row = segment.row(id);
  if (!row) return false;
  const texts = fold([row.topic, row.method, row.callerId, row.errorText ?? ''].join('\n'));
  const missing = words.filter((word) => !texts.includes(word));
  if (missing.length === 0) return true;
  const body = segment.body(id);
  if (!body) return false;
  const payloads = searchedText(payloadsOf(body));
  return missing.every((word) => payloads.includes(word));
}

interface WithPayload {
  readonly payload: Uint8Array;
}

/** The part of a body that is looked through; the rest is the engine's. One that is damaged has none. */
function payloadsOf(bytes: Uint8Array): readonly Uint8Array[] {
  let body: { readonly request: WithPayload | null; readonly answers: readonly WithPayload[] };
  try {
    body = decodeValue(bytes) as typeof body;
  } catch {
    return [];
  }
  const { request, answers } = body;
  return [...(request ? [request] : []), ...answers].map(({ payload }) => payload);
}
