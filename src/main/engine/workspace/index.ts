export { openWorkspace, type Workspace } from './workspace.ts';
export type { SecretVault } from './secrets/secret-vault.ts';
export type { VaultCipher } from './secrets/vault-cipher.ts';
