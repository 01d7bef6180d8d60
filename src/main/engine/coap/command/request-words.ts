import { exceptionOf, localTimeout, type GfException } from '../../../../shared/coap/gf/exception.ts';
import type { GfResponseMessage } from '../../../../shared/coap/gf/message.ts';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import type { RpcError } from '../../../../shared/rpc/rpc-error.ts';
import type { CallReport } from '../../rpc/index.ts';
import { harmless } from '../../terminal-text.ts';
import type { RequestArguments } from './request-arguments.ts';

/** By the class of the response: 2.xx 0, 4.xx 4, 5.xx 5. 7: nothing came in time; 6: nothing could be sent, or nothing that came can be used. */
export function exitCodeOf({ outcome }: Pick<CallReport, 'outcome'>): number {
  if ('result' in outcome) return 0;
  const { name, origin, peerCode } = outcome.error;
  if (name === 'RPC_TIMEOUT' && origin === 'local') return 7;
  const kind = origin === 'remote' && typeof peerCode === 'number' ? findResponseCode(peerCode)?.class : undefined;
  return kind === 'client-error' ? 4 : kind === 'server-error' ? 5 : 6;
}

/** What happened, what the device said, and what to do: one line each. */
export function failureText({ notes }: Pick<CallReport, 'notes'>, error: RpcError, response: GfResponseMessage | null): string {
  const { name, code, origin, message, advice } = error;
  const exception = response && exceptionOf(response, null, null);
  const isCode = exception !== null && name !== 'INVALID_RPC_RESPONSE';
  // A code says it all; the advice is about calls of other conventions.
  const lines = isCode
    ? [`${message} [${exception.name}]`, ...notes]
    : [`${message} [${name} ${code}, ${origin}]`, ...notes, ...(advice === '' ? [] : [advice])];
  return lines.map((line) => `${harmless(line)}\n`).join('');
}

/** Everything about the request and what became of it, in one line of JSON. */
export function reportLine(
  { about, request }: Pick<RequestArguments, 'about' | 'request'>,
  { outcome, elapsedMs, notes }: CallReport,
  response: GfResponseMessage | null,
): string {
  const { method, path, target, source, correlationId } = about;
  const requested = {
    method,
    path,
    requestId: request.key,
    correlationId,
    source,
    requestTopic: request.message.topic,
    responseTopic: request.replyTo,
    elapsedMs: elapsedMs && Math.round(elapsedMs * 1000) / 1000,
    notes,
  };
  const error = 'error' in outcome ? outcome.error : null;
  const exception =
    response !== null
      ? exceptionOf(response, null, source)
      : error?.name === 'RPC_TIMEOUT'
        ? localTimeout({ path, caller: source, target, elapsedMs: elapsedMs ?? 0 })
        : null;
  return `${harmless(JSON.stringify({ ok: error === null, ...responseOf(response), ...failureOf(error, exception), ...requested }))}\n`;
}

function responseOf(response: GfResponseMessage | null): object {
  if (!response) return {};
  const { codeAsSent, body, timestamp, source, others, path, correlationId } = response;
  const title = typeof codeAsSent === 'number' ? (findResponseCode(codeAsSent)?.title ?? null) : null;
  return { code: codeAsSent, title, body, response: { path, correlationId, source, timestamp, ...(Object.keys(others).length > 0 && { others }) } };
}

function failureOf(error: RpcError | null, exception: GfException | null): object {
  if (!error) return {};
  const { name, origin, message, advice } = error;
  return { error: { name, origin, message, advice }, exception: exception?.name ?? null, detail: exception?.detail ?? null };
}
