import type { CallDetail } from '../../../../../shared/contract/rpc.ts';
import type { ReadableMessage } from '../../calls/call-record.ts';

/** What the formats are made from: a call with the properties of its messages. */
export interface ExportedCall {
  readonly detail: CallDetail;
  readonly request: ReadableMessage | null;
  readonly answers: readonly ReadableMessage[];
  /** Which of the answers ended it; -1: none. */
  readonly outcomeAt: number;
}

/** A file of many calls, written one after the other. */
export interface ExportFormat {
  readonly head: string;
  /** `at`: 0 for the first. */
  readonly entry: (call: ExportedCall, at: number) => string;
  readonly tail: string;
}

export const isoTime = (timeUs: number): string => {
  const date = new Date(timeUs / 1000);
  // The clock of a peer's message may say anything.
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
};
