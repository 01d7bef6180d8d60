import type { ConnectionSecretName } from '../contract/connection-profile.ts';

/** Every secret of a connection, for where the schema itself cannot go. */
export const connectionSecretList = ['password', 'privateKey', 'pfx', 'passphrase', 'proxyPassword'] as const satisfies readonly ConnectionSecretName[];
