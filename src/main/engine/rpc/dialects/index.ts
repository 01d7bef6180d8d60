export { DialectRegistry, type OwnCandidate } from './dialect-registry.ts';
export { createRpcDialects, type RpcDialects } from './rpc-dialects.ts';
export { serviceOf } from './service-of.ts';
