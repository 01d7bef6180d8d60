import { brokerContract } from './broker.ts';
import { brokerAccessContract } from './broker-access.ts';
import { brokerListsContract } from './broker-lists.ts';
import { brokerMetricsContract } from './broker-metrics.ts';
import { interceptsContract } from './broker-intercepts.ts';
import { brokerHandlersContract } from './broker-handlers.ts';
import { brokerFaultsContract } from './broker-faults.ts';
import { brokerRedisContract } from './broker-redis.ts';
import { brokerInsideContract } from './broker-inside.ts';
import { brokerProfilesContract } from './broker-profiles.ts';
import { collectionsContract } from './collections.ts';
import { callHistoryContract } from './call-history.ts';
import { coapBridgesContract } from './coap-bridges.ts';
import { coapHistoryContract } from './coap-history.ts';
import { coapMulticastContract } from './coap-multicast.ts';
import { coapPipelineContract } from './coap-pipeline.ts';
import { coapUdpContract } from './coap-udp.ts';
import { connectionCheckContract } from './connection-check.ts';
import { connectionTransferContract } from './connection-transfer.ts';
import { connectionsContract } from './connections.ts';
import { environmentsContract } from './environments.ts';
import { hostContract } from './host.ts';
import { messagesContract } from './messages.ts';
import { mockDevicesContract } from './mock-devices.ts';
import { packetsContract } from './packets.ts';
import { payloadContract } from './payload.ts';
import { publishingContract } from './publishing.ts';
import { rpcBatchesContract } from './rpc-batches.ts';
import { rpcContract } from './rpc.ts';
import { rpcDialectsContract } from './rpc-dialects.ts';
import { rpcPeersContract } from './rpc-peers.ts';
import { rpcSchemasContract } from './rpc-schemas.ts';
import { rpcNodesContract } from './rpc-nodes.ts';
import { rpcTimelineContract } from './rpc-timeline.ts';
import { tlsLabContract } from './tls-lab.ts';
import { topicBridgesContract } from './topic-bridges.ts';
import { topicsContract } from './topics.ts';
import { workspaceContract } from './workspace.ts';

/** Everything the engine offers to the page, in both hosts. */
export const engineContract = {
  ...hostContract,
  ...brokerContract,
  ...brokerInsideContract,
  ...brokerListsContract,
  ...brokerMetricsContract,
  ...brokerAccessContract,
  ...interceptsContract,
  ...packetsContract,
  ...brokerProfilesContract,
  ...brokerHandlersContract,
  ...topicBridgesContract,
  ...brokerFaultsContract,
  ...brokerRedisContract,
  ...connectionsContract,
  ...connectionCheckContract,
  ...connectionTransferContract,
  ...topicsContract,
  ...messagesContract,
  ...payloadContract,
  ...publishingContract,
  ...rpcContract,
  ...callHistoryContract,
  ...rpcDialectsContract,
  ...rpcPeersContract,
  ...rpcSchemasContract,
  ...rpcNodesContract,
  ...mockDevicesContract,
  ...coapBridgesContract,
  ...environmentsContract,
  ...collectionsContract,
  ...rpcBatchesContract,
  ...rpcTimelineContract,
  ...coapHistoryContract,
  ...coapUdpContract,
  ...coapMulticastContract,
  ...coapPipelineContract,
  ...tlsLabContract,
  ...workspaceContract,
} as const;

export type EngineContract = typeof engineContract;
