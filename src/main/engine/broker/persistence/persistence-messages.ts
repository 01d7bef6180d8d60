import type { ErrorCode } from '../../../../shared/ipc/errors.ts';
import type { LoadReport, PersistentBatch, PersistentRecords } from '../core/persistence/broker-persistence.ts';
import type { BindingName } from '../../sqlite/index.ts';

/** Between the broker and the thread of its file: one request at a time, each answered once. */
export type PersistenceRequest =
  | {
      readonly op: 'open';
      readonly file: string;
      readonly mayReplace: boolean;
      readonly maxPages?: number | undefined;
      readonly binding?: BindingName | undefined;
    }
  | { readonly op: 'part' }
  | { readonly op: 'write'; readonly batch: PersistentBatch }
  | { readonly op: 'close' };

export interface PersistenceFailure {
  /** Absent: an error in a few words, for a sentence around it. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly advice?: string | undefined;
}

export type PersistenceAnswer =
  | { readonly ok: true; readonly report?: LoadReport; readonly part?: PersistentRecords | null }
  | { readonly ok: false; readonly failure: PersistenceFailure };
