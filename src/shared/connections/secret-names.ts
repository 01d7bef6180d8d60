/** Secrets of a connection by name. They are kept in the vault, never in a profile. Apart from the schemas, for where these cannot go. */
export const connectionSecretNames = ['password', 'privateKey', 'pfx', 'passphrase', 'proxyPassword'] as const;
export type ConnectionSecretName = (typeof connectionSecretNames)[number];
