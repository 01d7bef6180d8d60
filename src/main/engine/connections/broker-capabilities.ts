import type { BrokerCapabilities } from '../../../shared/contract/connections.ts';
import type { ConnackPacket } from '../../../shared/mqtt/packet/packets.ts';

/** What CONNACK says of the broker (§3.2.2.3), with the defaults of the specification for what it leaves out. Below MQTT 5 it says nothing, so everything is tried. */
export function brokerCapabilities({ sessionPresent, properties }: ConnackPacket): BrokerCapabilities {
  return {
    sessionPresent,
    maximumQos: properties?.maximumQos ?? 2,
    retainAvailable: properties?.retainAvailable !== 0,
    maximumPacketSize: properties?.maximumPacketSize ?? null,
    receiveMaximum: properties?.receiveMaximum ?? 65_535,
    topicAliasMaximum: properties?.topicAliasMaximum ?? 0,
    wildcardSubscriptions: properties?.wildcardSubscriptionAvailable !== 0,
    subscriptionIdentifiers: properties?.subscriptionIdentifierAvailable !== 0,
    sharedSubscriptions: properties?.sharedSubscriptionAvailable !== 0,
    serverKeepAliveSeconds: properties?.serverKeepAlive ?? null,
    sessionExpirySeconds: properties?.sessionExpiryInterval ?? null,
    assignedClientId: properties?.assignedClientIdentifier ?? null,
    responseInformation: properties?.responseInformation ?? null,
    serverReference: properties?.serverReference ?? null,
    reasonString: properties?.reasonString ?? null,
    authenticationMethod: properties?.authenticationMethod ?? null,
    userProperties: properties?.userProperties ?? [],
  };
}
