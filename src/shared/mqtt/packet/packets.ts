import type { Qos } from '../../contract/common.ts';

/** The protocol level in CONNECT: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type ProtocolLevel = 3 | 4 | 5;

/** Properties of MQTT 5 (§2.2.2.2) by their name there. Which may stand where is checked against the packet (table 2-4). */
export interface Properties {
  readonly payloadFormatIndicator?: 0 | 1;
  /** Seconds. */
  readonly messageExpiryInterval?: number;
  readonly contentType?: string;
  readonly responseTopic?: string;
  readonly correlationData?: Uint8Array;
  /** In the order they came; SUBSCRIBE holds at most one. */
  readonly subscriptionIdentifiers?: readonly number[];
  /** Seconds; 0xFFFFFFFF: never. */
  readonly sessionExpiryInterval?: number;
  readonly assignedClientIdentifier?: string;
  /** Seconds. */
  readonly serverKeepAlive?: number;
  readonly authenticationMethod?: string;
  readonly authenticationData?: Uint8Array;
  readonly requestProblemInformation?: 0 | 1;
  /** Seconds. */
  readonly willDelayInterval?: number;
  readonly requestResponseInformation?: 0 | 1;
  readonly responseInformation?: string;
  readonly serverReference?: string;
  readonly reasonString?: string;
  readonly receiveMaximum?: number;
  readonly topicAliasMaximum?: number;
  readonly topicAlias?: number;
  readonly maximumQos?: 0 | 1;
  readonly retainAvailable?: 0 | 1;
  /** In their order, duplicates included (§3.1.2.11.8). */
  readonly userProperties?: readonly (readonly [name: string, value: string])[];
  /** Bytes. */
  readonly maximumPacketSize?: number;
  readonly wildcardSubscriptionAvailable?: 0 | 1;
  readonly subscriptionIdentifierAvailable?: 0 | 1;
  readonly sharedSubscriptionAvailable?: 0 | 1;
}

export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
  readonly retain: boolean;
  /** MQTT 5; `null` when there are none. */
  readonly properties: Properties | null;
}

export interface ConnectPacket {
  readonly type: 'connect';
  readonly level: ProtocolLevel;
  /** The highest bit of the level byte, with which mosquitto's bridges mark themselves. */
  readonly bridge: boolean;
  /** Clean session of 3.x, clean start of 5. */
  readonly cleanStart: boolean;
  /** Seconds; 0: none. */
  readonly keepAlive: number;
  readonly clientId: string;
  readonly username: string | null;
  readonly password: Uint8Array | null;
  readonly will: Will | null;
  readonly properties: Properties | null;
}

export interface ConnackPacket {
  readonly type: 'connack';
  readonly sessionPresent: boolean;
  /** Return code of 3.x (0–5), reason code of 5. */
  readonly code: number;
  readonly properties: Properties | null;
}

export interface PublishPacket {
  readonly type: 'publish';
  readonly dup: boolean;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Empty where a topic alias of MQTT 5 stands for it. */
  readonly topic: string;
  /** 0 for QoS 0. */
  readonly packetId: number;
  readonly properties: Properties | null;
  /** A view into the bytes it was read from. */
  readonly payload: Uint8Array;
}

/** PUBACK, PUBREC, PUBREL and PUBCOMP. */
export interface AckPacket {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';
  readonly packetId: number;
  /** 0 in 3.x. */
  readonly code: number;
  readonly properties: Properties | null;
}

export interface SubscriptionRequest {
  readonly filter: string;
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  /** 0: send retained messages, 1: only for a new subscription, 2: never (§3.8.3.1). */
  readonly retainHandling: 0 | 1 | 2;
}

export interface SubscribePacket {
  readonly type: 'subscribe';
  readonly packetId: number;
  readonly subscriptions: readonly SubscriptionRequest[];
  readonly properties: Properties | null;
}

export interface SubackPacket {
  readonly type: 'suback';
  readonly packetId: number;
  readonly codes: readonly number[];
  readonly properties: Properties | null;
}

export interface UnsubscribePacket {
  readonly type: 'unsubscribe';
  readonly packetId: number;
  readonly filters: readonly string[];
  readonly properties: Properties | null;
}

export interface UnsubackPacket {
  readonly type: 'unsuback';
  readonly packetId: number;
  /** Empty in 3.x, which has none. */
  readonly codes: readonly number[];
  readonly properties: Properties | null;
}

export interface PingreqPacket {
  readonly type: 'pingreq';
}

export interface PingrespPacket {
  readonly type: 'pingresp';
}

export interface DisconnectPacket {
  readonly type: 'disconnect';
  readonly code: number;
  readonly properties: Properties | null;
}

/** MQTT 5 only (§3.15). */
export interface AuthPacket {
  readonly type: 'auth';
  readonly code: number;
  readonly properties: Properties | null;
}

export type Packet =
  | ConnectPacket
  | ConnackPacket
  | PublishPacket
  | AckPacket
  | SubscribePacket
  | SubackPacket
  | UnsubscribePacket
  | UnsubackPacket
  | PingreqPacket
  | PingrespPacket
  | DisconnectPacket
  | AuthPacket;
