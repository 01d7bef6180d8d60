import type { CoapUdpFailure, CoapUdpProgress, CoapUdpResponse } from '../../../../shared/contract/coap-udp.ts';
import type { Progress } from '../udp/blockwise.ts';
import type { CoapResponse } from '../udp/coap-client.ts';
import { CoapFailure } from '../udp/coap-failure.ts';
import type { LoggedMessage } from '../udp/message-layer.ts';
import { peerText } from './peer-text.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is known of one request while it goes on, put together from its messages. */
export class RequestProgress {
  readonly #clock: () => number;
  readonly #began: number;
  readonly #onChange: (state: CoapUdpProgress) => void;
  readonly #state: Mutable<CoapUdpProgress>;

  constructor(times: { readonly now: () => number; readonly clock: () => number }, onChange: (state: CoapUdpProgress) => void) {
    this.#clock = times.clock;
    this.#began = times.clock();
    this.#onChange = onChange;
    this.#state = {
      phase: 'looking-up',
      startedAt: times.now(),
      elapsedMs: 0,
      messagesSent: 0,
      messagesReceived: 0,
      bytesSent: 0,
      bytesReceived: 0,
      retransmissions: 0,
      retransmission: null,
      upload: null,
      download: null,
      response: null,
      failure: null,
    };
  }

  logged({ direction, bytes, packet, note }: LoggedMessage): void {
    const state = this.#state;
    if (direction === 'out') {
      state.messagesSent += 1;
      state.bytesSent += bytes.length;
      const again = /^retransmission (\d+) of (\d+)$/.exec(note ?? '');
      if (again) {
        state.retransmissions += 1;
        state.retransmission = { number: Number(again[1]), of: Number(again[2]) };
      } else if (packet?.type === 'CON' || packet?.type === 'NON') state.retransmission = null;
      if (packet?.type === 'CON' || packet?.type === 'NON') state.phase = 'sent';
    } else {
      state.messagesReceived += 1;
      state.bytesReceived += bytes.length;
      if (packet?.type === 'ACK') {
        state.retransmission = null;
        if (packet.code === 0 && note === null) state.phase = 'acknowledged';
      }
    }
    this.#tell();
  }

  blocks({ direction, bytes, totalBytes }: Progress): void {
    this.#state[direction === 'up' ? 'upload' : 'download'] = { bytes, totalBytes };
    this.#tell();
  }

  responded(response: CoapUdpResponse): void {
    const { upload } = this.#state;
    if (upload) this.#state.upload = { ...upload, bytes: upload.totalBytes ?? upload.bytes };
    this.#state.response = response;
    this.#state.phase = 'responded';
    this.#tell();
  }

  failed(failure: CoapUdpFailure): void {
    this.#state.failure = failure;
    this.#state.phase = 'failed';
    this.#tell();
  }

  #tell(): void {
    this.#state.elapsedMs = this.#clock() - this.#began;
    this.#onChange({ ...this.#state });
  }
}

export function plainResponse({ packet, from, elapsedMs }: CoapResponse, at: number): CoapUdpResponse {
  const { type, code, messageId, token, options, payload } = packet;
  return { type, code, messageId, token, options, payload, from: peerText(from), elapsedMs, at };
}

/** Throws what is no failure of a request again. */
export function plainFailure(error: unknown): CoapUdpFailure {
  if (!(error instanceof CoapFailure)) throw error;
  return { kind: error.kind, message: error.message, advice: error.advice };
}
