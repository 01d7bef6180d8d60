export { createCallSessions } from './caller/sessions.ts';
export { createRpcDialects, type RpcDialects } from './dialects/index.ts';
export { createRpcPeers, type RpcPeers } from './peers/index.ts';
export { createRpcService, type RpcService } from './rpc-service.ts';
export type { TreeView } from './methods/tree-view.ts';
export { nodeProblem } from './nodes/check-node.ts';
export { createNodeSessions } from './nodes/node-sessions.ts';
export { createRpcNodes, type RpcNodes } from './nodes/rpc-nodes.ts';
export { createCallHistory, type CallHistory } from './history/index.ts';
