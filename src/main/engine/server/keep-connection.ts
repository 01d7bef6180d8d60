import { connectionSecretNames, type ConnectionSecretChanges } from '../../../shared/contract/connection-profile.ts';
import type { ConnectionProfile } from '../../../shared/contract/connections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { secretKey, type Services } from './services.ts';

const maxProfiles = 1_000;

/** Throws `invalid-state` where there is no room for as many more. */
export function checkRoom({ workspace }: Pick<Services, 'workspace'>, more: number): void {
  if (workspace.profiles().length + more <= maxProfiles) return;
  throw new CodedError('invalid-state', `No more than ${maxProfiles} connections can be kept.`, { advice: 'Delete some first.' });
}

/** Saves a profile and its secrets. What was changed is in use even when it could not be written: the failure is told afterwards. */
export async function keepConnection(
  { workspace, connections, connectionsChanged }: Pick<Services, 'workspace' | 'connections' | 'connectionsChanged'>,
  profile: ConnectionProfile,
  secrets: ConnectionSecretChanges,
): Promise<void> {
  const saves = [workspace.saveProfile(profile)];
  for (const name of connectionSecretNames) {
    const value = secrets[name];
    if (value === null) saves.push(workspace.secrets.remove(secretKey(profile.id, name)));
    else if (value !== undefined) saves.push(workspace.secrets.set(secretKey(profile.id, name), value));
  }
  const outcomes = await Promise.allSettled(saves);
  // A profile the workspace refused is not in use.
  if (workspace.profiles().includes(profile)) connections.save(profile);
  connectionsChanged.notify();
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}
