import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { sourceIdSchema, topicTextSchema } from './common.ts';
import { callStates, dialectIdSchema, type CallRow } from './rpc.ts';

const viewIdSchema = z.string().min(1).max(64);

/** Which calls; what is absent does not matter. */
export const callFilterSchema = z.strictObject({
  source: sourceIdSchema.optional(),
  /** Of the service. */
  dialect: dialectIdSchema.optional(),
  topic: topicTextSchema.optional(),
  method: z.string().max(1000).optional(),
  /** Exactly this one. */
  correlationId: z.string().max(65_536).optional(),
  /** With a correlation id, or without. */
  correlated: z.boolean().optional(),
  states: z.array(z.enum(callStates)).max(callStates.length).optional(),
  /** Answered more than once. */
  repeated: z.boolean().optional(),
  /** Made here, or not. */
  own: z.boolean().optional(),
  /** Unix ms of the request, both included. */
  fromMs: z.number().min(0).optional(),
  toMs: z.number().min(0).optional(),
  /** Answered after more than this, in ms. */
  slowerThanMs: z.number().min(0).optional(),
  /** Words, each of which is part of topic, method, caller or error; upper and lower case are the same. */
  text: z.string().max(1000).optional(),
  /** Looks for the words in the payloads, too: every call has to be read for that, which takes longer. */
  inPayloads: z.boolean().optional(),
});
export type CallFilter = z.infer<typeof callFilterSchema>;

const windowShape = {
  first: z.int().min(0).max(1_000_000_000),
  count: z.int().min(0).max(500),
  /** The list stays as it is: calls that begin to fit, or no longer do, are held back. */
  frozen: z.boolean(),
};

export interface CallsFrame {
  readonly firstRow: number;
  /** Newest first; less than asked for at the end of the list. */
  readonly rows: readonly CallRow[];
  /** Calls found. */
  readonly total: number;
  /** The history is still being looked through: `total` may grow. From 0 to 1; `null`: it has been. */
  readonly looked: number | null;
  /** Of a frozen list: calls that came since and fit. */
  readonly fresh: number;
  /** Calls since the start of the workbench that could not be written to the history, and are gone when they have left the memory. */
  readonly notStored: number;
  /** Why older calls cannot be read, in a sentence. */
  readonly problem: string | null;
}

/** Where a request stands, as many as there are of it in a group. */
export type GroupOutcome = Pick<CallRow, 'state' | 'own' | 'responseCode'> & { readonly count: number };

/** Requests with the same correlation id. */
export interface CallGroup {
  readonly correlationId: string;
  readonly requests: number;
  /** Different topics that they went to. */
  readonly services: number;
  /** The worst first; at most 20, `otherOutcomes` are requests with further ones. */
  readonly outcomes: readonly GroupOutcome[];
  readonly otherOutcomes: number;
  /** Unix µs of the first and of the last request. */
  readonly firstUs: number;
  readonly lastUs: number;
}

/** As `CallsFrame`: `total` counts groups, `fresh` requests. */
export interface GroupsFrame extends Omit<CallsFrame, 'rows'> {
  /** By their newest request, the newest first. */
  readonly rows: readonly CallGroup[];
  /** In all groups. */
  readonly requests: number;
  /** Only the newest 20,000 requests are grouped: so many older ones are not. */
  readonly leftOut: number;
}

/** Part of an exported file. The bytes of all parts, one after the other, are the file. */
export interface CallsExportPart {
  readonly bytes: Uint8Array;
  /** Calls written. */
  readonly done: number;
  readonly total: number;
}

const callExportFormats = ['json', 'csv', 'har'] as const;
export type CallExportFormat = (typeof callExportFormats)[number];

/** Every call seen, own ones and those of others: the recent ones in memory, the older ones in the history on disk. */
export const callHistoryContract = {
  /** At most 10 frames a second, and none when nothing visible changed. The view lives as long as the stream; another filter is another stream. */
  'callHistory.list': stream<CallsFrame>()(z.strictObject({ viewId: viewIdSchema, filter: callFilterSchema, ...windowShape }), {
    overflow: 'coalesce',
    window: 2,
  }),
  /** The calls that fit and have a correlation id, grouped by it. `callHistory.setWindow` moves its window as well. */
  'callHistory.groups': stream<GroupsFrame>()(z.strictObject({ viewId: viewIdSchema, filter: callFilterSchema, ...windowShape }), {
    overflow: 'coalesce',
    window: 2,
  }),
  'callHistory.setWindow': call<void>()(z.strictObject({ viewId: viewIdSchema, ...windowShape })),
  /** Every call that fits, newest first. Closing the stream cancels. */
  'callHistory.export': stream<CallsExportPart>()(z.strictObject({ filter: callFilterSchema, format: z.enum(callExportFormats) }), {
    overflow: 'wait',
    window: 4,
  }),
  /** Deletes the calls of a source, or all, from memory and disk. Own calls that are pending stay. */
  'callHistory.clear': call<{ readonly cleared: number }>()(z.strictObject({ source: sourceIdSchema.optional() })),
  /** The call that a message of the history belongs to. */
  'callHistory.ofMessage': call<{ readonly id: number } | null>()(z.strictObject({ messageId: z.int().min(1) })),
} as const;
