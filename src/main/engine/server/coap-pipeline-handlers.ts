import { Buffer } from 'node:buffer';
import type { CallDetail, CallMessage } from '../../../shared/contract/rpc.ts';
import type { coapPipelineContract, GfPipeline, RecordedMessage } from '../../../shared/contract/coap-pipeline.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { pipelineProblem, textOfPayload } from '../coap/index.ts';
import { sendSnapshots, whenNewItems, whenNewText } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

const maxPipelines = 200;
const maxRecorded = 25;

export function coapPipelineHandlers({ pipelines, workspace, callHistory }: Services): Handlers<typeof coapPipelineContract> {
  const saved = workspace.pipelines;
  const { subscribe } = pipelines.changed;
  const check = (pipeline: GfPipeline): void => {
    const problem = pipelineProblem(pipeline);
    if (problem) throw new CodedError(problem.code, problem.message, { advice: problem.advice });
    const others = saved.list().filter(({ id }) => id !== pipeline.id);
    if (others.some(({ source }) => source === pipeline.source))
      throw new CodedError('invalid-state', 'There are handlers for that connection already.', { advice: 'Add the handler to them.' });
    if (others.length >= maxPipelines)
      throw new CodedError('invalid-state', `Handlers of no more than ${maxPipelines} connections can be kept.`, { advice: 'Remove some first.' });
  };

  return {
    'coapPipeline.watch'(_input, sink) {
      const items = whenNewItems(() => saved.list());
      return sendSnapshots(
        sink,
        () => {
          const all = items();
          return all && { pipelines: all };
        },
        subscribe,
      );
    },
    'coapPipeline.statuses': (_input, sink) =>
      sendSnapshots(
        sink,
        whenNewText(() => ({ statuses: pipelines.statuses() })),
        subscribe,
      ),
    async 'coapPipeline.save'(pipeline) {
      check(pipeline);
      const saving = saved.save(pipeline);
      // What was changed is in use even when it could not be written; the failure is told afterwards.
      if (saved.list().includes(pipeline)) pipelines.save(pipeline);
      await saving;
    },
    async 'coapPipeline.remove'({ source }) {
      const known = saved.list().find((one) => one.source === source);
      if (!known) throw new CodedError('not-found', 'There are no handlers for that connection (any more).');
      await pipelines.remove(source);
      const removing = saved.remove(known.id);
      pipelines.changed.notify();
      await removing;
    },
    'coapPipeline.traces': ({ source }, sink) =>
      sendSnapshots(
        sink,
        whenNewText(() => pipelines.traces(source)),
        subscribe,
      ),
    'coapPipeline.traceDetail'({ source, id }) {
      const trace = pipelines.traceDetail(source, id);
      if (!trace) throw new CodedError('not-found', 'That trace was forgotten to make room for newer ones.');
      return trace;
    },
    'coapPipeline.clearTraces': ({ source }) => pipelines.clearTraces(source),
    'coapPipeline.log': ({ source }, sink) =>
      sendSnapshots(
        sink,
        whenNewText(() => pipelines.log(source)),
        subscribe,
      ),
    'coapPipeline.clearLog': ({ source }) => pipelines.clearLog(source),
    'coapPipeline.ofCall': ({ callId }, sink) =>
      sendSnapshots(
        sink,
        whenNewText(() => ({ trace: pipelines.ofCall(callId) })),
        subscribe,
      ),
    'coapPipeline.try': ({ source, topic, text, awaited }) => pipelines.try(source, { topic, payload: Buffer.from(text), awaited, identifier: null }),
    async 'coapPipeline.recorded'({ source }, { signal }) {
      const messages: RecordedMessage[] = [];
      let calls = 0;
      for await (const call of callHistory.each({ source, dialect: 'gf' }, signal)) {
        messages.push(...messagesOf(call));
        calls += 1;
        if (calls >= maxRecorded) break;
      }
      return { messages };
    },
  };
}

function messagesOf(call: CallDetail): RecordedMessage[] {
  const { id, method, responseCode, request, answers } = call;
  const made = (kind: RecordedMessage['kind'], label: string, { topic, timeUs, payload }: CallMessage): RecordedMessage => ({
    ...{ callId: id, kind, label, topic, timeUs },
    text: textOfPayload(payload),
  });
  const [answer] = answers;
  return [...(answer ? [made('response', `${responseCode ?? ''} ${method}`.trim(), answer)] : []), ...(request ? [made('request', method, request)] : [])];
}
