import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { noInput, qosSchema, sourceIdSchema, topicTextSchema } from './common.ts';
import type { MessageProperties } from '../messages/record.ts';
import type { Qos } from './common.ts';

const publishPropertiesSchema = z.strictObject({
  contentType: z.string().max(65_535).optional(),
  responseTopic: topicTextSchema.optional(),
  correlationData: z.instanceof(Uint8Array).optional(),
  messageExpirySeconds: z.int().min(0).max(4_294_967_295).optional(),
  payloadIsUtf8: z.boolean().optional(),
  /** Of this connection alone; the topic goes with it each time. Above what the broker takes: `publish-refused`. */
  topicAlias: z.int().min(1).max(65_535).optional(),
  userProperties: z
    .array(z.tuple([z.string().max(65_535), z.string().max(65_535)]))
    .max(1000)
    .optional(),
});

const publishInputSchema = z.strictObject({
  source: sourceIdSchema,
  topic: topicTextSchema,
  payload: z.instanceof(Uint8Array),
  qos: qosSchema,
  retain: z.boolean(),
  properties: publishPropertiesSchema.optional(),
  /** Sends also what would silence a live peer with gf_mqtt_client, which is refused otherwise with `would-silence-peer`. */
  knowingly: z.boolean().optional(),
});
export type PublishInput = z.infer<typeof publishInputSchema>;

/** One line of a message list: everything but the whole payload. */
export interface MessageRow {
  /** Grows with each message the engine received, also across restarts. */
  readonly id: number;
  readonly timeUs: number;
  readonly topic: string;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly direction: 'in' | 'out';
  /** Client id of the publisher where the broker told us. */
  readonly publisher: string | null;
  readonly sizeBytes: number;
  /** The first bytes of the payload, at most 256. */
  readonly head: Uint8Array;
}

export interface MessageDetail extends MessageRow {
  readonly properties: MessageProperties | null;
  /** The payload's beginning, at most `maxBytes` of it. */
  readonly payload: Uint8Array;
}

export interface MessagePage {
  /** Newest first. */
  readonly rows: readonly MessageRow[];
  /** Messages on this topic that the history holds. */
  readonly total: number;
}

/** New messages of one topic since the last item, oldest first; `skipped` of the stream counts lost items, `omitted` rows left out here. */
export interface MessageTail {
  readonly rows: readonly MessageRow[];
  readonly omitted: number;
}

/** What became of the calls since the start, as far as they have ended. */
export interface CallLedger {
  /** Written, some of them anew as something came later. */
  readonly stored: number;
  readonly pending: number;
  readonly dropped: readonly { readonly reason: string; readonly count: number }[];
  /** Deleted, oldest first, to keep within their part of the budget. */
  readonly expired: number;
  /** Part of the history's `sizeBytes`. */
  readonly sizeBytes: number;
}

export interface Ledger {
  readonly received: number;
  readonly stored: number;
  /** Waiting to be written. */
  readonly pending: number;
  readonly dropped: readonly { readonly reason: string; readonly count: number }[];
  /** Messages deleted, oldest first, to keep within the budget. */
  readonly expired: number;
  readonly sizeBytes: number;
  readonly budgetBytes: number;
  readonly state: 'starting' | 'ok' | 'disk-full' | 'failed';
  /** What is wrong, in sentences. While `ok`: what happened to a part of the history, the rest of which is fine. */
  readonly detail: string | null;
  readonly calls: CallLedger;
}

const topicInput = { source: sourceIdSchema, topic: topicTextSchema };

export const messagesContract = {
  'messages.publish': call<{ readonly note: string | null }>()(publishInputSchema),
  /** Newest message on exactly this topic. */
  'messages.latest': call<MessageDetail | null>()(z.strictObject({ ...topicInput, maxBytes: z.int().min(0).max(20_971_520).default(1_048_576) })),
  'messages.get': call<MessageDetail | null>()(z.strictObject({ id: z.int().min(0), maxBytes: z.int().min(0).max(20_971_520).default(1_048_576) })),
  /** A part of a payload, for paging through large ones. */
  'messages.payload': call<Uint8Array>()(z.strictObject({ id: z.int().min(0), offset: z.int().min(0), length: z.int().min(1).max(1_048_576) })),
  /** `offset` counts from the newest; `atOrBefore` pins the list to a message id while new ones arrive. */
  'messages.history': call<MessagePage>()(
    z.strictObject({ ...topicInput, offset: z.int().min(0), limit: z.int().min(1).max(500), atOrBefore: z.int().min(0).optional() }),
  ),
  'messages.tail': stream<MessageTail>()(z.strictObject({ ...topicInput, afterId: z.int().min(0).optional() }), { overflow: 'drop-oldest', window: 8 }),
  'messages.countRetained': call<{ readonly count: number; readonly exact: boolean }>()(z.strictObject(topicInput)),
  /** Publishes an empty retained message to the topic, or to each known retained topic of its subtree. */
  'messages.clearRetained': call<{ readonly cleared: number }>()(z.strictObject({ ...topicInput, subtree: z.boolean() })),
  'messages.ledger': stream<Ledger>()(noInput, { overflow: 'coalesce', window: 2 }),
  'messages.setBudget': call<void>()(z.strictObject({ budgetBytes: z.int().min(1_048_576) })),
  /** Deletes the stored history of a source. */
  'messages.clearHistory': call<{ readonly deleted: number }>()(z.strictObject({ source: sourceIdSchema })),
} as const;
