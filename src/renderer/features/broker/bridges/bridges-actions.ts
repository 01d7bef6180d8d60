import type { Intercept, InterceptView } from '../../../../shared/contract/broker-intercepts.ts';
import type { TopicBridge, TopicBridgeView } from '../../../../shared/contract/topic-bridges.ts';
import { showError } from '../../../app/show-error.ts';
import { engineClient } from '../../../data/index.ts';
import { toasts } from '../../../ui/toast.tsx';
import { act, saveFile } from '../../common/index.ts';
import { bridgeOf, interceptOf } from './bridges-draft.ts';
import { forgetBridge, plainBridge, plainIntercept, selectBridge, setBridge, type BridgeDraft, type PasswordChange } from './bridges-model.ts';

const saveIntercept = (intercept: Intercept, password: PasswordChange, failed: string): Promise<boolean> =>
  act(engineClient().call('intercepts.save', { intercept, password }), failed);
const saveBridge = (bridge: TopicBridge, password: PasswordChange, failed: string): Promise<boolean> =>
  act(engineClient().call('topicBridges.save', { bridge, password }), failed);

/** Made as it is, and shown with its settings: where it leads is most likely elsewhere. */
export async function addIntercept(intercept: Intercept): Promise<void> {
  if (!(await saveIntercept(intercept, undefined, 'The intercept could not be made'))) return;
  setBridge(intercept.id, { tab: 'settings' });
  selectBridge(intercept.id);
}

export async function addTopicBridge(bridge: TopicBridge): Promise<void> {
  if (!(await saveBridge(bridge, undefined, 'The bridge could not be made'))) return;
  setBridge(bridge.id, { tab: 'settings' });
  selectBridge(bridge.id);
}

export async function importBridge(bridge: TopicBridge, password: string | null): Promise<boolean> {
  return saveBridge(bridge, password ?? undefined, `“${bridge.name}” could not be imported`);
}

export const startIntercept = (id: string): Promise<boolean> => act(engineClient().call('intercepts.start', { id }), 'The intercept could not be started');
export const stopIntercept = (id: string): Promise<boolean> => act(engineClient().call('intercepts.stop', { id }), 'The intercept could not be stopped');
export const endConnection = (id: string, number: number): Promise<boolean> =>
  act(engineClient().call('intercepts.end', { id, number }), 'The connection could not be ended');
export const startTopicBridge = (id: string): Promise<boolean> => act(engineClient().call('topicBridges.start', { id }), 'The bridge could not be started');
export const stopTopicBridge = (id: string): Promise<boolean> => act(engineClient().call('topicBridges.stop', { id }), 'The bridge could not be stopped');

/** It can be taken back for a minute, with its messages. */
export async function removeIntercept(view: InterceptView, wasOn: boolean): Promise<void> {
  if (!(await act(engineClient().call('intercepts.remove', { id: view.id }), 'The intercept could not be deleted'))) return;
  forgetBridge(view.id);
  const back = async (): Promise<void> => {
    if (!(await saveIntercept(plainIntercept(view), undefined, 'The intercept could not be restored'))) return;
    selectBridge(view.id);
    if (wasOn) await startIntercept(view.id);
  };
  toasts.show({ title: `Intercept “${view.name}” deleted`, action: { label: 'Undo', run: () => void back() } });
}

export async function removeTopicBridge(view: TopicBridgeView, wasOn: boolean): Promise<void> {
  if (!(await act(engineClient().call('topicBridges.remove', { id: view.id }), 'The bridge could not be deleted'))) return;
  forgetBridge(view.id);
  const back = async (): Promise<void> => {
    if (!(await saveBridge(plainBridge(view), undefined, 'The bridge could not be restored'))) return;
    selectBridge(view.id);
    if (wasOn) await startTopicBridge(view.id);
  };
  toasts.show({ title: `Bridge “${view.name}” deleted`, action: { label: 'Undo', run: () => void back() } });
}

/** With a port that is free instead of the one that is taken. */
export async function takePort(view: InterceptView, port: number): Promise<void> {
  const { listener } = view;
  if (listener.kind === 'unix') return;
  if (!(await saveIntercept({ ...plainIntercept(view), listener: { ...listener, port } }, undefined, 'The port could not be changed'))) return;
  await startIntercept(view.id);
}

export async function saveDraft(draft: BridgeDraft): Promise<boolean> {
  const failed = 'The settings could not be saved';
  const id = draft.kind === 'intercept' ? draft.intercept.id : draft.bridge.id;
  const saved = draft.kind === 'intercept' ? saveIntercept(interceptOf(draft), draft.password, failed) : saveBridge(bridgeOf(draft), draft.password, failed);
  if (!(await saved)) return false;
  setBridge(id, { draft: null });
  return true;
}

/** As a mosquitto.conf; what is not in it is told. */
export async function exportConf(bridges: readonly TopicBridgeView[]): Promise<void> {
  try {
    const { text, notes } = await engineClient().call('topicBridges.writeConf', { ids: bridges.map(({ id }) => id) });
    if (text === '') {
      toasts.show({ kind: 'warn', title: 'Nothing can be written for mosquitto', detail: notes.join(' ') });
      return;
    }
    saveFile([new TextEncoder().encode(text)], 'bridges.conf');
    if (notes.length > 0) toasts.show({ kind: 'warn', title: 'Not everything is in the file', detail: notes.join(' ') });
  } catch (error) {
    showError(error, 'The bridges could not be exported');
  }
}
