export { openWorkspace, type Workspace } from './workspace.ts';
export type { VaultCipher } from './secrets/vault-cipher.ts';
export { usualProfile } from './broker-profiles/broker-profiles.ts';
export type { RecordFiles } from './record-files.ts';
export { createJsonFile } from './json-file.ts';
export { diskAccess, errorCode } from './file-access.ts';
export { followFolder, type FollowedFolder } from './open-files/followed-folder.ts';
export { checkRevision, goneRevision, isGone, notSaved, readOpenFile, writeOpenFile, type OpenFile } from './open-files/open-file.ts';
