import type { CallRow, CallState } from '../../../../shared/contract/rpc.ts';

/** One call as it goes to the disk. */
export interface StoredCall {
  readonly row: CallRow;
  /** All that is known beside the row; only the engine reads it. */
  readonly body: Uint8Array;
  /** Its messages in the message history. */
  readonly messageIds: readonly number[];
}

/** How a state stands in the files: a number never gets another meaning. */
export const stateCodes: Readonly<Record<CallState, number>> = {
  pending: 0,
  ok: 1,
  failed: 2,
  'timed-out': 3,
  late: 4,
  cancelled: 5,
  orphan: 6,
  'wrong-reply-topic': 7,
};

const statesByCode = new Map(Object.entries(stateCodes).map(([state, code]) => [code, state as CallState]));

export const stateOf = (code: number): CallState => statesByCode.get(code) ?? 'failed';
