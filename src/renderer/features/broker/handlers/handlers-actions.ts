import type { BrokerHandler, SavedHandler, TriedEvent } from '../../../../shared/contract/broker-handlers.ts';
import { formatHandlerFile, parseHandlerFile } from '../../../../shared/broker/handlers/handler-file.ts';
import { engineClient } from '../../../data/index.ts';
import { toasts } from '../../../ui/toast.tsx';
import { act, saveFile } from '../../common/index.ts';
import { draftOf, setDraft, setHandlers, setTried } from './handlers-model.ts';
import { fromTemplate, type HandlerTemplate } from './templates.ts';

const comesBackMs = 2000;

/** `revision` as in the contract; `null`: a new file. */
async function write(handler: BrokerHandler, revision: string | null, failed: string): Promise<boolean> {
  return act(
    (async () => {
      const saved = await engineClient().call('brokerHandlers.save', { handler, revision });
      const { revision: savedAs } = saved;
      setDraft(handler.id, { handler, revision: savedAs, savedAs });
      // It comes back as a file within that time, unless another program has changed it meanwhile.
      setTimeout(() => {
        if (draftOf(handler.id)?.savedAs === savedAs) setDraft(handler.id, null);
      }, comesBackMs);
    })(),
    failed,
  );
}

export async function addHandler(template: HandlerTemplate, names: ReadonlySet<string>): Promise<void> {
  const work = async (): Promise<void> => {
    const made = fromTemplate(template, '', names);
    const { id } = await engineClient().call('brokerHandlers.freeId', { name: made.name });
    if (await write({ ...made, id }, null, 'The handler could not be added')) setHandlers({ selected: id });
  };
  await act(work(), 'The handler could not be added');
}

/** What is in the draft; the switch is as in the file. */
export async function saveDraft(id: string, isGone: boolean): Promise<boolean> {
  const draft = draftOf(id);
  return draft !== undefined && write(draft.handler, isGone ? null : draft.revision, 'The handler could not be saved');
}

/** At once, whatever else is unsaved. */
export async function setEnabled({ id, handler, revision }: SavedHandler, enabled: boolean): Promise<void> {
  if (handler === null) return;
  const work = async (): Promise<void> => {
    const written = await engineClient().call('brokerHandlers.save', { handler: { ...handler, enabled }, revision });
    const draft = draftOf(id);
    if (draft === undefined || draft.savedAs !== null) return;
    // What another program has changed stays to be told.
    const known = draft.revision === revision ? written.revision : draft.revision;
    setDraft(id, { handler: { ...draft.handler, enabled }, revision: known, savedAs: null });
  };
  await act(work(), 'The handler could not be switched');
}

export const restartHandler = (id: string): Promise<boolean> =>
  act(engineClient().call('brokerHandlers.restart', { id }), 'The handler could not be started again');

/** It can be taken back. */
export async function removeHandler({ id, handler }: SavedHandler): Promise<void> {
  if (!(await act(engineClient().call('brokerHandlers.remove', { id }), 'The handler could not be deleted'))) return;
  setDraft(id, null);
  const undo = handler === null ? {} : { action: { label: 'Undo', run: () => void write(handler, null, 'The handler could not be restored') } };
  toasts.show({ title: `Handler “${handler?.name ?? id}” deleted`, ...undo });
}

export async function moveHandler(ids: readonly string[], id: string, by: -1 | 1): Promise<void> {
  const at = ids.indexOf(id);
  const other = ids[at + by];
  if (at < 0 || other === undefined) return;
  await act(engineClient().call('brokerHandlers.order', { ids: [...ids.with(at, other).with(at + by, id)] }), 'The order could not be changed');
}

export const clearConsole = (): Promise<boolean> => act(engineClient().call('brokerHandlers.clearLog', undefined), 'The console could not be cleared');

export async function tryHandler(handler: BrokerHandler, event: TriedEvent): Promise<void> {
  const work = async (): Promise<void> => setTried(handler.id, event, await engineClient().call('brokerHandlers.try', { handler, event }));
  await act(work(), 'The handler could not be tried');
}

export function exportHandler(handler: BrokerHandler): void {
  saveFile([new TextEncoder().encode(formatHandlerFile(handler, null))], `${handler.id}.js`);
}

const maxImportBytes = 2 * 1024 * 1024;

/** Files that the workbench, or somebody, has written. What cannot be used is told and passed over. */
export async function importHandlers(files: readonly File[]): Promise<void> {
  let last: string | undefined;
  for (const file of files) {
    const stem = file.name.replace(/\.js$/i, '');
    if (file.size > maxImportBytes) {
      toasts.show({ kind: 'warn', title: `“${file.name}” is too large`, detail: 'A handler may have 256 KiB.' });
      continue;
    }
    // One after the other: their names are to be free.
    // oxlint-disable-next-line no-await-in-loop
    const read = parseHandlerFile(stem, await file.text());
    if ('problem' in read) {
      toasts.show({ kind: 'warn', title: `“${file.name}” is no handler`, detail: `Line ${read.line}: ${read.problem}` });
      continue;
    }
    const work = async (): Promise<void> => {
      const { id } = await engineClient().call('brokerHandlers.freeId', { name: stem });
      if (await write({ ...read.header, id, source: read.source }, null, `“${file.name}” could not be imported`)) last = id;
    };
    // oxlint-disable-next-line no-await-in-loop
    await act(work(), `“${file.name}” could not be imported`);
  }
  if (last !== undefined) setHandlers({ selected: last });
}
