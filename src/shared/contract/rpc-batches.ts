import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { batchLimits } from '../rpc/batch-limits.ts';
import { sourceIdSchema, topicTextSchema, type Problem, type SourceId } from './common.ts';
import { callInputSchema, dialectIdSchema, type DialectId, type RpcLatency } from './rpc.ts';

/** Many calls: one made many times to the same peer, one made once to each of many, or a list of different ones. */

const batchIdSchema = z.string().min(1).max(64);

const planSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('repeat'), times: z.int().min(1).max(batchLimits.times) }),
  /** Each topic takes the place of the call's own, once. */
  z.strictObject({
    kind: z.literal('fan-out'),
    topics: z
      .array(topicTextSchema)
      .min(1)
      .max(batchLimits.peers)
      .refine((topics) => topics.reduce((sum, { length }) => sum + length, 0) <= batchLimits.peerCharacters, {
        error: 'The topics are too long together: 4,000,000 characters at most.',
      }),
  }),
  /** Each takes the place of topic, method and params of the call, once, in this order. With `variables` params are texts, as in `rpc.call`. */
  z.strictObject({
    kind: z.literal('requests'),
    requests: z
      .array(z.strictObject({ topic: topicTextSchema, method: z.string().min(1).max(1000), params: z.json() }))
      .min(1)
      .max(batchLimits.requests),
  }),
]);

const batchInputSchema = z.strictObject({
  call: callInputSchema,
  plan: planSchema,
  /** Calls under way at the same time. They count towards the 100 of the source: what is beyond fails with 3004, as every call. */
  inFlight: z.int().min(1).max(batchLimits.inFlight),
  /** Each of those under way waits so long after its answer before the next call. */
  delayMs: z.int().min(0).max(batchLimits.delayMs).default(0),
  stopOnFailure: z.boolean().default(false),
});
export type BatchInput = z.input<typeof batchInputSchema>;

/**
 * `stopping`: a call has failed, and those under way are awaited. `stopped`: it has ended for that. `failed`: it could not go on, as `problem` says.
 * `done`: every call was made, whatever became of it.
 */
export type BatchPhase = 'running' | 'stopping' | 'done' | 'stopped' | 'cancelled' | 'failed';

const batchOutcomes = ['ok', 'failed', 'timed-out', 'cancelled'] as const;
export type BatchOutcome = (typeof batchOutcomes)[number];

export interface BatchStatus {
  readonly id: string;
  readonly source: SourceId;
  readonly kind: 'repeat' | 'fan-out' | 'requests';
  readonly dialect: DialectId | 'auto';
  /** Of a repeated call; else empty. */
  readonly topic: string;
  /** Empty for a list of requests. */
  readonly method: string;
  /** Of `gf`, where all calls have the same; with a variable in it, as it was written. */
  readonly correlationId: string | null;
  /** That variables are filled in from, as it is when the batch is started or its calls are made again; `null`: none. */
  readonly environment: { readonly id: string; readonly name: string } | null;
  readonly phase: BatchPhase;
  /** Calls to be made. */
  readonly total: number;
  readonly pending: number;
  readonly outcomes: Readonly<Record<BatchOutcome, number>>;
  /** What went wrong, the most frequent first; at most 20 kinds, `otherErrors` are further ones. */
  readonly errors: readonly { readonly name: string; readonly text: string; readonly count: number }[];
  readonly otherErrors: number;
  /** Unix ms. */
  readonly startedAt: number;
  /** Until now, or its end. */
  readonly elapsedMs: number;
  /** In the last second; of an ended batch, on average. */
  readonly callsPerSecond: number;
  /** Of the calls with an answer. */
  readonly latency: RpcLatency | null;
  /** Calls of the batch that were taken out of the list of all calls, so that others find room there. */
  readonly unlisted: number;
  readonly firstFailedCall: number | null;
  readonly problem: Problem | null;
}

/** `waiting`: not called yet. */
export const peerStates = ['waiting', 'pending', ...batchOutcomes] as const;
export type PeerState = (typeof peerStates)[number];

