import type { CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { CoapFailure } from './coap-failure.ts';
import { unknownCritical } from './critical-options.ts';
import type { Peer } from './datagrams.ts';
import type { MessageLayer, Outgoing } from './message-layer.ts';

/** Takes a response. False: it is to be rejected. */
type TakeResponse = (packet: CoapPacket, from: Peer) => boolean;

/** Who waits for responses (RFC 7252 §5.3.2): they are found by their token, whether they travel on the Acknowledgement or on their own. */
export class Exchanges {
  readonly #byToken = new Map<string, TakeResponse>();

  /** False: nobody waits for it. */
  readonly response: TakeResponse = (packet, from) => this.#byToken.get(tokenKey(packet.token))?.(packet, from) ?? false;

  /** All responses with the token, until it is let go. */
  watch(token: Uint8Array, take: TakeResponse): () => void {
    const key = tokenKey(token);
    this.#byToken.set(key, take);
    return () => {
      if (this.#byToken.get(key) === take) this.#byToken.delete(key);
    };
  }
}

export interface ExchangeOptions {
  readonly messages: MessageLayer;
  readonly exchanges: Exchanges;
  readonly peer: Peer;
  /** For the response, from the first transmission on. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends a request and waits for its response. Rejects with a CoapFailure. */
export function exchange(options: ExchangeOptions, request: Outgoing): Promise<{ readonly packet: CoapPacket; readonly from: Peer }> {
  const { messages, exchanges, peer, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    let acknowledged = false;
    let stopSending = (): void => undefined;
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      stopSending();
      stopWatching();
    };
    const fail = (failure: CoapFailure): void => {
      end();
      reject(failure);
    };
    const cancel = (): void =>
      fail(
        signal.reason instanceof CoapFailure
          ? signal.reason
          : new CoapFailure('cancelled', 'The request was cancelled.', 'Whether the server has carried it out is not known.'),
      );
    const timer = setTimeout(() => fail(acknowledged ? noResponse(timeoutMs) : noAcknowledgement(request.type, `within ${timeoutMs / 1000} s`)), timeoutMs);
    const stopWatching = exchanges.watch(request.token, (packet, from) => {
      end();
      const critical = unknownCritical(packet.options);
      if (critical === null) resolve({ packet, from });
      else
        reject(
          new CoapFailure(
            'bad-response',
            `The response has the critical option ${critical}, which is not understood.`,
            'It was rejected, as RFC 7252 §5.4.1 demands. The message log shows it.',
          ),
        );
      return critical === null;
    });
    signal.addEventListener('abort', cancel);
    if (signal.aborted) return cancel();
    try {
      stopSending = messages.send(peer, request, {
        acknowledged: () => void (acknowledged = true),
        reset: () =>
          fail(
            new CoapFailure(
              'reset',
              'The server rejected the message with a Reset.',
              'It did not understand the request, or has forgotten the observation it belongs to.',
            ),
          ),
        gaveUp: () => fail(noAcknowledgement(request.type, 'after all retransmissions')),
      });
    } catch (error) {
      fail(new CoapFailure('too-large', error instanceof Error ? error.message : String(error), 'Shorten the options or the token.'));
    }
  });
}

const tokenKey = (token: Uint8Array): string => Array.from(token, (byte) => String.fromCharCode(byte)).join('');

function noAcknowledgement(type: string, when: string): CoapFailure {
  if (type === 'NON')
    return new CoapFailure('no-response', `No response came ${when}.`, 'A Non-confirmable request may be lost: send it again, or as Confirmable.');
  return new CoapFailure(
    'no-acknowledgement',
    `The server did not acknowledge the request ${when}.`,
    'Check the address and the port, and whether a firewall drops UDP.',
  );
}

function noResponse(timeoutMs: number): CoapFailure {
  return new CoapFailure(
    'no-response',
    `The server acknowledged the request, but did not respond within ${timeoutMs / 1000} s.`,
    'Give it more time: it may respond later, on its own.',
  );
}
