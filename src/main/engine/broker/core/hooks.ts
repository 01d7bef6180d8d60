import type { MqttVersion, Qos } from '../../../../shared/contract/common.ts';
import type { ConnectPacket, Properties, SubscriptionRequest } from '../../../../shared/mqtt/packet/packets.ts';
import type { ConnectionInfo } from '../broker-engine.ts';
import type { EndKind } from './connection.ts';

/** What a hook says of a client that wants in. */
export type ConnectVerdict = 'welcome' | 'bad-credentials' | 'not-authorised' | 'unavailable';

/** What one message of an authentication exchange leads to. */
export type AuthStep =
  | { readonly kind: 'challenge'; readonly data: Uint8Array }
  /** `data` goes to the client with CONNACK, or with the AUTH that ends a re-authentication. */
  | { readonly kind: 'success'; readonly username: string; readonly data: Uint8Array | null }
  /** `malformed`: what came is no message of this method, or not the one whose turn it is. */
  | { readonly kind: 'failure'; readonly reason: 'bad-credentials' | 'not-authorised' | 'unavailable' | 'malformed'; readonly message: string };

/** One run of an authentication method (§4.12), from the client's first message to success or failure. */
export interface AuthExchange {
  /** `data`: the Authentication Data of CONNECT first, of each AUTH then; `null` where there is none. It may be a view: copy what is kept. */
  step(data: Uint8Array | null): AuthStep | Promise<AuthStep>;
}

/** A client with its connection. */
export interface ConnectedClient {
  readonly clientId: string;
  /** As authenticated; `null`: none was given. */
  readonly username: string | null;
  readonly version: MqttVersion;
  readonly info: ConnectionInfo;
}

interface PublishedMessage {
  /** Counts up from 1 with each message of this run of the broker. */
  readonly number: number;
  readonly topic: string;
  /** May be a view into what was read from the network: copy what is kept. */
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties: Properties | null;
  /** Client id, of a will its owner's; `null`: the broker itself. */
  readonly publisher: string | null;
}

/**
 * What the product decides about clients, and is told of them. Every hook may be absent: then the answer is yes, and nothing is spent on it.
 *
 * Only authentication may answer later; its client's other packets wait meanwhile, and the time limit of CONNECT goes on. The others are asked
 * in the hot path and answer at once. A hook that throws is reported as a bug: an authorisation then means no, news are lost.
 */
export interface CoreHooks {
  /** A client of the product itself: it is not held to the limits for clients. Asked at CONNECT, before `authenticate`. */
  readonly isOwn?: (connect: ConnectPacket) => boolean;
  /** CONNECT without an authentication method: user name and password, a certificate, an address. */
  readonly authenticate?: (connect: ConnectPacket, info: ConnectionInfo) => ConnectVerdict | Promise<ConnectVerdict>;
  /** CONNECT with an authentication method, and each re-authentication with it; `null`: the method is not known (0x8C). */
  readonly beginAuthentication?: (method: string, info: ConnectionInfo) => AuthExchange | null;

  /** Asked at CONNECT, before the client is let in (0x87). */
  readonly authorizeWill?: (client: Pick<ConnectedClient, 'clientId' | 'username' | 'info'>, topic: string) => boolean;
  /** Asked for each PUBLISH and for a will when it is published. */
  readonly authorizePublish?: (clientId: string, topic: string) => boolean;
  readonly authorizeSubscribe?: (clientId: string, request: SubscriptionRequest) => boolean;
  /** Asked for each receiver of each message, retained ones included. */
  readonly authorizeDeliver?: ((clientId: string, topic: string) => boolean) | undefined;

  /** Asked only while somebody traces messages: who would have got one of this topic, had its subscription not been refused. */
  readonly refusedSubscribers?: (topic: string) => Iterable<{ readonly clientId: string; readonly filter: string }>;

  /** CONNACK is on its way. */
  readonly connected?: (client: ConnectedClient, sessionPresent: boolean) => void;
  readonly disconnected?: (client: ConnectedClient, ended: EndKind) => void;
  /** Nothing more is known of this client id. */
  readonly sessionEnded?: (clientId: string) => void;
  /** Granted, with the filter as the client sent it. */
  readonly subscribed?: (clientId: string, request: SubscriptionRequest) => void;
  /** The client has asked for it; a session that ends is no news of each of its subscriptions. */
  readonly unsubscribed?: (clientId: string, filter: string) => void;
  /** Once for each message before it is routed: of clients, wills and the broker itself, its `$SYS` topics included. */
  readonly published?: (message: PublishedMessage) => void;
}
