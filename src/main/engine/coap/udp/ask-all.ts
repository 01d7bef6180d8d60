import { methodCodes, type CoapOption } from '../../../../shared/coap/udp/packet.ts';
import { CoapFailure } from './coap-failure.ts';
import type { CoapClientOptions, CoapResponse } from './coap-client.ts';
import { unknownCritical } from './critical-options.ts';
import { openMulticast } from './datagrams.ts';
import { MessageLayer } from './message-layer.ts';
import { defaultTransmission } from './transmission.ts';

/** Servers spread their responses over so long (RFC 7252 §8.2, DEFAULT_LEISURE §4.8); what is on its way then has two seconds more. */
export const collectMs = 7000;
const maxResponses = 1000;
const maxPayload = 1024;

export interface MulticastRequest {
  /** `224.0.1.187`, `ff02::fd%eth0`. */
  readonly group: string;
  readonly port: number;
  /** Name or address of an interface of this machine; `null`: the system chooses. */
  readonly networkInterface: string | null;
  readonly code: number;
  readonly token?: Uint8Array | undefined;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
  /** Responses are collected for so long. */
  readonly timeoutMs: number;
}

export interface MulticastHooks {
  /** Ends collecting. */
  readonly signal: AbortSignal;
  readonly onResponse: (response: CoapResponse) => void;
}

/**
 * Asks all servers of a group at once, with one Non-confirmable message (RFC 7252 §8.1), and tells each response once. Of a response in blocks only the
 * first comes: the rest is for its server alone. Resolves with the number of responses there was no room for. Rejects with a CoapFailure when the request cannot be sent.
 */
export async function askAll(request: MulticastRequest, options: CoapClientOptions, { signal, onResponse }: MulticastHooks): Promise<number> {
  const { clock, random, randomBytes, onLog, transmission = defaultTransmission } = options;
  const { group, port, networkInterface, code, payload, timeoutMs } = request;
  if (payload.length > maxPayload)
    throw new CoapFailure('too-large', `The payload has ${payload.length} bytes, and a multicast request has no blocks.`, `Send ${maxPayload} bytes at most.`);
  const over = Promise.withResolvers<void>();
  const token = request.token ?? randomBytes(4);
  const answered = new Set<string>();
  let leftOut = 0;
  const began = clock();
  const datagrams = await openMulticast(group, networkInterface, {
    received: (bytes, from) => messages.receive(bytes, from),
    failed: over.reject,
  });
  const messages: MessageLayer = new MessageLayer({
    send: (bytes, to) => datagrams.send(bytes, to),
    clock,
    random,
    transmission,
    onResponse(packet, from) {
      // Without a token of its own the peer could not be told from others (§5.3.1).
      if (Buffer.compare(packet.token, token) !== 0 || unknownCritical(packet.options) !== null) return false;
      const key = `${from.address} ${from.port}`;
      if (answered.has(key)) return true;
      if (answered.size >= maxResponses) leftOut += 1;
      else {
        answered.add(key);
        onResponse({ packet, from, elapsedMs: clock() - began });
      }
      return true;
    },
    ...(onLog ? { onLog } : {}),
  });
  const end = (): void => over.resolve();
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener('abort', end);
  try {
    if (!signal.aborted) messages.send({ address: group, port }, { type: 'NON', code, token, options: request.options, payload });
    else end();
    await over.promise;
    return leftOut;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    messages.close();
    datagrams.close();
  }
}

/** Of the resources of all servers of a group. */
export function discoveryRequest(group: string, port: number, networkInterface: string | null, timeoutMs: number): MulticastRequest {
  const options = ['.well-known', 'core'].map((part) => ({ number: 11, value: new TextEncoder().encode(part) }));
  return { group, port, networkInterface, code: methodCodes.GET, options, payload: new Uint8Array(0), timeoutMs };
}
