import type { SourceId } from '../../../../shared/contract/common.ts';
import type { GfHandler, GfPipeline } from '../../../../shared/contract/coap-pipeline.ts';
import { engineClient } from '../../../data/index.ts';
import { toasts } from '../../../ui/toast.tsx';
import { act, newId } from '../../common/index.ts';
import { exampleHandlers, moved, newHandler } from './handler-draft.ts';
import { dropSaving, setDraft, setPipeline, setTried, type TriedMessage } from './pipeline-model.ts';

export const exampleDevice = 'WORKBENCH';

const streamMs = 1000;

async function save(pipeline: GfPipeline, failed: string): Promise<boolean> {
  const { source } = pipeline;
  setPipeline(source, { saving: pipeline });
  const saved = await act(engineClient().call('coapPipeline.save', pipeline), failed);
  // What was saved comes back by the stream within that time, unless another page has changed it meanwhile.
  if (saved) setTimeout(() => dropSaving(source, pipeline), streamMs);
  else dropSaving(source, pipeline);
  return saved;
}

const empty = (source: SourceId): GfPipeline => ({ id: newId(), source, enabled: true, device: exampleDevice, namespace: 'gf_int_v1', handlers: [] });

export async function addHandler(source: SourceId, pipeline: GfPipeline | null, kind: GfHandler['kind']): Promise<void> {
  const known = pipeline ?? empty(source);
  const handler = newHandler(kind, newId(), known.handlers);
  if (await save({ ...known, handlers: [...known.handlers, handler] }, 'The handler could not be added')) setPipeline(source, { selected: handler.id });
}

export async function addExample(source: SourceId): Promise<void> {
  const handlers = [...exampleHandlers(newId)];
  if (await save({ ...empty(source), handlers }, 'The example could not be added')) setPipeline(source, { selected: handlers[1]?.id ?? null });
}

/** A request that the example answers. */
export async function requestExample(source: SourceId, { device, namespace }: GfPipeline): Promise<void> {
  const topic = `${namespace}/demo/request/${device || exampleDevice}`;
  setPipeline(source, { trace: 'newest' });
  await act(
    engineClient().call('rpc.call', { source, dialect: 'gf', topic, method: 'GET gains', params: null, timeoutMs: 5000 }),
    'The request could not be sent',
  );
}

export const savePipeline = (pipeline: GfPipeline): Promise<boolean> => save(pipeline, 'The handlers could not be saved');

export async function saveHandler(pipeline: GfPipeline, handler: GfHandler): Promise<void> {
  const handlers = pipeline.handlers.map((one) => (one.id === handler.id ? handler : one));
  if (await save({ ...pipeline, handlers }, 'The handler could not be saved')) setDraft(pipeline.source, handler.id, null);
}

export async function setEnabled(pipeline: GfPipeline, { id }: GfHandler, enabled: boolean): Promise<void> {
  await savePipeline({ ...pipeline, handlers: pipeline.handlers.map((one) => (one.id === id ? { ...one, enabled } : one)) });
}

export async function moveHandler(pipeline: GfPipeline, id: string, by: -1 | 1): Promise<void> {
  const handlers = moved(pipeline.handlers, id, by);
  if (handlers !== pipeline.handlers) await savePipeline({ ...pipeline, handlers });
}

/** Removes a handler; it can be taken back. */
export async function removeHandler(pipeline: GfPipeline, { id, name }: GfHandler): Promise<void> {
  if (!(await save({ ...pipeline, handlers: pipeline.handlers.filter((one) => one.id !== id) }, 'The handler could not be removed'))) return;
  setDraft(pipeline.source, id, null);
  toasts.show({ title: `Handler “${name}” removed`, action: { label: 'Undo', run: () => void save(pipeline, 'The handler could not be restored') } });
}

export async function removePipeline(pipeline: GfPipeline): Promise<void> {
  if (!(await act(engineClient().call('coapPipeline.remove', { source: pipeline.source }), 'The handlers could not be removed'))) return;
  setPipeline(pipeline.source, { drafts: {}, selected: null, saving: null });
  toasts.show({ title: 'All handlers removed', action: { label: 'Undo', run: () => void save(pipeline, 'The handlers could not be restored') } });
}

export const clearTraces = (source: SourceId): Promise<boolean> =>
  act(engineClient().call('coapPipeline.clearTraces', { source }), 'The traces could not be cleared');

export const clearLog = (source: SourceId): Promise<boolean> => act(engineClient().call('coapPipeline.clearLog', { source }), 'The log could not be cleared');

export async function tryMessage(source: SourceId, { topic, text, awaited }: TriedMessage): Promise<void> {
  const work = async (): Promise<void> => setTried(source, { trace: await engineClient().call('coapPipeline.try', { source, topic, text, awaited }) });
  await act(work(), 'The message could not be traced');
}
