import type { SettingsPatch, WorkspaceView } from '../../shared/contract/workspace.ts';
import { engineClient, useStreamValue } from '../data/index.ts';
import { showError } from './show-error.ts';

export function useWorkspace(): WorkspaceView | undefined {
  return useStreamValue('workspace.watch', undefined);
}

export async function updateSettings(patch: SettingsPatch): Promise<void> {
  try {
    await engineClient().call('workspace.updateSettings', patch);
  } catch (error) {
    showError(error, 'The setting could not be saved');
  }
}
