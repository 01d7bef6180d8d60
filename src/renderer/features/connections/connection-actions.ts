import type { ConnectionProfile, ConnectionProfileView } from '../../../shared/contract/connections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { engineClient } from '../../data/index.ts';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { toasts } from '../../ui/toast.tsx';
import { showError } from '../../app/show-error.ts';
import { act } from '../common/index.ts';
import { deletionQuestion } from './connection-words.ts';
import { connectionsStore } from './connections-model.ts';

/** Connects. Why it failed stands on the connection's own screen, so that only surprises need a toast. */
export async function connect(id: string): Promise<boolean> {
  try {
    await engineClient().call('connections.connect', { id });
    return true;
  } catch (error) {
    const told = error instanceof CodedError && (error.code === 'connect-failed' || error.code === 'cancelled');
    if (!told) showError(error, 'The connection could not be made');
    return false;
  }
}

export function disconnect(id: string): void {
  void act(engineClient().call('connections.disconnect', { id }), 'The connection could not be ended');
}

/** So that what was changed counts. */
export async function reconnect(id: string): Promise<boolean> {
  if (!(await act(engineClient().call('connections.disconnect', { id }), 'The connection could not be ended'))) return false;
  return connect(id);
}

/** `connectedAt`: of a live connection. */
export async function save(id: string, saved: ConnectionProfileView | undefined, connectedAt: number | null = null): Promise<boolean> {
  try {
    return await connectionsStore().save(id, saved, connectedAt);
  } catch (error) {
    showError(error, 'The connection could not be saved');
    return false;
  }
}

export async function saveAndConnect(id: string, saved: ConnectionProfileView | undefined): Promise<void> {
  if (await save(id, saved)) await connect(id);
}

export async function saveAndReconnect(id: string, saved: ConnectionProfileView | undefined): Promise<void> {
  if (await save(id, saved)) await reconnect(id);
}

/** Changes saved profiles without opening them: what is being written in the form stays there. */
export async function change(
  profiles: readonly ConnectionProfileView[],
  changeOf: (profile: ConnectionProfileView) => Partial<ConnectionProfile>,
): Promise<boolean> {
  for (const view of profiles) {
    const { secretsSet: _secretsSet, ...profile } = view;
    const saved = engineClient().call('connections.save', { profile: { ...profile, ...changeOf(view) } });
    if (!(await act(saved, `“${view.name}” could not be changed`))) return false;
  }
  return true;
}

/** Starts a copy. What is secret never leaves the vault, so it has to be entered again. */
export function duplicate(profile: ConnectionProfileView, existing: readonly ConnectionProfileView[]): void {
  connectionsStore().duplicate(profile, existing);
  if (profile.secretsSet.length === 0) return;
  toasts.show({ title: 'Passwords and keys are not copied', detail: 'Enter them again in the copy, where it needs them.' });
}

export async function remove(profile: ConnectionProfileView): Promise<void> {
  const agreed = await confirm({ ...deletionQuestion(profile.name), action: 'Delete', danger: true });
  if (!agreed) return;
  if (!(await act(engineClient().call('connections.remove', { id: profile.id }), 'The connection could not be deleted'))) return;
  const store = connectionsStore();
  store.discard(profile.id);
  if (store.state.getState().selectedId === profile.id) store.select(null);
}

export async function discard(id: string, name: string, isNew: boolean): Promise<void> {
  const agreed = await confirm({
    title: isNew ? 'Discard the new connection?' : `Discard the changes to “${name}”?`,
    text: 'What you typed since the last save is lost.',
    action: 'Discard',
    danger: true,
  });
  if (agreed) connectionsStore().discard(id);
}

/** The profile accepts this certificate from now on, by its fingerprint alone. */
export const trustCertificate = (profile: ConnectionProfileView, fingerprint: string): Promise<boolean> =>
  change([profile], ({ tls }) => ({ tls: { ...tls, pinned: [...tls.pinned, fingerprint] } }));

/** Answers the challenge of enhanced authentication; `null` gives up. */
export const answerChallenge = (id: string, number: number, data: string | null): Promise<boolean> =>
  act(engineClient().call('connections.answerChallenge', { id, number, data }), 'The answer could not be sent');
