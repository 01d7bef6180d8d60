import type { Duplex } from 'node:stream';
import type { BrokerClient, BrokerEngineName, DisconnectInput } from '../../../shared/contract/broker.ts';
import type { TraceEvent } from '../../../shared/contract/broker-inside.ts';
import type {
  ClientDetail,
  ClientRow,
  ClientsQuery,
  DiscardInput,
  Page,
  QueuedRow,
  QueueQuery,
  RetainedMessage,
  RetainedPage,
  RetainedQuery,
  RetainedWanted,
  SessionRow,
  SessionsQuery,
  SubscriptionRow,
  SubscriptionsQuery,
} from '../../../shared/contract/broker-lists.ts';
import type { BrokerMetrics } from '../../../shared/contract/broker-metrics.ts';
import type { Qos } from '../../../shared/contract/common.ts';
import type { Properties } from '../../../shared/mqtt/packet/packets.ts';
import type { ListenerKind } from '../../../shared/mqtt/listener-kinds.ts';
import type { Off } from '../../../shared/ipc/transport.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { TappedConnection, TappedPacket } from '../../../shared/messages/tapped-packet.ts';

export interface ConnectionInfo {
  readonly transport: ListenerKind;
  /** `address:port` of the peer, as a proxy in front of us reports it. */
  readonly address: string;
  /** The id of the listener it came through. */
  readonly listener?: string;
  /** Who the client is, by a certificate that was checked: `CN=device-1, O=Lab`. */
  readonly certificateSubject?: string;
  /** The user name that this certificate stands for, in place of the one in CONNECT; `null`: it holds none of the kind that is asked for, so its client cannot be known. */
  readonly certificateUser?: string | null;
  /** The largest packet this listener takes, fixed header included; the engine's own limit may be lower. */
  readonly maximumPacketSize?: number;
}

export interface BrokerPublish {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  /** MQTT 5; an engine without it leaves them out. */
  readonly properties?: Properties | null | undefined;
}

/** A connection that the broker ended because of something its client did, in words for a person. */
export interface Refusal {
  readonly clientId: string | null;
  readonly transport: ListenerKind;
  readonly address: string;
  /** The id of the listener, where it was a listener that refused. */
  readonly listener?: string;
  readonly reason: string;
  /** Not the client was refused, but a retained message of it a place: its topic. It was delivered all the same. */
  readonly notKeptTopic?: string;
  /** Not the client was refused, but what it wanted to do: by the rules, or by this handler. */
  readonly denied?: { readonly action: 'publish' | 'subscribe'; readonly topic: string; readonly handler?: string };
  /** Not the client was refused, but a message or subscription beyond a limit: its topic or filter. */
  readonly overLimit?: { readonly topic: string };
}

/** What `clients` tells of, the first ones: it is read again with every change, and a hundred thousand would hold up everything else. */
export const listedAtMost = { clients: 1000, subscriptions: 100 } as const;

/** What goes on inside, for people who look for a fault. Nothing of it costs anything while nobody listens or asks. */
export interface BrokerInside {
  /** What happens to each message that is published from now on, and to those of before that still wait. */
  onTrace(listener: (event: TraceEvent) => void): Off;
  /**
   * Every packet, in the order in which they cross the network; `clientId`: only of this client, `null`: of all. Its bytes stay unchanged. `first`: whose packet
   * it is, with the first one of each connection.
   */
  onPacket(listener: (packet: TappedPacket, first: TappedConnection | null) => void, clientId: string | null): Off;
}

/** What a broker holds, in pages, and what can be done with it by hand. Throws coded errors; `invalid-state` where an engine cannot tell. */
export interface BrokerLists {
  clients(query: ClientsQuery): Promise<Page<ClientRow>>;
  /** `null`: there is no such client, nor a session of it. */
  client(clientId: string): ClientDetail | null;
  sessions(query: SessionsQuery): Promise<Page<SessionRow>>;
  subscriptions(query: SubscriptionsQuery): Promise<Page<SubscriptionRow>>;
  queue(query: QueueQuery): Page<QueuedRow>;
  /** How many messages it were. */
  discardQueued(input: DiscardInput): number;
  endSession(clientId: string): void;
  retained(query: RetainedQuery): Promise<RetainedPage>;
  /** `maxBytes` of its payload; `null`: there is none (any more). */
  retainedMessage(topic: string, maxBytes: number): RetainedMessage | null;
  /** All topics, to be walked in slices; `null` in the place of one that is not wanted. */
  retainedTopics(wanted: RetainedWanted): Iterable<string | null>;
  /** By hand, so that the next page should show it. */
  retainedChanged(): void;
}

export type DisconnectOptions = Omit<DisconnectInput, 'clientId'>;

/** The core of a broker: sessions and routing. It owns no port; listeners hand it connected byte streams. */
export interface BrokerEngine {
  readonly name: BrokerEngineName;
  /** Takes over a connected stream; the engine closes it. */
  handle(stream: Duplex, info: ConnectionInfo): void;
  /** Publishes as the broker itself. Resolves when the message was routed; rejects with `invalid-topic`. */
  publish(message: BrokerPublish): Promise<void>;
  /** `null`: this engine does not tell. */
  readonly inside: BrokerInside | null;
  readonly lists: BrokerLists;
  readonly clientCount: number;
  /** Cheap: to be asked every second. */
  metrics(): BrokerMetrics;
  /** So many as are worth looking at as a whole, see `listedAtMost`. */
  clients(): readonly BrokerClient[];
  /** Ends the connection; false when there is no such client. An engine that cannot tell a reason, or keep back a will, does neither. */
  disconnectClient(clientId: string, options?: DisconnectOptions): Promise<boolean>;
  /** Every publish, once, in routing order, before its deliveries. `id` is the message's number in this run, or 0. The payload may be a view into a read buffer that stays unchanged. */
  onPublish(listener: (record: MessageRecord) => void): Off;
  /** The clients or their subscriptions changed. */
  onClients(listener: () => void): Off;
  onRefused(listener: (refusal: Refusal) => void): Off;
  /** Counts and tells what a listener refused before it became a connection of this engine. */
  reportRefusal(refusal: Refusal): void;
  /** Topics with a retained message: `prefix` itself and everything below it; all for an empty prefix. */
  retained(prefix: string): readonly string[];
  /** Ends every connection. Idempotent. */
  close(): Promise<void>;
}
