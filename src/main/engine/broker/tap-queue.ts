import type { MessageRecord } from '../../../shared/messages/record.ts';
import { packRecords } from '../../../shared/messages/packed-batch.ts';
import { BatchQueue } from './batch-queue.ts';
import type { TapBatch } from './broker-contract.ts';

/** Rough cost of a message beside its payload and topic. */
const recordOverheadBytes = 48;

/** Tapped messages on their way to the engine. */
export class TapQueue extends BatchQueue<MessageRecord, TapBatch> {
  push(record: MessageRecord): void {
    this.add(record, recordOverheadBytes + record.topic.length + record.payload.length);
  }

  protected override pack(messages: readonly MessageRecord[]): { readonly batch: TapBatch; readonly bytes: number } {
    const records = packRecords(messages);
    return { batch: { records, count: messages.length }, bytes: records.length };
  }
}
