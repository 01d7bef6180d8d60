import type { FaultReport, FaultView, TurnOnFault } from '../../../../shared/contract/broker-faults.ts';
import type { FaultProfile } from '../../../../shared/broker/faults/fault-rules.ts';
import { engineClient, useStreamValue } from '../../../data/index.ts';
import { toasts } from '../../../ui/toast.tsx';
import { act } from '../../common/index.ts';

export const useFaults = (): FaultView | undefined => useStreamValue('faults.view', undefined);
export const useFaultReport = (): FaultReport | undefined => useStreamValue('faults.report', undefined);

export const isOn = (view: FaultView | undefined): view is FaultView => view !== undefined && (view.active.length > 0 || view.curlListeners.length > 0);

export function turnOn(input: TurnOnFault): Promise<boolean> {
  return act(engineClient().call('faults.turnOn', input), 'The faults could not be turned on');
}

/** Absent: all of them. */
export async function endFaults(id?: string): Promise<void> {
  await act(engineClient().call('faults.turnOff', id === undefined ? {} : { id }), 'The faults could not be ended');
}

export function saveProfile(profile: FaultProfile): Promise<boolean> {
  return act(engineClient().call('faults.saveProfile', profile), 'The profile could not be saved');
}

export async function removeProfile(profile: FaultProfile): Promise<void> {
  if (!(await act(engineClient().call('faults.removeProfile', { id: profile.id }), 'The profile could not be deleted'))) return;
  toasts.show({ title: `Profile “${profile.name}” deleted`, action: { label: 'Undo', run: () => void saveProfile(profile) } });
}

export function setCurlMode(listener: string, on: boolean): void {
  void act(engineClient().call('faults.setCurlMode', { listener, on }), 'The curl mode could not be switched');
}
