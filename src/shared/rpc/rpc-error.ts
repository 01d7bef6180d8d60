import type { JsonValue } from './python-json.ts';

/** The error catalogue of mqttxx, which all dialects are mapped to: code, and what to do about it. Codes never travel in 2.x to 4.x. */
const catalogue = {
  NOT_CONNECTED: [1001, 'Connect to the broker first.'],
  CONNECTION_FAILED: [1002, 'Check the address of the broker.'],
  CONNECTION_LOST: [1003, 'The peer may have carried the call out all the same: look before you repeat it.'],
  SUBSCRIBE_FAILED: [1004, 'Without this subscription no answer can arrive. Reply to a topic that this client may subscribe to.'],
  PUBLISH_FAILED: [1005, 'Check whether this client may publish to the topic.'],
  INVALID_JSON: [2001, 'Look at the bytes of the message: is it meant for this dialect?'],
  INVALID_UTF8: [2002, 'Look at the bytes of the message: is it meant for this dialect?'],
  PAYLOAD_TOO_LARGE: [2003, 'Peers drop messages above 1 MiB. Send less at once.'],
  INVALID_MESSAGE_TYPE: [2004, 'Look at the bytes of the message: is it meant for this dialect?'],
  MISSING_REQUIRED_FIELD: [2005, 'Look at the bytes of the message: is it meant for this dialect?'],
  METHOD_NOT_FOUND: [3001, 'Check the spelling, and that the peer offers the method in this version.'],
  RPC_TIMEOUT: [3002, 'Check that the peer runs, listens on this topic and speaks this dialect, or give it more time.'],
  RPC_EXECUTION_ERROR: [3003, 'The method itself failed: look at its params, and at the log of the peer.'],
  TOO_MANY_PENDING_CALLS: [3004, 'Wait for answers, or raise the maximum of concurrent calls.'],
  INVALID_RPC_REQUEST: [3005, 'Check the method and the form of its params.'],
  INVALID_RPC_RESPONSE: [3006, 'The peer answered, but not in this dialect.'],
  PEER_UNREACHABLE: [3007, 'Check the topic, and that the peer is running and connected to this broker.'],
  PERMISSION_DENIED: [4001, 'Ask whoever runs the peer or the broker to allow it for this caller.'],
  AUTHENTICATION_FAILED: [4002, 'Check the user name and the password.'],
} as const satisfies Readonly<Record<string, readonly [code: number, advice: string]>>;

export type RpcErrorName = keyof typeof catalogue;
export const rpcErrorNames = Object.keys(catalogue) as [RpcErrorName, ...RpcErrorName[]];

export interface RpcError {
  readonly name: RpcErrorName;
  readonly code: number;
  /** `local`: found on this side, no message says so. `remote`: the peer answered it. */
  readonly origin: 'local' | 'remote';
  /** A sentence. */
  readonly message: string;
  readonly advice: string;
  /** What the peer itself called it, in dialects that have codes. */
  readonly peerCode?: JsonValue;
  /** What the peer said, where the message says it in other words. */
  readonly peerText?: string;
  /** What came with the error. */
  readonly data?: JsonValue;
}

type Details = Partial<Pick<RpcError, 'advice' | 'peerCode' | 'peerText' | 'data'>>;

export function rpcError(name: RpcErrorName, origin: RpcError['origin'], message: string, details: Details = {}): RpcError {
  const [code, advice] = catalogue[name];
  return { name, code, origin, message, advice, ...details };
}
