import { CodedError } from '../../../shared/ipc/errors.ts';
import { errorCode } from './file-access.ts';

/** Why a workspace file could not be written, in words. */
export function unwritable(file: string, error: unknown): CodedError {
  const { reason, advice } = whyUnwritable(error);
  return new CodedError('workspace-unwritable', `${file} could not be saved: ${reason}.`, {
    advice: `${advice} The change is in use, but will be lost when the workbench closes.`,
  });
}

/** Half a sentence, and what to do. */
export function whyUnwritable(error: unknown): { readonly reason: string; readonly advice: string } {
  const [reason, advice] = reasons[errorCode(error)] ?? [error instanceof Error ? error.message : String(error), 'Check the workspace folder.'];
  return { reason, advice };
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
