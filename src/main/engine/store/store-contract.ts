import { z } from 'zod';
import { sourceIdSchema, topicTextSchema, noInput } from '../../../shared/contract/common.ts';
import type { MessageDetail, MessagePage } from '../../../shared/contract/messages.ts';
import { callFilterSchema } from '../../../shared/contract/call-history.ts';
import type { CallRow } from '../../../shared/contract/rpc.ts';
import { call, stream } from '../../../shared/ipc/contract.ts';
import type { ScanStep } from './calls/call-scan.ts';
import type { StoredCall } from './calls/stored-call.ts';
import type { KeptAside } from './kept-aside.ts';
import type { TopicSummary } from './segment.ts';

/** Sizes after a write, for the ledger. */
export interface StoreSizes {
  /** Of messages and calls. */
  readonly sizeBytes: number;
  readonly expired: number;
  readonly callsBytes: number;
  readonly callsExpired: number;
}

const callIdsSchema = z.strictObject({ ids: z.array(z.number()) });

/** Between the engine and the store's thread. Calls are answered in the order they arrive, so a read sees every write before it. */
export const storeContract = {
  open: call<StoreSizes & { readonly lastId: number; readonly lastCallId: number; readonly binding: string; readonly keptAside: readonly KeptAside[] }>()(
    z.strictObject({
      folder: z.string(),
      budgetBytes: z.number(),
      maxPagesPerSegment: z.int().optional(),
      binding: z.enum(['node:sqlite', '@photostructure/sqlite']).optional(),
    }),
  ),
  append: call<StoreSizes>()(z.strictObject({ source: sourceIdSchema, packed: z.instanceof(Uint8Array) })),
  latest: call<MessageDetail | null>()(z.strictObject({ source: sourceIdSchema, topic: topicTextSchema, maxBytes: z.number() })),
  get: call<MessageDetail | null>()(z.strictObject({ id: z.number(), maxBytes: z.number() })),
  payload: call<Uint8Array | null>()(z.strictObject({ id: z.number(), offset: z.number(), length: z.number() })),
  history: call<MessagePage>()(
    z.strictObject({ source: sourceIdSchema, topic: topicTextSchema, offset: z.number(), limit: z.number(), atOrBefore: z.number().optional() }),
  ),
  topics: call<readonly TopicSummary[]>()(z.strictObject({ source: sourceIdSchema })),
  clear: call<StoreSizes & { readonly deleted: number }>()(z.strictObject({ source: sourceIdSchema })),
  setBudget: call<StoreSizes>()(z.strictObject({ budgetBytes: z.number() })),
  putCalls: call<StoreSizes>()(z.strictObject({ calls: z.array(z.custom<StoredCall>()) })),
  removeCalls: call<StoreSizes>()(callIdsSchema),
  callRows: call<readonly CallRow[]>()(callIdsSchema),
  callBodies: call<readonly Omit<StoredCall, 'messageIds'>[]>()(callIdsSchema),
  /** Finds the calls of a filter, newest first. Between its steps all else is done; the steps that find nothing are told, too. */
  scanCalls: stream<ScanStep>()(z.strictObject({ filter: callFilterSchema }), { overflow: 'wait', window: 4 }),
  callOfMessage: call<number | null>()(z.strictObject({ messageId: z.number() })),
  clearCalls: call<StoreSizes & { readonly deleted: number }>()(z.strictObject({ source: sourceIdSchema.optional() })),
  close: call<void>()(noInput),
} as const;

export type StoreContract = typeof storeContract;
