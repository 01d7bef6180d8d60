import { textOf } from './json-payload.ts';
import type { JsonValue } from './python-json.ts';
import { rpcError, type RpcError, type RpcErrorName } from './rpc-error.ts';

/** Error texts of mqttxx with a fixed meaning; any other text comes from the method itself. */
export const mqttxxErrorText = {
  permissionDenied: 'Permission denied',
  methodNotFound: (method: string): string => `方法未找到: ${method}`,
  noHandler: (topic: string): string => `No RPC handler registered for topic: ${topic}`,
} as const;

const notFound = /^(?:方法未找到|(?:(?:rpc )?method|handler) not found|unknown method|no such method|no handler for)(?![\p{L}\p{N}_])/iu;
const denied = /^(?:permission denied|access denied|forbidden|unauthori[sz]ed|not authori[sz]ed)(?![\p{L}\p{N}_])/iu;

/** JSON-RPC 2.0 §5.1, and the status codes of HTTP that others use. */
const meanings: Readonly<Record<number, RpcErrorName>> = {
  [-32_700]: 'INVALID_RPC_REQUEST',
  [-32_600]: 'INVALID_RPC_REQUEST',
  [-32_601]: 'METHOD_NOT_FOUND',
  400: 'INVALID_RPC_REQUEST',
  401: 'PERMISSION_DENIED',
  403: 'PERMISSION_DENIED',
  404: 'METHOD_NOT_FOUND',
  501: 'METHOD_NOT_FOUND',
};

export interface PeerError {
  readonly text: JsonValue;
  readonly code?: JsonValue | undefined;
  readonly data?: JsonValue | undefined;
}

/** What the error a peer answered means: its own code decides, else its words. */
export function readPeerError({ text, code, data }: PeerError): RpcError {
  const said = text === null ? '' : textOf(text);
  const name = meaningOf(said, code);
  const more = { ...(code === undefined ? {} : { peerCode: code }), ...(data === undefined ? {} : { data }) };
  switch (name) {
    case 'METHOD_NOT_FOUND':
      return rpcError(name, 'remote', 'The peer does not have this method.', { ...more, peerText: said });
    case 'PERMISSION_DENIED':
      return rpcError(name, 'remote', 'The peer denies this caller the method.', { ...more, peerText: said });
    case 'INVALID_RPC_REQUEST':
      return rpcError(name, 'remote', 'The peer could not make sense of the request.', { ...more, peerText: said });
    default:
      if (said.startsWith(mqttxxErrorText.noHandler('')))
        return rpcError(name, 'remote', 'The peer listens on this topic, but has no methods there.', {
          ...more,
          peerText: said,
          advice: 'Check the topic of the call.',
        });
      return rpcError(name, 'remote', said === '' ? 'The method failed, and the peer gave no reason.' : said, more);
  }
}

function meaningOf(said: string, code: JsonValue | undefined): RpcErrorName {
  const known = typeof code === 'number' || (typeof code === 'string' && /^-?\d{1,6}$/.test(code)) ? meanings[Number(code)] : undefined;
  if (known !== undefined) return known;
  const words = said.trimStart();
  if (notFound.test(words)) return 'METHOD_NOT_FOUND';
  return denied.test(words) ? 'PERMISSION_DENIED' : 'RPC_EXECUTION_ERROR';
}
