import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';

/** Where received messages go. None of them may block or throw. */
export interface IngestTargets {
  readonly store: { append(source: SourceId, records: readonly MessageRecord[]): void };
  readonly topics: { ingest(source: SourceId, records: readonly MessageRecord[]): void };
  readonly tails: { ingest(source: SourceId, records: readonly MessageRecord[]): void };
  readonly rpc: { ingest(source: SourceId, records: readonly MessageRecord[]): void };
}

export interface Ingest {
  /** Takes the records over and gives them their ids; answers that of the first, which those of the others follow. */
  receive(source: SourceId, records: readonly MessageRecord[]): number;
  /** The id given last. */
  readonly lastId: number;
}

/** The one place where messages of all sources get their numbers. `lastId` is that of the newest message in the store. */
export function createIngest(targets: IngestTargets, lastId: number): Ingest {
  let last = lastId;
  return {
    get lastId() {
      return last;
    },
    receive(source, received) {
      const firstId = last + 1;
      if (received.length === 0) return firstId;
      const records = received.map((record) => ({ ...record, id: ++last }));
      targets.store.append(source, records);
      targets.topics.ingest(source, records);
      targets.tails.ingest(source, records);
      targets.rpc.ingest(source, records);
      return firstId;
    },
  };
}
