import { CodedError } from '../../../../shared/ipc/errors.ts';
import { rpcError, type RpcError } from '../../../../shared/rpc/rpc-error.ts';

/** A request that could not be published. */
export function publishError(error: unknown): RpcError {
  if (!(error instanceof CodedError)) return rpcError('PUBLISH_FAILED', 'local', error instanceof Error ? error.message : String(error));
  if (error.code === 'payload-too-large') return rpcError('PAYLOAD_TOO_LARGE', 'local', error.message, { advice: error.advice ?? '' });
  return refusedBy((error.data as { readonly reasonCode?: number } | undefined)?.reasonCode, 'PUBLISH_FAILED', error.message);
}

/** 0x87: Not authorized. */
function refusedBy(reasonCode: number | undefined, name: 'SUBSCRIBE_FAILED' | 'PUBLISH_FAILED', message: string): RpcError {
  return rpcError(reasonCode === 0x87 ? 'PERMISSION_DENIED' : name, 'local', message);
}

export function subscribeError(topic: string, reason: string, reasonCode: number | undefined): RpcError {
  return refusedBy(reasonCode, 'SUBSCRIBE_FAILED', `The subscription to the reply topic "${topic}" failed. ${reason}`);
}

/** `why`: what is known of it, to go on with after a colon. */
export function nobodyThere(topic: string, why?: string): RpcError {
  return rpcError('PEER_UNREACHABLE', 'local', `No subscriber received the request on "${topic}"${why === undefined ? '' : `: ${why}`}.`);
}
