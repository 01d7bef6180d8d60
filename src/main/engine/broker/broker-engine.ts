import type { Duplex } from 'node:stream';
import type { BrokerClient, BrokerEngineName } from '../../../shared/contract/broker.ts';
import type { Qos } from '../../../shared/contract/common.ts';
import type { ListenerKind } from '../../../shared/contract/listeners.ts';
import type { Off } from '../../../shared/ipc/transport.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';

export interface ConnectionInfo {
  readonly transport: ListenerKind;
  /** `address:port` of the peer, as a proxy in front of us reports it. */
  readonly address: string;
  /** The id of the listener it came through. */
  readonly listener?: string;
  /** Who the client is, by a certificate that was checked: `CN=device-1, O=Lab`. */
  readonly certificateSubject?: string;
  /** The largest packet this listener takes, fixed header included; the engine's own limit may be lower. */
  readonly maximumPacketSize?: number;
}

export interface BrokerPublish {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
}

/** A connection that the broker ended because of something its client did, in words for a person. */
export interface Refusal {
  readonly clientId: string | null;
  readonly transport: ListenerKind;
  readonly address: string;
  /** The id of the listener, where it was a listener that refused. */
  readonly listener?: string;
  readonly reason: string;
}

/** The core of a broker: sessions and routing. It owns no port; listeners hand it connected byte streams. */
export interface BrokerEngine {
  readonly name: BrokerEngineName;
  /** Takes over a connected stream; the engine closes it. */
  handle(stream: Duplex, info: ConnectionInfo): void;
  /** Publishes as the broker itself. Resolves when the message was routed; rejects with `invalid-topic`. */
  publish(message: BrokerPublish): Promise<void>;
  readonly clientCount: number;
  clients(): readonly BrokerClient[];
  /** Ends the connection (its will is published); false when there is no such client. */
  disconnectClient(clientId: string): Promise<boolean>;
  /** Every publish, once, in routing order, before its deliveries. The payload may be a view into a read buffer that stays unchanged. */
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
