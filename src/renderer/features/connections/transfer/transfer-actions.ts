import type { TransferFormat } from '../../../../shared/contract/connection-transfer.ts';
import { showError } from '../../../app/show-error.ts';
import { engineClient } from '../../../data/index.ts';
import { toasts } from '../../../ui/toast.tsx';
import { act, plural } from '../../common/index.ts';
import { connectionsStore } from '../connections-model.ts';

interface Chosen {
  readonly text: string;
  readonly format?: TransferFormat;
  readonly chosen: number[];
  readonly folder: string;
}

/** Creates the chosen connections and offers to take that back. Answers whether there is something new. */
export async function importChosen(input: Chosen): Promise<boolean> {
  try {
    const { ids, problem } = await engineClient().call('connections.import', input);
    if (problem) toasts.show({ kind: 'bad', title: 'Not everything could be kept', detail: `${problem.message} ${problem.advice ?? ''}`.trim() });
    if (ids.length === 0) return false;
    connectionsStore().select(ids[0] ?? null);
    toasts.show({
      id: 'connections-imported',
      kind: 'ok',
      title: `${plural(ids.length, 'connection')} imported`,
      action: { label: 'Undo', run: () => void act(takeBack(ids), 'The import could not be undone') },
    });
    return true;
  } catch (error) {
    showError(error, 'The connections could not be imported');
    return false;
  }
}

async function takeBack(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await engineClient().call('connections.remove', { id });
    connectionsStore().discard(id);
  }
}
