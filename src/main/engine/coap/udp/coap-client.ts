import type { CoapOption, CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { download, upload, type BlockwiseOptions, type Progress } from './blockwise.ts';
import { CoapFailure } from './coap-failure.ts';
import { openConnected, resolvePeer, type Datagrams, type Peer } from './datagrams.ts';
import { exchange, Exchanges, type ExchangeOptions } from './exchange.ts';
import { MessageLayer, type LoggedMessage, type Outgoing } from './message-layer.ts';
import { isNewerNotification } from './observe-order.ts';
import { defaultTransmission, type Transmission } from './transmission.ts';

const observeOption = 6;

export interface CoapRequest {
  readonly host: string;
  readonly port: number;
  readonly type: 'CON' | 'NON';
  /** The byte of the method code. */
  readonly code: number;
  /** Absent: a new one of four bytes. */
  readonly token?: Uint8Array | undefined;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
  /** For each response, from its request on. */
  readonly timeoutMs: number;
  /** 16 … 1024; larger payloads are sent in such blocks. */
  readonly blockSize: number;
  readonly maxBodyBytes: number;
}

export interface CoapResponse {
  /** Whole, however many blocks it took. */
  readonly packet: CoapPacket;
  readonly from: Peer;
  readonly elapsedMs: number;
}

export interface RequestHooks {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface CoapClientOptions {
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly transmission?: Transmission;
  readonly onLog?: (message: LoggedMessage) => void;
}

/** How to end an observation (RFC 7641 §3.6): ask for it, reject the next notification, or just look away, which leads to the second by itself. */
type CancelStyle = 'deregister' | 'reset' | 'forget';

export interface Observation {
  /** Rejects with a CoapFailure when the server does not answer the wish. */
  cancel(style: CancelStyle): Promise<CoapResponse | null>;
}

export interface ObserveHooks extends RequestHooks {
  /** In order: what arrives late, behind a newer one, is not told. */
  readonly onNotification: (response: CoapResponse) => void;
  /** The server ended it with a response that is none of an observation, or it could not be read. */
  readonly onEnd: (failure: CoapFailure | null) => void;
}

interface Line {
  readonly peer: Peer;
  readonly datagrams: Datagrams;
  readonly messages: MessageLayer;
  readonly exchanges: Exchanges;
  readonly broken: AbortController;
}

/** A client for CoAP over UDP: a socket for each peer, open until `close`. */
export class CoapClient {
  readonly #options: CoapClientOptions;
  readonly #lines = new Map<string, Promise<Line>>();
  #closed = false;

  constructor(options: CoapClientOptions) {
    this.#options = options;
  }

  /** Rejects with a CoapFailure. */
  async request(request: CoapRequest, hooks: RequestHooks): Promise<CoapResponse> {
    const began = this.#options.clock();
    const line = await this.#lineTo(request.host, request.port);
    const outgoing = this.#outgoing(request);
    const packet = await this.#carryOut(line, request, outgoing, hooks, (sent) => this.#exchange(line, request, sent, hooks));
    return { packet, from: line.peer, elapsedMs: this.#options.clock() - began };
  }

  /** Resolves with the first response; it is observed from then on only if that has the Observe option, else `observation` is `null`. */
  async observe(request: CoapRequest, hooks: ObserveHooks): Promise<{ readonly response: CoapResponse; readonly observation: Observation | null }> {
    const began = this.#options.clock();
    const { clock } = this.#options;
    const line = await this.#lineTo(request.host, request.port);
    const outgoing = this.#outgoing({
      ...request,
      options: [...request.options.filter(({ number }) => number !== observeOption), { number: observeOption, value: new Uint8Array(0) }],
    });
    let last: { readonly sequence: number; readonly at: number } | null = null;
    let release = (): void => undefined;
    let over = false;
    let rejectNext = false;
    const end = (failure: CoapFailure | null): void => {
      if (over) return;
      over = true;
      release();
      hooks.onEnd(failure);
    };
    const notified = (packet: CoapPacket): void => {
      const sequence = uintOption(packet, observeOption);
      const at = clock();
      if (sequence !== undefined && last && !isNewerNotification(last, { sequence, at })) return;
      if (sequence !== undefined) last = { sequence, at };
      download(this.#blockwise(line, request, hooks), outgoing, packet).then(
        (whole) => {
          if (over) return;
          hooks.onNotification({ packet: whole, from: line.peer, elapsedMs: at - began });
          // An error, or a response without the option, ends it (§3.2, §4.2).
          if (sequence === undefined) end(null);
        },
        (error: unknown) => end(asFailure(error)),
      );
    };
    const first = await this.#carryOut(line, request, outgoing, hooks, async (sent) => {
      const packet = await this.#exchange(line, request, sent, hooks);
      if (sent.token !== outgoing.token || uintOption(packet, observeOption) === undefined) return packet;
      last = { sequence: uintOption(packet, observeOption) ?? 0, at: clock() };
      release = line.exchanges.watch(outgoing.token, (notification) => {
        if (rejectNext) release();
        else if (!over) notified(notification);
        return !rejectNext;
      });
      return packet;
    });
    const response: CoapResponse = { packet: first, from: line.peer, elapsedMs: clock() - began };
    if (last === null) return { response, observation: null };
    line.broken.signal.addEventListener('abort', () => end(line.broken.signal.reason as CoapFailure));
    return {
      response,
      observation: {
        cancel: async (style) => {
          if (over) return null;
          over = true;
          if (style === 'reset') {
            rejectNext = true;
            return null;
          }
          release();
          if (style === 'forget') return null;
          const began2 = clock();
          const options = [...outgoing.options.filter(({ number }) => number !== observeOption), { number: observeOption, value: Uint8Array.of(1) }];
          const packet = await this.#exchange(line, request, { ...outgoing, options }, hooks);
          return { packet, from: line.peer, elapsedMs: clock() - began2 };
        },
      },
    };
  }

  close(): void {
    this.#closed = true;
    for (const opening of this.#lines.values()) {
      void opening.then(
        (line) => breakLine(line, new CoapFailure('cancelled', 'The client was closed.', 'Send the request again.')),
        () => undefined,
      );
    }
    this.#lines.clear();
  }

  async #carryOut(
    line: Line,
    request: CoapRequest,
    outgoing: Outgoing,
    hooks: RequestHooks,
    send: (sent: Outgoing) => Promise<CoapPacket>,
  ): Promise<CoapPacket> {
    const blockwise = { ...this.#blockwise(line, request, hooks), send };
    const first = await upload(blockwise, outgoing);
    return download(blockwise, outgoing, first);
  }

  #blockwise(line: Line, request: CoapRequest, hooks: RequestHooks): BlockwiseOptions {
    return {
      blockSize: request.blockSize,
      maxBodyBytes: request.maxBodyBytes,
      newToken: () => this.#options.randomBytes(4),
      send: (sent) => this.#exchange(line, request, sent, hooks),
      onProgress: (progress) => hooks.onProgress?.(progress),
    };
  }

  async #exchange(line: Line, { timeoutMs }: CoapRequest, sent: Outgoing, { signal }: RequestHooks): Promise<CoapPacket> {
    const options: ExchangeOptions = { ...line, timeoutMs, signal: AbortSignal.any([signal, line.broken.signal]) };
    return (await exchange(options, sent)).packet;
  }

  #outgoing({ type, code, token, options, payload }: CoapRequest): Outgoing {
    return { type, code, token: token ?? this.#options.randomBytes(4), options, payload };
  }

  async #lineTo(host: string, port: number): Promise<Line> {
    const peer = await resolvePeer(host, port);
    if (this.#closed) throw new CoapFailure('cancelled', 'The client was closed.', 'Send the request again.');
    const key = `${peer.address} ${peer.port}`;
    const known = this.#lines.get(key);
    if (known) return known;
    const opening = this.#open(peer, key);
    this.#lines.set(key, opening);
    opening.catch(() => this.#lines.delete(key));
    return opening;
  }

  async #open(peer: Peer, key: string): Promise<Line> {
    const { clock, random, transmission = defaultTransmission, onLog } = this.#options;
    const broken = new AbortController();
    const exchanges = new Exchanges();
    let line: Line | undefined;
    const datagrams = await openConnected(peer, {
      received: (bytes) => line?.messages.receive(bytes, peer),
      failed: (failure) => {
        this.#lines.delete(key);
        if (line) breakLine(line, failure);
      },
    });
    const messages = new MessageLayer({
      send: (bytes, to) => datagrams.send(bytes, to),
      clock,
      random,
      transmission,
      onResponse: exchanges.response,
      ...(onLog ? { onLog } : {}),
    });
    line = { peer, datagrams, messages, exchanges, broken };
    return line;
  }
}

function breakLine({ broken, messages, datagrams }: Line, failure: CoapFailure): void {
  broken.abort(failure);
  messages.close();
  datagrams.close();
}

function asFailure(error: unknown): CoapFailure {
  return error instanceof CoapFailure
    ? error
    : new CoapFailure('bad-response', error instanceof Error ? error.message : String(error), 'The message log shows what came.');
}
