import type { EngineContract } from '../../../shared/contract/index.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { brokerRedisHandlers } from './broker-redis-handlers.ts';
import { brokerAccessHandlers } from './broker-access-handlers.ts';
import { brokerListsHandlers } from './broker-lists-handlers.ts';
import { brokerMetricsHandlers } from './broker-metrics-handlers.ts';
import { brokerProfilesHandlers } from './broker-profiles-handlers.ts';
import { brokerHandlersHandlers } from './broker-handlers-handlers.ts';
import { brokerFaultsHandlers } from './broker-faults-handlers.ts';
import { brokerHandlers } from './broker-handlers.ts';
import { collectionsHandlers } from './collections-handlers.ts';
import { callHistoryHandlers } from './call-history-handlers.ts';
import { coapBridgesHandlers } from './coap-bridges-handlers.ts';
import { coapPipelineHandlers } from './coap-pipeline-handlers.ts';
import { coapUdpHandlers } from './coap-udp-handlers.ts';
import { connectionCheckHandlers } from './connection-check-handlers.ts';
import { connectionTransferHandlers } from './connection-transfer-handlers.ts';
import { connectionsHandlers } from './connections-handlers.ts';
import { environmentsHandlers } from './environments-handlers.ts';
import { interceptsHandlers } from './intercepts-handlers.ts';
import { messagesHandlers } from './messages-handlers.ts';
import { mockDevicesHandlers } from './mock-devices-handlers.ts';
import { packetsHandlers } from './packets-handlers.ts';
import { payloadHandlers } from './payload-handlers.ts';
import { publishingHandlers } from './publishing-handlers.ts';
import { rpcDialectsHandlers } from './rpc-dialects-handlers.ts';
import { rpcBatchesHandlers } from './rpc-batches-handlers.ts';
import { rpcHandlers } from './rpc-handlers.ts';
import { rpcPeersHandlers } from './rpc-peers-handlers.ts';
import { rpcSchemasHandlers } from './rpc-schemas-handlers.ts';
import { rpcNodesHandlers } from './rpc-nodes-handlers.ts';
import { rpcTimelineHandlers } from './rpc-timeline-handlers.ts';
import type { Services } from './services.ts';
import { tlsLabHandlers } from './tls-lab-handlers.ts';
import { topicBridgesHandlers } from './topic-bridges-handlers.ts';
import { topicsHandlers } from './topics-handlers.ts';
import { workspaceHandlers } from './workspace-handlers.ts';

/** The engine's side of the contract, for one page. */
export function createHandlers(services: Services): Handlers<EngineContract> {
  return {
    'host.info': () => services.info(),
    'host.ping': () => 'pong',
    ...brokerHandlers(services),
    ...brokerListsHandlers(services),
    ...brokerMetricsHandlers(services),
    ...brokerAccessHandlers(services),
    ...packetsHandlers(services),
    ...brokerProfilesHandlers(services),
    ...brokerHandlersHandlers(services),
    ...brokerFaultsHandlers(services),
    ...brokerRedisHandlers(services),
    ...connectionsHandlers(services),
    ...connectionCheckHandlers(services),
    ...connectionTransferHandlers(services),
    ...topicsHandlers(services),
    ...messagesHandlers(services),
    ...payloadHandlers(services),
    ...publishingHandlers(services),
    ...rpcHandlers(services),
    ...callHistoryHandlers(services),
    ...rpcDialectsHandlers(services),
    ...rpcNodesHandlers(services),
    ...mockDevicesHandlers(services),
    ...coapBridgesHandlers(services),
    ...interceptsHandlers(services),
    ...topicBridgesHandlers(services),
    ...rpcPeersHandlers(services),
    ...rpcSchemasHandlers(services),
    ...environmentsHandlers(services),
    ...collectionsHandlers(services),
    ...rpcBatchesHandlers(services),
    ...rpcTimelineHandlers(services),
    ...coapUdpHandlers(services),
    ...coapPipelineHandlers(services),
    ...tlsLabHandlers(services),
    ...workspaceHandlers(services),
  };
}
