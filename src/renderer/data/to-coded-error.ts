import { CodedError } from '../../shared/ipc/errors.ts';

export function toCodedError(error: unknown): CodedError {
  return error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
}