/** What became of the call to one peer of a fan-out, or of one request of a list. */
export interface PeerResult {
  /** Its place in the list that was given. */
  readonly index: number;
  readonly topic: string;
  /** Of a request of a list; else empty. */
  readonly method: string;
  readonly state: PeerState;
  /** Of the last attempt. */
  readonly callId: number | null;
  readonly elapsedMs: number | null;
  /** In `gf`: of the response, as in `CallRow`. */
  readonly responseCode: number | null;
  /** The result as JSON with sorted members, or the error; at most 1,000 characters of it. `null` before the end. */
  readonly text: string | null;
  /** Equal for equal results. */
  readonly group: string | null;
}

/** Peers that gave the same answer. */
export interface ResultGroup {
  readonly group: string;
  readonly state: BatchOutcome;
  readonly text: string;
  readonly count: number;
}

const resultsQuerySchema = z.strictObject({
  id: batchIdSchema,
  offset: z.int().min(0),
  limit: z.int().min(1).max(500),
  states: z.array(z.enum(peerStates)).max(peerStates.length).optional(),
  group: z.string().max(64).optional(),
  /** Part of topic, method or result. */
  text: z.string().max(1000).default(''),
  sort: z.enum(['order', 'topic', 'state', 'result', 'time']).default('order'),
  descending: z.boolean().default(false),
});
export type ResultsQuery = z.input<typeof resultsQuerySchema>;

export interface ResultsPage {
  readonly rows: readonly PeerResult[];
  /** Of those that fit the query. */
  readonly total: number;
  /** The largest first, of all peers; at most 100, `otherGroups` are further ones. */
  readonly groups: readonly ResultGroup[];
  readonly otherGroups: number;
}

export interface KnownPeer {
  readonly dialect: DialectId;
  readonly topic: string;
  /** Offers the method that was asked for, as far as is known. */
  readonly hasMethod: boolean;
  /** Of the client that the last level of the topic names, as mqttxx 3.2 takes it; `null`: nothing is known. */
  readonly presence: 'online' | 'offline' | null;
}

const peersQuerySchema = z.strictObject({
  source: sourceIdSchema,
  /** `auto`: whatever they speak. */
  dialect: z.union([dialectIdSchema, z.literal('auto')]),
  method: z.string().max(1000),
  /** As topic filters, where `*` stands for any characters; several are divided by commas or spaces. Empty: all. */
  filter: z.string().max(10_000),
});
export type PeersQuery = z.infer<typeof peersQuerySchema>;

const batchRefSchema = z.strictObject({ id: batchIdSchema });

export const rpcBatchesContract = {
  /** Rejects what cannot be sent, with the reason. `variables` as in `rpc.call`: each call is filled in anew, from the environment as it was at the start. At most 4 batches run at the same time. */
  'rpcBatches.start': call<{ readonly id: string }>()(batchInputSchema.extend({ variables: z.literal(true).optional() })),
  /** Of a source, the newest first; the last 20 of all sources are remembered while the engine runs. */
  'rpcBatches.watch': stream<readonly BatchStatus[]>()(z.strictObject({ source: sourceIdSchema }), { overflow: 'coalesce', window: 2 }),
  /** Gives up what is under way and makes no further call. False when it had ended. */
  'rpcBatches.cancel': call<boolean>()(batchRefSchema),
  /** Calls those peers of an ended fan-out again that gave no result; answers how many. Variables come from the environment of its start, as it is now; rejects with `not-found` when that is gone. */
  'rpcBatches.retry': call<{ readonly peers: number }>()(batchRefSchema),
  /** Forgets one that has ended. */
  'rpcBatches.remove': call<void>()(batchRefSchema),
  /** Of a fan-out; `null`: it is not known any more. */
  'rpcBatches.results': stream<ResultsPage | null>()(resultsQuerySchema, { overflow: 'coalesce', window: 2 }),
  /** Services that are known of a source, to choose from: at most 10,000. */
  'rpcBatches.peers': call<{ readonly peers: readonly KnownPeer[]; readonly known: number }>()(peersQuerySchema),
} as const;
