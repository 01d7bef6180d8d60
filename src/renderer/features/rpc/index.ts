export { RpcCommands } from './rpc-commands.ts';
export { RpcPlace } from './rpc-place.tsx';
