import type { PipelineOutcome, PipelineTrace, PipelineTraceDetail, PipelineTraceRow, PipelineTraces } from '../../../../shared/contract/coap-pipeline.ts';
import { readGfMessage } from '../../../../shared/coap/gf/message.ts';
import { parseGfTopic } from '../../../../shared/coap/gf/topics.ts';
import type { GfException } from '../../../../shared/coap/gf/exception.ts';
import { shorten } from '../../../../shared/text/shorten.ts';
import { textOf } from '../../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { plainValue } from '../../rpc/index.ts';

const maxTraces = 200;
const maxBytes = 8 * 1024 * 1024;
const maxShown = 65_536;
const maxLabel = 200;
/** Of a sentence, and of a field of an exception: parts of a message stand in both. */
const maxSentence = 1000;

export interface TracedRecord {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly namespace: string;
  readonly at: number;
}

/** The newest traces of one source; what is forgotten is counted. */
export class TraceRing {
  #total = 0;
  #bytes = 0;
  /** The newest at the end. */
  #kept: { readonly row: PipelineTraceRow; readonly detail: PipelineTraceDetail; readonly bytes: number }[] = [];

  add({ topic, payload, namespace, at }: TracedRecord, trace: PipelineTrace): PipelineTraceDetail {
    this.#total += 1;
    const id = this.#total;
    const message = { topic, text: textOfPayload(payload), sizeBytes: payload.byteLength };
    const detail: PipelineTraceDetail = { ...shownTrace(trace), id, at, message };
    const row: PipelineTraceRow = {
      ...{ id, at, kind: trace.kind, outcome: trace.outcome.kind, about: aboutOf(trace.outcome), loopEnded: trace.loopEnded !== null },
      device: shorten(parseGfTopic(topic, namespace)?.target ?? '', maxLabel),
      label: shorten(labelOf(payload, topic), maxLabel),
      ran: trace.steps.filter(({ result }) => result === 'ran' || result === 'raised' || result === 'failed').length,
    };
    const bytes = JSON.stringify(detail).length;
    this.#kept.push({ row, detail, bytes });
    this.#bytes += bytes;
    while (this.#kept.length > maxTraces || (this.#bytes > maxBytes && this.#kept.length > 1)) this.#bytes -= this.#kept.shift()?.bytes ?? 0;
    return detail;
  }

  view(): PipelineTraces {
    return { rows: this.#kept.map(({ row }) => row).toReversed(), total: this.#total };
  }

  find(id: number): PipelineTraceDetail | null {
    return this.#kept.find(({ detail }) => detail.id === id)?.detail ?? null;
  }

  /** Numbers go on. */
  clear(): void {
    this.#kept = [];
    this.#bytes = 0;
  }
}

/** For the page: bodies of more than 64 KiB are left out. */
export function shownTrace({ kind, steps, outcome, loopEnded }: PipelineTrace): PipelineTrace {
  return {
    ...{ kind, loopEnded: loopEnded && { ...loopEnded, message: shorten(loopEnded.message, maxSentence) } },
    steps: steps.map((step) => ({
      ...step,
      why: shorten(step.why, maxSentence),
      exception: step.exception && shownException(step.exception),
      failure: step.failure && { ...step.failure, message: shorten(step.failure.message, maxSentence) },
      changed: step.changed && { from: shown(step.changed.from), to: shown(step.changed.to) },
      returned: step.returned && { value: shown(step.returned.value) },
    })),
    outcome: shownOutcome(outcome),
  };
}

function shownOutcome(outcome: PipelineOutcome): PipelineOutcome {
  switch (outcome.kind) {
    case 'resolved':
      return { ...outcome, message: shown(outcome.message) };
    case 'answered':
      return { ...outcome, response: { ...outcome.response, body: shown(outcome.response.body) } };
    case 'raised':
      return { ...outcome, exception: shownException(outcome.exception) };
    case 'bad-result':
      return { ...outcome, message: shorten(outcome.message, maxSentence) };
    default:
      return outcome;
  }
}

function shownException(exception: GfException): GfException {
  const { path, detail, source, target } = exception;
  const cut = (text: string | null): string | null => text && shorten(text, maxSentence);
  return { ...exception, path: cut(path), detail: cut(detail), source: cut(source), target: cut(target) };
}

function shown(value: JsonValue): JsonValue {
  const { length } = JSON.stringify(value);
  return length > maxShown ? `(${length} characters of JSON: too large to be shown)` : plainValue(value);
}

export function textOfPayload(payload: Uint8Array): string {
  return new TextDecoder().decode(payload.subarray(0, maxShown));
}

function aboutOf(outcome: PipelineOutcome): string {
  if (outcome.kind === 'raised') return outcome.exception.name;
  return outcome.kind === 'answered' ? String(outcome.response.code) : '';
}

function labelOf(payload: Uint8Array, topic: string): string {
  const message = readGfMessage(payload);
  if (message.kind !== 'request' && message.kind !== 'response') return topic;
  const first = message.kind === 'request' ? (message.method ?? message.methodAsSent) : message.codeAsSent;
  return `${textOf(first)} ${message.path === null ? '' : textOf(message.path)}`.trim();
}
