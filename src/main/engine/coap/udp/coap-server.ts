import { encodeUint, optionValues, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import {
  formatCode,
  isResponseCode,
  methodCodes,
  methodOf,
  parseCode,
  type CoapMethod,
  type CoapOption,
  type CoapPacket,
} from '../../../../shared/coap/udp/packet.ts';
import { unknownCritical } from './critical-options.ts';
import { openBound, type Datagrams, type Peer } from './datagrams.ts';
import { MessageLayer, type LoggedMessage, type Outgoing } from './message-layer.ts';
import { ServedBlocks, validated, type Representation } from './served-blocks.ts';
import { defaultTransmission, type Transmission } from './transmission.ts';

const option = {
  etag: 4,
  observe: 6,
  uriPath: 11,
  contentFormat: 12,
  maxAge: 14,
  uriQuery: 15,
  accept: 17,
  proxyUri: 35,
  proxyScheme: 39,
  noResponse: 258,
} as const;

export interface ServedCoapRequest {
  readonly method: CoapMethod;
  readonly path: readonly string[];
  readonly query: readonly string[];
  /** Whole, however many blocks it took. */
  readonly payload: Uint8Array;
  readonly contentFormat: number | undefined;
  readonly accept: number | undefined;
  readonly options: readonly CoapOption[];
  readonly from: Peer;
}

interface ServedCoapResponse {
  /** `2.05`. */
  readonly code: string;
  readonly payload?: Uint8Array;
  readonly contentFormat?: number;
  /** Seconds. */
  readonly maxAge?: number;
  /** Further ones, such as Location-Path. */
  readonly options?: readonly CoapOption[];
  /** Of a GET or FETCH: changes of the resource are told to whoever asked for it. */
  readonly observable?: boolean;
}

export interface CoapServerOptions {
  readonly port: number;
  /** Of an address of this machine. */
  readonly host: string;
  readonly clock: () => number;
  readonly random: () => number;
  readonly transmission?: Transmission;
  /** Larger payloads are refused with 4.13. */
  readonly maxBodyBytes: number;
  /** `null`: no response at all. What it throws is answered with 5.00. */
  readonly handle: (request: ServedCoapRequest) => Promise<ServedCoapResponse | null> | ServedCoapResponse | null;
  readonly onLog?: (message: LoggedMessage) => void;
  readonly onFailure?: (error: unknown) => void;
}

export interface CoapServer {
  readonly local: Peer;
  observers(): number;
  /** The resource has changed: each of its observers gets a notification. */
  changed(path: readonly string[]): void;
  close(): void;
}

interface Observer {
  readonly peer: Peer;
  readonly token: Uint8Array;
  readonly request: ServedCoapRequest;
  stop: () => void;
}

/** What is not ready by then is acknowledged first, and responded to on its own (RFC 7252 §5.2.2). */
const piggybackMs = 400;
const maxObservers = 10_000;

/** A CoAP server on a UDP port. Rejects when the port cannot be had. */
export async function openCoapServer(options: CoapServerOptions): Promise<CoapServer> {
  const { clock, random, transmission = defaultTransmission, onLog } = options;
  const datagrams = await openBound(options.port, options.host, {
    received: (bytes, from) => messages.receive(bytes, from),
    failed: (failure) => options.onFailure?.(failure),
  });
  const messages: MessageLayer = new MessageLayer({
    send: (bytes, to) => datagrams.send(bytes, to),
    clock,
    random,
    transmission,
    // It asks nobody.
    onResponse: () => false,
    onRequest: (packet, from) => server.take(packet, from),
    ...(onLog ? { onLog } : {}),
  });
  const server = new Server(options, messages, datagrams);
  return server;
}

class Server implements CoapServer {
  readonly local: Peer;
  readonly #options: CoapServerOptions;
  readonly #messages: MessageLayer;
  readonly #datagrams: Datagrams;
  readonly #blocks: ServedBlocks;
  readonly #observers = new Map<string, Observer>();
  #sequence = 1;

  constructor(options: CoapServerOptions, messages: MessageLayer, datagrams: Datagrams) {
    this.#options = options;
    this.#messages = messages;
    this.#datagrams = datagrams;
    this.#blocks = new ServedBlocks(options);
    this.local = datagrams.local;
  }

  observers(): number {
    return this.#observers.size;
  }

  take(packet: CoapPacket, from: Peer): void {
    const respond = this.#responder(packet, from);
    const refusal = this.#refuse(packet);
    if (refusal === 'ignore') return;
    if (refusal) return respond(refusal);
    const body = this.#blocks.receive(packet, from);
    if ('response' in body) return respond(body.response);
    const request = this.#read(packet, from, body.payload);
    const known = this.#blocks.find(packet, from);
    if (known) return respond(this.#blocks.slice(packet, known));
    void this.#answer(request).then((representation) => {
      if (!representation) return respond(null);
      this.#observe(packet, from, request, representation);
      const isObserver = this.#observers.has(keyOf(from, packet.token));
      const observed = isObserver
        ? { ...representation, options: [...representation.options, { number: option.observe, value: encodeUint(this.#nextSequence()) }] }
        : representation;
      respond(this.#blocks.slice(packet, validated(packet, this.#blocks.keep(packet, from, observed)), body.acknowledge));
    });
  }

  changed(path: readonly string[]): void {
    const changed = path.join('/');
    for (const [key, observer] of this.#observers) {
      if (observer.request.path.join('/') !== changed) continue;
      void this.#answer(observer.request).then((representation) => this.#notify(key, observer, representation));
    }
  }

  close(): void {
    this.#observers.clear();
    this.#messages.close();
    this.#datagrams.close();
  }

  #notify(key: string, observer: Observer, representation: Representation | null): void {
    if (this.#observers.get(key) !== observer || !representation) return;
    const { peer, token } = observer;
    // An error ends the observation (RFC 7641 §4.2).
    const ends = representation.code >> 5 !== 2;
    const options = ends ? representation.options : [...representation.options, { number: option.observe, value: encodeUint(this.#nextSequence()) }];
    const asked = { code: methodCodes[observer.request.method], options: observer.request.options, token };
    const first = this.#blocks.slice(asked, this.#blocks.keep(asked, peer, { ...representation, options }));
    const forget = (): void => void this.#observers.delete(key);
    // A newer state takes the place of one that is still being sent (§4.5.2).
    observer.stop();
    observer.stop = this.#messages.send(peer, { type: 'CON', ...first }, { reset: forget, gaveUp: forget });
    if (ends) forget();
  }

  #observe(packet: CoapPacket, from: Peer, request: ServedCoapRequest, { observable, code }: Representation): void {
    const wish = uintOption(packet, option.observe);
    if (wish === undefined || (request.method !== 'GET' && request.method !== 'FETCH')) return;
    const key = keyOf(from, packet.token);
    this.#observers.get(key)?.stop();
    this.#observers.delete(key);
    if (wish !== 0 || !observable || code >> 5 !== 2 || this.#observers.size >= maxObservers) return;
    this.#observers.set(key, { peer: from, token: packet.token, request, stop: () => undefined });
  }

  /** Before anything is looked at: what cannot be understood, or is meant for a proxy. */
  #refuse(packet: CoapPacket): Outcome | 'ignore' | null {
    const critical = unknownCritical(packet.options);
    // In a non-confirmable request it makes the request be rejected (§5.4.1).
    if (critical !== null) return packet.type === 'CON' ? outcome('4.02', `The critical option ${critical} is not known.`) : 'ignore';
    if (packet.options.some(({ number }) => number === option.proxyUri || number === option.proxyScheme)) return outcome('5.05', 'This is no proxy.');
    return methodOf(packet.code) === null ? outcome('4.05', `The method ${formatCode(packet.code)} is not known.`) : null;
  }

  async #answer(request: ServedCoapRequest): Promise<Representation | null> {
    let response: ServedCoapResponse | null;
    try {
      response = await this.#options.handle(request);
    } catch (error) {
      response = { code: '5.00', payload: new TextEncoder().encode(error instanceof Error ? error.message : String(error)) };
    }
    if (!response) return null;
    const code = parseCode(response.code);
    const options: CoapOption[] = [...(response.options ?? [])];
    if (response.contentFormat !== undefined) options.push({ number: option.contentFormat, value: encodeUint(response.contentFormat) });
    if (response.maxAge !== undefined) options.push({ number: option.maxAge, value: encodeUint(response.maxAge) });
    return {
      code: code !== null && isResponseCode(code) ? code : 0xa0,
      options,
      payload: response.payload ?? new Uint8Array(0),
      observable: response.observable ?? false,
    };
  }

  #read(packet: CoapPacket, from: Peer, payload: Uint8Array): ServedCoapRequest {
    const texts = (number: number): string[] => optionValues(packet, number).map((value) => new TextDecoder().decode(value));
    return {
      method: methodOf(packet.code) ?? 'GET',
      path: texts(option.uriPath),
      query: texts(option.uriQuery),
      payload,
      contentFormat: uintOption(packet, option.contentFormat),
      accept: uintOption(packet, option.accept),
      options: packet.options,
      from,
    };
  }

  /** On the acknowledgement where it is ready soon; `null`: it stays without a response. */
  #responder({ type, messageId, token, options }: CoapPacket, from: Peer): (response: Outcome | null) => void {
    const unwanted = uintOption({ options }, option.noResponse) ?? 0;
    let acknowledged = type !== 'CON';
    const acknowledge = (): void => {
      acknowledged = true;
      this.#messages.acknowledge(from, messageId);
    };
    const timer = acknowledged ? undefined : setTimeout(acknowledge, piggybackMs);
    return (response) => {
      clearTimeout(timer);
      const outgoing = response && { token, ...response };
      // Whoever asks for no response of a class gets none (RFC 7967 §2).
      const isUnwanted = outgoing !== null && (unwanted & (1 << ((outgoing.code >> 5) - 1))) !== 0;
      if (!outgoing || isUnwanted) {
        if (!acknowledged) acknowledge();
      } else if (acknowledged) this.#messages.send(from, { ...outgoing, type: type === 'CON' ? 'CON' : 'NON' });
      else this.#messages.acknowledge(from, messageId, outgoing);
    };
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) & 0xffffff;
    return this.#sequence;
  }
}

type Outcome = Pick<Outgoing, 'code' | 'options' | 'payload'>;

function outcome(code: string, detail: string): Outcome {
  return { code: parseCode(code) ?? 0, options: [], payload: new TextEncoder().encode(detail) };
}

const keyOf = ({ address, port }: Peer, token: Uint8Array): string => `${address} ${port} ${token.join(' ')}`;
