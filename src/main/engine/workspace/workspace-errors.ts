import { CodedError } from '../../../shared/ipc/errors.ts';
import { errorCode } from './file-access.ts';

/** Why a workspace file could not be written, in words. */
export function unwritable(file: string, error: unknown): CodedError {
  const reason = reasons[errorCode(error)];
  return new CodedError('workspace-unwritable', `${file} could not be saved: ${reason?.[0] ?? (error instanceof Error ? error.message : String(error))}.`, {
    advice: `${reason?.[1] ?? 'Check the workspace folder.'} The change is in use, but will be lost when the workbench closes.`,
  });
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ['access was denied', 'Check the permissions of the workspace folder.'],
  EPERM: ['access was denied', 'Check the permissions of the workspace folder.'],
  EROFS: ['the file system is read-only', 'Use another workspace folder: --workspace DIR.'],
  ENOSPC: ['the disk is full', 'Free some space, then change something to save again.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, then change something to save again.'],
  ENOENT: ['the workspace folder is gone', 'Restore the folder or restart with another one: --workspace DIR.'],
  ENOTDIR: ['a part of its path is a file', 'Use another workspace folder: --workspace DIR.'],
};
