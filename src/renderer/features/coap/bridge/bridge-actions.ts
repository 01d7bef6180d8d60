import type { CoapBridge } from '../../../../shared/contract/coap-bridges.ts';
import { engineClient } from '../../../data/index.ts';
import { toasts } from '../../../ui/toast.tsx';
import { act, copyName, newId } from '../../common/index.ts';
import { forgetBridge, selectBridge, setBridge } from './bridge-model.ts';

const save = (bridge: CoapBridge, failed: string): Promise<boolean> => act(engineClient().call('coapBridges.save', bridge), failed);

/** It starts at once; its settings are shown, as the address is most likely another one. */
export async function addBridge(bridge: CoapBridge): Promise<void> {
  if (!(await save(bridge, 'The bridge could not be made'))) return;
  setBridge(bridge.id, { tab: 'settings' });
  selectBridge(bridge.id);
  await startBridge(bridge.id);
}

export async function duplicateBridge(bridge: CoapBridge, others: readonly CoapBridge[]): Promise<void> {
  const name = copyName(
    bridge.name,
    others.map((other) => other.name),
  );
  const copy = { ...bridge, id: newId(), name, autoStart: false };
  if (await save(copy.direction === 'to-coap' ? { ...copy, tag: `${copy.tag}_COPY` } : copy, 'The bridge could not be copied')) selectBridge(copy.id);
}

/** Removes a bridge; it can be taken back. */
export async function removeBridge(bridge: CoapBridge, wasOn: boolean): Promise<void> {
  if (!(await act(engineClient().call('coapBridges.remove', { id: bridge.id }), 'The bridge could not be removed'))) return;
  forgetBridge(bridge.id);
  const back = async (): Promise<void> => {
    if (!(await save(bridge, 'The bridge could not be restored'))) return;
    selectBridge(bridge.id);
    if (wasOn) await startBridge(bridge.id);
  };
  toasts.show({ title: `Bridge “${bridge.name}” removed`, action: { label: 'Undo', run: () => void back() } });
}

export const startBridge = (id: string): Promise<boolean> => act(engineClient().call('coapBridges.start', { id }), 'The bridge could not be started');
export const stopBridge = (id: string): Promise<boolean> => act(engineClient().call('coapBridges.stop', { id }), 'The bridge could not be stopped');
export const clearLog = (id: string): Promise<boolean> => act(engineClient().call('coapBridges.clearLog', { id }), 'The log could not be cleared');

/** With a port that is free instead of the one that is taken. */
export const takePort = (bridge: CoapBridge, port: number): Promise<boolean> => save({ ...bridge, port } as CoapBridge, 'The port could not be changed');

export async function saveDraft(draft: CoapBridge): Promise<void> {
  if (await save(draft, 'The settings could not be saved')) setBridge(draft.id, { draft: null });
}
