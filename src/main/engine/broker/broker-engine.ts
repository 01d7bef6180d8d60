import type { Duplex } from 'node:stream';
import type { BrokerClient, BrokerEngineName } from '../../../shared/contract/broker.ts';
import type { Qos } from '../../../shared/contract/common.ts';
import type { Off } from '../../../shared/ipc/transport.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';

export interface ConnectionInfo {
  readonly transport: 'tcp' | 'ws';
  /** `address:port` of the peer. */
  readonly address: string;
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
  readonly transport: 'tcp' | 'ws';
  readonly address: string;
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
  /** Topics with a retained message: `prefix` itself and everything below it; all for an empty prefix. */
  retained(prefix: string): readonly string[];
  /** Ends every connection. Idempotent. */
  close(): Promise<void>;
}
