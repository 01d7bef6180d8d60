import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { EnvironmentView, EnvironmentsView } from '../../../shared/contract/environments.ts';
import { engineClient, useStreamValue } from '../../data/index.ts';
import { toasts } from '../../ui/toast.tsx';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { act, plural } from '../common/index.ts';

/** Every environment and the active one, live. */
export const useEnvironments = (): EnvironmentsView | undefined => useStreamValue('environments.watch', undefined);

/** The one that variables are filled in from. */
export function useActiveEnvironment(): EnvironmentView | null {
  const view = useEnvironments();
  return view?.environments.find(({ id }) => id === view.activeId) ?? null;
}

/** Whether the dialog is open, and with which environment: `''` with none in particular. */
const dialog = createStore<{ readonly open: string | null }>(() => ({ open: null }));
export const useDialogOpen = (): string | null => useStore(dialog, ({ open }) => open);

/** Opens the dialog where environments are made and changed. */
export function editEnvironments(id = ''): void {
  dialog.setState({ open: id });
}
export const closeEnvironments = (): void => dialog.setState({ open: null });

export async function chooseEnvironment(id: string | null): Promise<void> {
  await act(engineClient().call('environments.choose', { id }), 'The environment could not be chosen');
}

/** Deletes the file, after asking where secrets go with it; without any, it can be brought back. Answers whether it is gone. */
export async function removeEnvironment(environment: EnvironmentView, wasActive: boolean): Promise<boolean> {
  const secrets = environment.variables.filter(({ stored }) => stored).length;
  if (secrets > 0) {
    const agreed = await confirm({
      title: `Delete the environment “${environment.name}”?`,
      text: `${plural(secrets, 'stored secret')} ${secrets === 1 ? 'goes' : 'go'} with it and cannot be brought back.`,
      action: 'Delete',
      danger: true,
    });
    if (!agreed) return false;
  }
  const engine = engineClient();
  const { id, name, variables } = environment;
  const bringBack = async (): Promise<void> => {
    await engine.call('environments.save', {
      environment: { id, name, variables: variables.map((one) => ({ ...one, value: one.secret ? '' : one.value })).map(({ stored: _stored, ...one }) => one) },
    });
    if (wasActive) await engine.call('environments.choose', { id });
  };
  return act(
    engine.call('environments.remove', { id }).then(() =>
      toasts.show({
        kind: 'ok',
        title: `“${name}” deleted`,
        action: secrets > 0 ? undefined : { label: 'Undo', run: () => void act(bringBack(), 'It could not be brought back') },
      }),
    ),
    `“${name}” could not be deleted`,
  );
}
