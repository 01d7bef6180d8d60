import { randomBytes } from 'node:crypto';
import type { ConnectionProfile } from '../../../shared/contract/connection-profile.ts';

/** The client id for the next connect: the fixed one, the fixed one with a new end, or a new one. */
export function newClientId({ clientId, clientIdSuffix }: Pick<ConnectionProfile, 'clientId' | 'clientIdSuffix'>): string {
  const ending = randomBytes(4).toString('hex');
  if (clientId === null) return `workbench-${ending}`;
  return clientIdSuffix ? `${clientId}-${ending}` : clientId;
}
