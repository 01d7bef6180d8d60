import type { Connection } from './connection.ts';
import type { ConnectedClient } from './hooks.ts';
import { versionNames } from './version-names.ts';

/** As the hooks are told of it. */
export function describeClient({ session, username, level, info }: Connection): ConnectedClient {
  return { clientId: session?.clientId ?? '', username, version: versionNames[level], info };
}
