import { packetType } from './packet-type.ts';
import type { Properties } from './packets.ts';

export type PropertyName = keyof Properties;
/** How a property is written (§2.2.2.2). `flag` is a byte that is 0 or 1. */
type PropertyKind = 'flag' | 'uint16' | 'uint32' | 'variable' | 'string' | 'binary' | 'pair';

export interface PropertyEntry {
  readonly id: number;
  readonly name: PropertyName;
  readonly kind: PropertyKind;
  /** Words for a message: `the Topic Alias`. */
  readonly words: string;
  /** Bit n is set when the packet of type n may have it; bit 0 stands for the will inside CONNECT. */
  readonly places: number;
  /** 0 where it is a Protocol Error. */
  readonly least: 0 | 1;
}

/** The place of will properties, which is no packet of its own. */
export const willPlace = 0;

const { connect, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback, disconnect, auth } = packetType;

function entry(id: number, name: PropertyName, kind: PropertyKind, words: string, places: readonly number[], least: 0 | 1 = 0): PropertyEntry {
  return { id, name, kind, words, places: places.reduce((bits, place) => bits | (1 << place), 0), least };
}

/** Table 2-4, in its order. */
export const propertyTable: readonly PropertyEntry[] = [
  entry(0x01, 'payloadFormatIndicator', 'flag', 'Payload Format Indicator', [publish, willPlace]),
  entry(0x02, 'messageExpiryInterval', 'uint32', 'Message Expiry Interval', [publish, willPlace]),
  entry(0x03, 'contentType', 'string', 'Content Type', [publish, willPlace]),
  entry(0x08, 'responseTopic', 'string', 'Response Topic', [publish, willPlace]),
  entry(0x09, 'correlationData', 'binary', 'Correlation Data', [publish, willPlace]),
  entry(0x0b, 'subscriptionIdentifiers', 'variable', 'Subscription Identifier', [publish, subscribe], 1),
  entry(0x11, 'sessionExpiryInterval', 'uint32', 'Session Expiry Interval', [connect, connack, disconnect]),
  entry(0x12, 'assignedClientIdentifier', 'string', 'Assigned Client Identifier', [connack]),
  entry(0x13, 'serverKeepAlive', 'uint16', 'Server Keep Alive', [connack]),
  entry(0x15, 'authenticationMethod', 'string', 'Authentication Method', [connect, connack, auth]),
  entry(0x16, 'authenticationData', 'binary', 'Authentication Data', [connect, connack, auth]),
  entry(0x17, 'requestProblemInformation', 'flag', 'Request Problem Information', [connect]),
  entry(0x18, 'willDelayInterval', 'uint32', 'Will Delay Interval', [willPlace]),
  entry(0x19, 'requestResponseInformation', 'flag', 'Request Response Information', [connect]),
  entry(0x1a, 'responseInformation', 'string', 'Response Information', [connack]),
  entry(0x1c, 'serverReference', 'string', 'Server Reference', [connack, disconnect]),
  entry(0x1f, 'reasonString', 'string', 'Reason String', [connack, puback, pubrec, pubrel, pubcomp, suback, unsuback, disconnect, auth]),
  entry(0x21, 'receiveMaximum', 'uint16', 'Receive Maximum', [connect, connack], 1),
  entry(0x22, 'topicAliasMaximum', 'uint16', 'Topic Alias Maximum', [connect, connack]),
  entry(0x23, 'topicAlias', 'uint16', 'Topic Alias', [publish], 1),
  entry(0x24, 'maximumQos', 'flag', 'Maximum QoS', [connack]),
  entry(0x25, 'retainAvailable', 'flag', 'Retain Available', [connack]),
  entry(0x26, 'userProperties', 'pair', 'User Property', [
    connect,
    connack,
    publish,
    willPlace,
    puback,
    pubrec,
    pubrel,
    pubcomp,
    subscribe,
    suback,
    unsubscribe,
    unsuback,
    disconnect,
    auth,
  ]),
  entry(0x27, 'maximumPacketSize', 'uint32', 'Maximum Packet Size', [connect, connack], 1),
  entry(0x28, 'wildcardSubscriptionAvailable', 'flag', 'Wildcard Subscription Available', [connack]),
  entry(0x29, 'subscriptionIdentifierAvailable', 'flag', 'Subscription Identifier Available', [connack]),
  entry(0x2a, 'sharedSubscriptionAvailable', 'flag', 'Shared Subscription Available', [connack]),
];

/** The same by identifier. */
export const propertyById: readonly (PropertyEntry | undefined)[] = Array.from({ length: 0x2b }, (_, id) =>
  propertyTable.find((candidate) => candidate.id === id),
);
