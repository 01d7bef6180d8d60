export { createCallSessions } from './caller/sessions.ts';
export { createRpcDialects, type RpcDialects } from './dialects/index.ts';
export { createRpcService, type RpcService } from './rpc-service.ts';
export type { TreeView } from './methods/tree-view.ts';
