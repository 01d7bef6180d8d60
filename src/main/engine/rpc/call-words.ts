import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import type { RpcError } from '../../../shared/rpc/rpc-error.ts';
import { harmless } from '../terminal-text.ts';
import type { CallPlan, CallReport } from './call-once.ts';

/** 1 and 2 are a bug and wrong arguments. */
export function exitCodeOf({ outcome }: Pick<CallReport, 'outcome'>): number {
  if ('result' in outcome) return 0;
  const { name, origin } = outcome.error;
  switch (name) {
    case 'RPC_TIMEOUT':
    case 'PEER_UNREACHABLE':
      return 3;
    case 'PERMISSION_DENIED':
      return 5;
    case 'METHOD_NOT_FOUND':
      return 7;
    default:
      return origin === 'remote' ? 4 : 6;
  }
}

/** The result as JSON that a person can read. */
export function resultText(result: JsonValue): string {
  return `${harmless(JSON.stringify(result, null, 2))}\n`;
}

/** What happened, what the peer said, and what to do: one line each. */
export function errorText(error: RpcError, notes: readonly string[]): string {
  const { name, code, origin, message, peerText, peerCode, data, advice } = error;
  const lines = [
    `${message} [${name} ${code}, ${origin}]`,
    ...(peerText === undefined || peerText === '' ? [] : [`The peer said: ${peerText}`]),
    ...(peerCode === undefined ? [] : [`The code of the peer: ${JSON.stringify(peerCode)}`]),
    ...(data === undefined ? [] : [`With it came: ${JSON.stringify(data)}`]),
    ...notes,
    ...(advice === '' ? [] : [advice]),
  ];
  return lines.map((line) => `${harmless(line)}\n`).join('');
}

/** Everything about the call, in one line of JSON. */
export function reportLine({ request }: Pick<CallPlan, 'request'>, { outcome, elapsedMs, notes }: CallReport): string {
  const about = {
    id: request.key,
    requestTopic: request.message.topic,
    replyTopic: request.replyTo,
    elapsedMs: elapsedMs && Math.round(elapsedMs * 1000) / 1000,
    notes,
  };
  return `${harmless(JSON.stringify({ ok: 'result' in outcome, ...outcome, ...about }))}\n`;
}
