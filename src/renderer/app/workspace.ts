import type { Settings, SettingsPatch, WorkspaceView } from '../../shared/contract/workspace.ts';
import { engineClient, sharedStreams, useStreamValue } from '../data/index.ts';
import { showError } from './show-error.ts';

export function useWorkspace(): WorkspaceView | undefined {
  return useStreamValue('workspace.watch', undefined);
}

/** The settings as they are now, for code outside React; `undefined` before the first answer. */
export function currentSettings(): Settings | undefined {
  return sharedStreams().of('workspace.watch', undefined).get().value?.settings;
}

export async function updateSettings(patch: SettingsPatch): Promise<void> {
  try {
    await engineClient().call('workspace.updateSettings', patch);
  } catch (error) {
    showError(error, 'The setting could not be saved');
  }
}
