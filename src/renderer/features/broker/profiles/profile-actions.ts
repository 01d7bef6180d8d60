import type { BrokerProfilesView } from '../../../../shared/contract/broker-profiles.ts';
import { engineClient, useStreamValue } from '../../../data/index.ts';
import { toasts } from '../../../ui/toast.tsx';
import { act, saveFile } from '../../common/index.ts';

export const useBrokerProfiles = (): BrokerProfilesView | undefined => useStreamValue('brokerProfiles.watch', undefined);

const call = engineClient;

export async function createProfile(name: string, from: { readonly from?: string; readonly text?: string }): Promise<string | null> {
  let made: string | null = null;
  const create = async (): Promise<void> => {
    ({ name: made } = await call().call('brokerProfiles.create', { name, ...from }));
  };
  await act(create(), 'The profile could not be made');
  return made;
}

export const renameProfile = (name: string, to: string): Promise<boolean> =>
  act(call().call('brokerProfiles.rename', { name, to }), 'The profile could not be renamed');

/** It can be taken back. */
export async function deleteProfile(name: string): Promise<void> {
  let text = '';
  const remove = async (): Promise<void> => {
    ({ text } = await call().call('brokerProfiles.remove', { name }));
  };
  if (!(await act(remove(), 'The profile could not be deleted'))) return;
  const back = async (): Promise<void> => void (await createProfile(name, { text }));
  toasts.show({ title: `Profile “${name}” deleted`, action: { label: 'Undo', run: () => void back() } });
}

export const chooseProfile = (name: string, restart: boolean): Promise<boolean> =>
  act(call().call('brokerProfiles.choose', { name, restart }), 'The profile could not be chosen');

export async function exportProfile(name: string): Promise<void> {
  const save = async (): Promise<void> => {
    const { text } = await call().call('brokerProfiles.read', { name });
    saveFile([new TextEncoder().encode(text)], `${name}.yaml`);
  };
  await act(save(), 'The profile could not be saved');
}
