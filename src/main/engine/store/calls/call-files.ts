import type { CallFilter } from '../../../../shared/contract/call-history.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { CallRow } from '../../../../shared/contract/rpc.ts';
import type { KeptAside } from '../kept-aside.ts';
import type { HistoryFilesOptions } from '../history-files.ts';
import { SegmentFiles } from '../segment-files.ts';
import { callSchemaVersion } from './call-schema.ts';
import { scanCalls, type ScanStep } from './call-scan.ts';
import { CallSegment } from './call-segment.ts';
import type { StoredCall } from './stored-call.ts';

/** All calls of the history. Lives in the store's thread; everything here is synchronous. */
export class CallFiles {
  readonly #files: SegmentFiles<CallSegment>;

  constructor({ open, maxPagesPerSegment, ...options }: HistoryFilesOptions) {
    const openSegment = (file: string): CallSegment => new CallSegment(file, open, maxPagesPerSegment);
    this.#files = new SegmentFiles({ ...options, kind: 'calls', schemaVersion: callSchemaVersion, openDatabase: open, openSegment });
  }

  get keptAside(): readonly KeptAside[] {
    return this.#files.keptAside;
  }

  get expired(): number {
    return this.#files.expired;
  }

  /** What is there already is replaced where it is. */
  put(calls: readonly StoredCall[]): void {
    const current = this.#files.current();
    const older = this.#files.segments.filter((segment) => segment !== current);
    const batches = new Map<CallSegment, StoredCall[]>();
    for (const call of calls) {
      const segment = older.findLast((one) => one.has(call.row.id)) ?? current;
      const batch = batches.get(segment);
      if (batch) batch.push(call);
      else batches.set(segment, [call]);
    }
    for (const [segment, batch] of batches) segment.put(batch);
    this.#files.keepBudget();
  }

  setBudget(bytes: number): void {
    this.#files.setBudget(bytes);
  }

  sizeBytes(): number {
    return this.#files.sizeBytes();
  }

  count(): number {
    return this.#files.segments.reduce((sum, segment) => sum + segment.recordCount(), 0);
  }

  lastId(): number {
    return Math.max(0, ...this.#files.segments.map(({ maxId }) => maxId));
  }

  /** Those that are there, in the order asked for. */
  rows(ids: readonly number[]): readonly CallRow[] {
    return ids.map((id) => this.#files.firstHit((segment) => segment.row(id))).filter((row) => row !== null);
  }

  /** Those that are there, in the order asked for. */
  calls(ids: readonly number[]): readonly Omit<StoredCall, 'messageIds'>[] {
    const found = ids.map((id) =>
      this.#files.firstHit((segment) => {
        const row = segment.row(id);
        const body = row && segment.body(id);
        return row && body && { row, body };
      }),
    );
    return found.filter((call) => call !== null);
  }

  scan(filter: CallFilter): Generator<ScanStep, void> {
    return scanCalls(() => this.#files.segments, filter);
  }

  remove(ids: readonly number[]): void {
    for (const segment of this.#files.segments) segment.removeCalls(ids);
  }

  callOfMessage(messageId: number): number | null {
    return this.#files.firstHit((segment) => segment.callOfMessage(messageId));
  }

  clear(source: SourceId | undefined): number {
    return this.#files.segments.reduce((sum, segment) => sum + segment.clear(source), 0);
  }

  close(): void {
    this.#files.close();
  }
}
