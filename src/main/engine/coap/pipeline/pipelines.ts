import type { SourceId } from '../../../../shared/contract/common.ts';
import {
  pipelineSchema,
  type GfPipeline,
  type PipelineStatus,
  type PipelineTrace,
  type PipelineTraceDetail,
  type PipelineTraces,
} from '../../../../shared/contract/coap-pipeline.ts';
import type { RpcNodeLog } from '../../../../shared/contract/rpc-nodes.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import type { ObservedCall } from '../../rpc/index.ts';
import { twinWarnings, type AnsweringPart } from './answering-parts.ts';
import { pipelineProblem } from './check-pipeline.ts';
import { PipelineActor, type HandledMessage, type PipelineOptions } from './pipeline-actor.ts';
import { shownTrace } from './trace-ring.ts';

const maxCalls = 1000;
const maxCallBytes = 16 * 1024 * 1024;

export interface PipelinesOptions extends Omit<PipelineOptions, 'onChange'> {
  readonly pipelines: readonly GfPipeline[];
  /** What else answers requests now. */
  readonly answering: () => readonly AnsweringPart[];
}

/** Handlers of all sources. */
export interface Pipelines {
  statuses(): readonly PipelineStatus[];
  traces(source: SourceId): PipelineTraces;
  /** `null`: it was forgotten. */
  traceDetail(source: SourceId, id: number): PipelineTraceDetail | null;
  clearTraces(source: SourceId): void;
  log(source: SourceId): RpcNodeLog;
  clearLog(source: SourceId): void;
  ofCall(callId: number): PipelineTraceDetail | null;
  /** Through the handlers of the source, or the default one alone. Nothing is published, counted or kept. */
  try(source: SourceId, message: HandledMessage): Promise<PipelineTrace>;
  save(pipeline: GfPipeline): void;
  remove(source: SourceId): Promise<void>;
  /** An own call may have got its response. Never throws. */
  callChanged(call: ObservedCall): void;
  readonly sourcesChanged: () => void;
  readonly changed: Notifier;
  close(): Promise<void>;
}

export function createPipelines(options: PipelinesOptions): Pipelines {
  const changed = createNotifier();
  const actors = new Map<SourceId, PipelineActor>();
  /** By call, the newest at the end. */
  const ofCalls = new Map<number, { readonly detail: PipelineTraceDetail | null; readonly bytes: number }>();
  let callBytes = 0;
  const add = (pipeline: GfPipeline): PipelineActor => {
    // What was written by hand and cannot be used waits switched off, until it is saved once more.
    const usable = pipelineProblem(pipeline) ? { ...pipeline, enabled: false } : pipeline;
    const actor = new PipelineActor(usable, { ...options, onChange: changed.notify });
    actors.set(pipeline.source, actor);
    return actor;
  };
  const keep = (callId: number, detail: PipelineTraceDetail | null): void => {
    callBytes -= ofCalls.get(callId)?.bytes ?? 0;
    ofCalls.delete(callId);
    const bytes = detail === null ? 0 : JSON.stringify(detail).length;
    ofCalls.set(callId, { detail, bytes });
    callBytes += bytes;
    for (const [oldest, known] of ofCalls) {
      if (ofCalls.size <= maxCalls && callBytes <= maxCallBytes) break;
      ofCalls.delete(oldest);
      callBytes -= known.bytes;
    }
  };
  for (const pipeline of options.pipelines) if (!actors.has(pipeline.source)) add(pipeline);

  return {
    statuses() {
      const parts = options.answering();
      return [...actors.values()].map((actor) => {
        const status = actor.status();
        return status.phase === 'off' ? status : { ...status, warnings: [...status.warnings, ...twinWarnings(actor.pipeline, parts)] };
      });
    },
    traces: (source) => actors.get(source)?.traces.view() ?? { rows: [], total: 0 },
    traceDetail: (source, id) => actors.get(source)?.traces.find(id) ?? null,
    clearTraces(source) {
      actors.get(source)?.traces.clear();
      changed.notify();
    },
    log: (source) => actors.get(source)?.log.view() ?? { lines: [], forgotten: 0 },
    clearLog: (source) => actors.get(source)?.log.clear(),
    ofCall: (callId) => ofCalls.get(callId)?.detail ?? null,
    async try(source, message) {
      const known = actors.get(source);
      if (known) return shownTrace(await known.trace(message));
      const only = new PipelineActor(pipelineSchema.parse({ id: 'none', source }), { ...options, onChange: () => undefined });
      const trace = shownTrace(await only.trace(message));
      await only.close();
      return trace;
    },
    save(pipeline) {
      const actor = actors.get(pipeline.source);
      if (actor) actor.update(pipeline);
      else add(pipeline).sourceChanged();
      changed.notify();
    },
    async remove(source) {
      const actor = actors.get(source);
      actors.delete(source);
      await actor?.close();
      changed.notify();
    },
    callChanged({ id, source, own, dialect, state, callerId, answers, outcomeAt }) {
      if (!own || dialect !== 'gf' || (state !== 'ok' && state !== 'failed')) return;
      const actor = actors.get(source);
      const answer = answers[outcomeAt];
      if (!actor?.pipeline.enabled || !answer || ofCalls.has(id)) return;
      // What is handled once is not handled again, whatever else is learned of the call.
      keep(id, null);
      const message = { topic: answer.topic, payload: answer.payload, awaited: true, identifier: callerId };
      void actor.handle(message, (trace, ring) => {
        keep(id, ring.add({ ...message, namespace: actor.pipeline.namespace, at: options.now() }, trace));
      });
    },
    sourcesChanged() {
      for (const actor of actors.values()) actor.sourceChanged();
    },
    changed,
    async close() {
      await Promise.all([...actors.values()].map((actor) => actor.close()));
    },
  };
}
