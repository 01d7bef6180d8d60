import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import type { MessageProperties } from '../messages/record.ts';
import type { ListenerKind } from '../mqtt/listener-kinds.ts';
import type { MqttVersion, Qos } from './common.ts';
import type { MessageRow } from './messages.ts';

/** What the local broker holds: clients, sessions, subscriptions, queues and retained messages, in pages. `null` is what an engine does not tell. */

const pageFields = { offset: z.int().min(0), limit: z.int().min(1).max(500) };
const clientIdSchema = z.string().max(65_535);
const searchSchema = z.string().max(1000);

/** A part of a list. While it changes, pages may overlap or miss what moved between them. */
export interface Page<T> {
  /** Of the whole list, as far as it fits what is looked for. */
  readonly total: number;
  readonly rows: readonly T[];
}

/** An MQTT packet that crossed the network last. */
export interface LastPacket {
  /** `PUBLISH`, `PINGREQ` … */
  readonly type: string;
  /** Unix ms. */
  readonly at: number;
}

/** What a connection has carried, and what waits for it. */
export interface ClientTraffic {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** PUBLISH packets. */
  readonly messagesReceived: number;
  readonly messagesSent: number;
  readonly lastReceived: LastPacket | null;
  readonly lastSent: LastPacket | null;
  /** How long its session is kept without a connection; `null`: for ever. */
  readonly sessionExpirySeconds: number | null;
  /** QoS 1 and 2 messages under way to the client. */
  readonly inflight: number;
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  /** Bytes that wait for the client to read. */
  readonly pendingBytes: number;
}

/** A connected client, without its subscriptions. */
export interface ClientRow {
  readonly clientId: string;
  readonly username: string | null;
  readonly version: MqttVersion;
  readonly transport: ListenerKind;
  readonly address: string;
  /** Who the client is, by a certificate that was checked. */
  readonly certificateSubject: string | null;
  readonly keepAliveSeconds: number;
  /** Unix ms. */
  readonly connectedAt: number;
  readonly subscriptions: number;
  readonly traffic: ClientTraffic | null;
}

/** What the broker knows of a client id, connected or not. */
export interface SessionRow {
  readonly clientId: string;
  readonly connected: boolean;
  readonly version: MqttVersion;
  /** How long it is kept without a connection; `null`: for ever. */
  readonly expirySeconds: number | null;
  /** Unix ms at which it ends unless its client comes back; `null`: it is connected, or never ends. */
  readonly endsAt: number | null;
  readonly subscriptions: number;
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  /** QoS 1 and 2 messages under way to the client. */
  readonly inflight: number;
  /** QoS 2 messages of the client that wait for PUBREL. */
  readonly incoming: number;
  readonly hasWill: boolean;
}

/** What is published when the client is lost. */
export interface WillView {
  readonly topic: string;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly delaySeconds: number;
  readonly sizeBytes: number;
  /** At most 4 KiB of it. */
  readonly payload: Uint8Array;
}

/** What a client has said it can take (§3.1.2.11). */
interface ClientLimits {
  readonly receiveMaximum: number;
  /** `null`: no limit. */
  readonly maximumPacketSize: number | null;
  readonly topicAliasMaximum: number;
}

export interface ClientDetail {
  /** `null`: not connected. */
  readonly client: ClientRow | null;
  readonly session: SessionRow | null;
  readonly will: WillView | null;
  readonly limits: ClientLimits | null;
}

/** Whether a message of a topic would reach the owner of a subscription now. `one-of-group`: it, or another member of its shared subscription. */
type SubscriptionReach = 'now' | 'queued' | 'offline' | 'one-of-group' | 'not-authorised';

export interface SubscriptionRow {
  readonly clientId: string;
  /** `null`: not told. */
  readonly connected: boolean | null;
  /** As the client sent it, with `$share/NAME/`. */
  readonly filter: string;
  readonly qos: Qos;
  readonly noLocal: boolean | null;
  readonly retainAsPublished: boolean | null;
  /** 0: retained messages are sent, 1: only if the subscription is new, 2: never (§3.8.3.1). */
  readonly retainHandling: 0 | 1 | 2 | null;
  /** 0: none. */
  readonly subscriptionIdentifier: number | null;
  /** Where a topic was asked for. */
  readonly reach: SubscriptionReach | null;
}

/** A message that waits for a client, or is under way to it. */
export interface QueuedRow {
  /** Within this run of the broker. */
  readonly id: number;
  /** `under-way`: sent and not acknowledged; it goes out again when the client comes back. */
  readonly state: 'waiting' | 'under-way';
  readonly topic: string;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly publisher: string | null;
  readonly sizeBytes: number;
  /** The first bytes of the payload, at most 256. */
  readonly head: Uint8Array;
  /** Unix ms; `null`: not known. */
  readonly queuedAt: number | null;
  /** Whole seconds left; `null`: it does not expire. */
  readonly expiresInSeconds: number | null;
  /** Of the message in this run of the broker, for `broker.whoGotNumber`; 0: it is from an earlier run. */
  readonly number: number;
}

export interface RetainedRow {
  readonly topic: string;
  readonly sizeBytes: number;
  readonly qos: Qos;
  readonly publisher: string | null;
  /** Unix ms; `null`: not known. */
  readonly storedAt: number | null;
  /** Whole seconds left; `null`: it does not expire. */
  readonly expiresInSeconds: number | null;
  /** As in `QueuedRow`. */
  readonly number: number;
  /** The first bytes of the payload, at most 256. */
  readonly head: Uint8Array;
}

