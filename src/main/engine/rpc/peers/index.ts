export { ping } from './ping.ts';
export { createRpcPeers, type RpcPeers } from './rpc-peers.ts';
