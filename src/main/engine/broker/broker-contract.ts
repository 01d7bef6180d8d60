import { z } from 'zod';
import { maxHandlers } from '../../../shared/broker/handlers/max-handlers.ts';
import { packetsInputSchema, type PacketBatch, type TraceEvent } from '../../../shared/contract/broker-inside.ts';
import {
  clientInputSchema,
  clientsQuerySchema,
  discardSchema,
  queueQuerySchema,
  retainedMessageInputSchema,
  retainedQuerySchema,
  retainedWantedSchema,
  sessionsQuerySchema,
  subscriptionsQuerySchema,
  type ClientDetail,
  type ClientRow,
  type Page,
  type QueuedRow,
  type RetainedMessage,
  type RetainedPage,
  type RetainedSlice,
  type SessionRow,
  type SubscriptionRow,
} from '../../../shared/contract/broker-lists.ts';
import type { BrokerMetrics } from '../../../shared/contract/broker-metrics.ts';
import { brokerOptionsSchema, disconnectSchema, type BrokerClient, type BrokerListener, type BrokerRefusals } from '../../../shared/contract/broker.ts';
import { faultConfigSchema, type FaultReport } from '../../../shared/contract/broker-faults.ts';
import { redisConfigSchema, type RedisState } from '../../../shared/contract/broker-redis.ts';
import { accessSettingsSchema, type AccessPreview } from '../../../shared/contract/broker-access.ts';
import { handlerSchema, type HandlerLog, type HandlersStatus } from '../../../shared/contract/broker-handlers.ts';
import { noInput, qosSchema, topicTextSchema } from '../../../shared/contract/common.ts';
import { call, stream } from '../../../shared/ipc/contract.ts';
import type { Properties } from '../../../shared/mqtt/packet/packets.ts';
import { accessConfigSchema } from './access/access-config.ts';

const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
/** Made and checked by the engine. */
const propertiesSchema = z.custom<Properties>((value) => typeof value === 'object' && value !== null);

const handlersSchema = z.array(handlerSchema).max(maxHandlers);

export interface BrokerCounters {
  readonly clientCount: number;
  /** Tapped messages that the reader was too slow for, since the start. */
  readonly tapDropped: number;
  /** What is wrong with the file of the broker, in sentences. */
  readonly persistenceProblem: string | null;
}

export interface TapBatch {
  /** Made by `packRecords`. */
  readonly records: Uint8Array;
  readonly count: number;
}

export interface TraceBatch {
  readonly events: readonly TraceEvent[];
  /** Events lost before this batch since the trace was opened. */
  readonly lost: number;
  /** As in `MessageTrace`. */
  readonly clockOffsetUs: number;
}

/** Between the engine and its broker worker. One worker runs one broker at most; `stop` forgets all its state. */
export const brokerWorkerContract = {
  start: call<readonly BrokerListener[]>()(
    brokerOptionsSchema.extend({
      persistenceFile: z.string().optional(),
      access: accessConfigSchema.optional(),
      handlers: handlersSchema.optional(),
      faults: faultConfigSchema.optional(),
      redis: redisConfigSchema.optional(),
    }),
  ),
  stop: call<void>()(noInput),
  publish: call<void>()(
    z.strictObject({ topic: topicTextSchema, payload: bytesSchema, qos: qosSchema, retain: z.boolean(), properties: propertiesSchema.nullish() }),
  ),
  /** For the broker that runs; `start` has it for the next one. */
  setAccess: call<void>()(accessConfigSchema),
  /** Likewise. */
  setFaults: call<void>()(faultConfigSchema),
  faultReport: stream<FaultReport>()(noInput, { overflow: 'coalesce', window: 1 }),
  previewAccess: call<AccessPreview>()(accessSettingsSchema),
  /** All of them, in their order; `start` has them for the next broker. */
  setHandlers: call<void>()(handlersSchema),
  restartHandler: call<void>()(z.strictObject({ id: z.string() })),
  clearHandlerLog: call<void>()(noInput),
  handlerStatus: stream<HandlersStatus>()(noInput, { overflow: 'coalesce', window: 1 }),
  handlerLog: stream<HandlerLog>()(noInput, { overflow: 'coalesce', window: 1 }),
  /** False when there is no such client. */
  disconnectClient: call<boolean>()(disconnectSchema),
  retained: call<readonly string[]>()(z.strictObject({ prefix: topicTextSchema })),
  clients: stream<readonly BrokerClient[]>()(noInput, { overflow: 'coalesce', window: 1 }),
  counters: stream<BrokerCounters>()(noInput, { overflow: 'coalesce', window: 1 }),
  /** Every second while the broker runs. */
  metrics: stream<BrokerMetrics>()(noInput, { overflow: 'coalesce', window: 1 }),
  /** How it stands with Redis; nothing while it runs without. */
  redis: stream<RedisState>()(noInput, { overflow: 'coalesce', window: 1 }),
  refusals: stream<BrokerRefusals>()(noInput, { overflow: 'coalesce', window: 1 }),
  /** Bounded on the sending side by bytes, where what is lost can be counted in messages. */
  tap: stream<TapBatch>()(noInput, { overflow: 'wait', window: 32 }),
  // What only an engine with an `inside` can tell; of the others the streams stay silent and the calls reject with `invalid-state`.
  // Messages and packets are followed as long as the stream is open; both are bounded as the tap is.
  trace: stream<TraceBatch>()(noInput, { overflow: 'wait', window: 8 }),
  packets: stream<PacketBatch>()(packetsInputSchema, { overflow: 'wait', window: 8 }),
  // What an engine holds, as in the contract of the engine; what it cannot tell rejects with `invalid-state`.
  clientPage: call<Page<ClientRow>>()(clientsQuerySchema),
  clientDetail: call<ClientDetail | null>()(clientInputSchema),
  sessionPage: call<Page<SessionRow>>()(sessionsQuerySchema),
  subscriptionPage: call<Page<SubscriptionRow>>()(subscriptionsQuerySchema),
  queuePage: call<Page<QueuedRow>>()(queueQuerySchema),
  discardQueued: call<{ readonly discarded: number }>()(discardSchema),
  endSession: call<void>()(clientInputSchema),
  retainedPage: call<RetainedPage>()(retainedQuerySchema),
  retainedMessage: call<RetainedMessage | null>()(retainedMessageInputSchema),
  exportRetained: stream<RetainedSlice>()(retainedWantedSchema, { overflow: 'wait', window: 2 }),
  deleteRetained: stream<{ readonly deleted: number }>()(retainedWantedSchema, { overflow: 'wait', window: 2 }),
} as const;

export type BrokerWorkerContract = typeof brokerWorkerContract;