export interface RetainedPage extends Page<RetainedRow> {
  /** Memory of all retained messages, estimated; `null`: not told. */
  readonly bytes: number | null;
}

export interface RetainedMessage extends RetainedRow {
  /** Its beginning, as much as was asked for. */
  readonly payload: Uint8Array;
  readonly properties: MessageProperties | null;
}

/** Retained messages as they are exported. */
export interface RetainedSlice {
  readonly messages: readonly RetainedMessage[];
}

const clientColumns = [
  'connectedAt',
  'clientId',
  'username',
  'version',
  'address',
  'keepAlive',
  'expiry',
  'subscriptions',
  'inflight',
  'queued',
  'messagesReceived',
  'messagesSent',
  'bytesReceived',
  'bytesSent',
  'lastReceived',
] as const;
export type ClientColumn = (typeof clientColumns)[number];
const sessionColumns = ['clientId', 'version', 'endsAt', 'subscriptions', 'queuedMessages', 'queuedBytes'] as const;
export type SessionColumn = (typeof sessionColumns)[number];
const retainedColumns = ['topic', 'size', 'storedAt', 'publisher', 'expiry'] as const;
export type RetainedColumn = (typeof retainedColumns)[number];

const order = <const T extends readonly [string, ...string[]]>(columns: T) => z.strictObject({ by: z.enum(columns), descending: z.boolean() }).optional();

/** `search`: a part of the client id, the address, the user name, the certificate's subject or a filter. Without `order` in the order of connecting. */
export const clientsQuerySchema = z.strictObject({ ...pageFields, search: searchSchema.optional(), order: order(clientColumns) });
export type ClientsQuery = z.infer<typeof clientsQuerySchema>;

/** `search`: a part of the client id. */
export const sessionsQuerySchema = z.strictObject({
  ...pageFields,
  search: searchSchema.optional(),
  state: z.enum(['connected', 'offline']).optional(),
  order: order(sessionColumns),
});
export type SessionsQuery = z.infer<typeof sessionsQuerySchema>;

/** `clientId`: only of this client; `search`: a part of the filter or of the client id; `topic`: those a message of this topic matches. */
export const subscriptionsQuerySchema = z.strictObject({
  ...pageFields,
  clientId: clientIdSchema.optional(),
  search: searchSchema.optional(),
  topic: z.string().min(1).max(65_535).optional(),
});
export type SubscriptionsQuery = z.infer<typeof subscriptionsQuerySchema>;

/** `filter`: a topic filter, `search`: a part of the topic. Topics that begin with `$` count only where the filter does too, or with `system`. */
export const retainedWantedSchema = z.strictObject({
  filter: z.string().min(1).max(65_535).optional(),
  search: searchSchema.optional(),
  system: z.boolean().optional(),
});
export type RetainedWanted = z.infer<typeof retainedWantedSchema>;
export const retainedQuerySchema = retainedWantedSchema.extend({ ...pageFields, order: order(retainedColumns) });
export type RetainedQuery = z.infer<typeof retainedQuerySchema>;

export const queueQuerySchema = z.strictObject({ ...pageFields, clientId: clientIdSchema });
export type QueueQuery = z.infer<typeof queueQuerySchema>;
/** `ids` absent: all. */
export const discardSchema = z.strictObject({ clientId: clientIdSchema, ids: z.array(z.int()).max(1000).optional() });
export type DiscardInput = z.infer<typeof discardSchema>;
export const clientInputSchema = z.strictObject({ clientId: clientIdSchema });
export const retainedMessageInputSchema = z.strictObject({ topic: z.string().max(65_535), maxBytes: z.int().min(0).max(20_971_520) });

/** The calls reject with `broker-not-running`, with `invalid-topic` for a filter that is none, and with `invalid-state` for an engine that cannot tell. */
export const brokerListsContract = {
  'broker.clientList': call<Page<ClientRow>>()(clientsQuerySchema),
  /** `null`: the broker knows of no such client. */
  'broker.client': call<ClientDetail | null>()(clientInputSchema),
  'broker.sessions': call<Page<SessionRow>>()(sessionsQuerySchema),
  'broker.subscriptions': call<Page<SubscriptionRow>>()(subscriptionsQuerySchema),
  /** First what is under way, then what waits, each in the order of sending. Rejects with `not-found`. */
  'broker.queue': call<Page<QueuedRow>>()(queueQuerySchema),
  /** Messages that then never reach this client. Of a connected client, those that wait only. Rejects with `not-found`. */
  'broker.discardQueued': call<{ readonly discarded: number }>()(discardSchema),
  /** Forgets a session whose client is not connected, with its subscriptions and queue; a will that still waits is published. Rejects with `not-found`, `invalid-state`. */
  'broker.endSession': call<void>()(clientInputSchema),
  /** The last 500 of this run of the engine, newest first; `search`: a part of the topic or of the publisher's client id. */
  'broker.lastMessages': call<readonly MessageRow[]>()(z.strictObject({ search: searchSchema.optional() })),
  'broker.retained': call<RetainedPage>()(retainedQuerySchema),
  'broker.retainedMessage': call<RetainedMessage | null>()(retainedMessageInputSchema),
  /** Every message that fits, with its whole payload; one above 32 MiB without. */
  'broker.exportRetained': stream<RetainedSlice>()(retainedWantedSchema, { overflow: 'wait', window: 2 }),
  /** Publishes an empty retained message to each topic that fits, `$SYS` aside; tells how many it were so far. Closing the stream stops it. */
  'broker.deleteRetained': stream<{ readonly deleted: number }>()(retainedWantedSchema, { overflow: 'wait', window: 2 }),
} as const;
