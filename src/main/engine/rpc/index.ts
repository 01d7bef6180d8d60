export { createCallSessions } from './caller/sessions.ts';
export { createRpcService } from './rpc-service.ts';
