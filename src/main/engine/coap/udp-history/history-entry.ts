import type { CoapHistoryEntry } from '../../../../shared/contract/coap-history.ts';
import type { CoapUdpProgress, CoapUdpRequest } from '../../../../shared/contract/coap-udp.ts';
import type { CoapRequest } from '../udp/coap-client.ts';

/** What is kept of a request that has ended. `sent`: with what became of its address and options. */
export function historyEntry(id: number, run: boolean, input: CoapUdpRequest, sent: CoapRequest, last: CoapUdpProgress): CoapHistoryEntry {
  const { method, uri, type, blockSize, timeoutMs, transmission, payload } = input;
  const { startedAt, elapsedMs, retransmissions, response, failure } = last;
  return {
    row: {
      id,
      at: startedAt,
      method,
      uri: uri.trim(),
      run,
      code: response?.code ?? null,
      failure: failure?.kind ?? null,
      elapsedMs: response?.elapsedMs ?? elapsedMs,
      retransmissions,
      requestBytes: payload.length,
      responseBytes: response?.payload.length ?? 0,
    },
    request: { type, blockSize, timeoutMs, transmission, options: sent.options.slice(sent.options.length - input.options.length), payload },
    response,
    failure,
  };
}
