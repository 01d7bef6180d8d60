export { openWorkspace, type Workspace } from './workspace.ts';
export type { VaultCipher } from './secrets/vault-cipher.ts';
export type { RecordFiles } from './record-files.ts';
