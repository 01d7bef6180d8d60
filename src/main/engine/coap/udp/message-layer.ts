import { decodeCoap } from '../../../../shared/coap/udp/decode.ts';
import { encodeCoap } from '../../../../shared/coap/udp/encode.ts';
import { emptyCode, isRequestCode, isResponseCode, type CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import type { Peer } from './datagrams.ts';
import { exchangeLifetimeMs, type Transmission } from './transmission.ts';

/** A message as it was on the wire, and what was made of it. */
export interface LoggedMessage {
  /** ms of the clock that never goes back. */
  readonly at: number;
  readonly direction: 'in' | 'out';
  readonly peer: Peer;
  readonly bytes: Uint8Array;
  /** `null`: it cannot be read; the note says why. */
  readonly packet: CoapPacket | null;
  /** `retransmission 2 of 4`, `duplicate`, … */
  readonly note: string | null;
}

export interface MessageLayerOptions {
  readonly send: (bytes: Uint8Array, to: Peer) => void;
  /** ms of a clock that never goes back. */
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly transmission: Transmission;
  /** A response with a token: true when somebody waits for it. What nobody waits for is rejected with a Reset. */
  readonly onResponse: (packet: CoapPacket, from: Peer) => boolean;
  /** Absent: this side serves nothing. A request that comes twice is told once. */
  readonly onRequest?: (packet: CoapPacket, from: Peer) => void;
  readonly onLog?: (message: LoggedMessage) => void;
}

export type Outgoing = Omit<CoapPacket, 'messageId'>;

export interface SendHooks {
  /** By an Acknowledgement, empty or with the response on it. */
  acknowledged?(): void;
  reset?(): void;
  /** After the last retransmission nothing came. */
  gaveUp?(): void;
}

interface Waiting {
  readonly peer: Peer;
  readonly bytes: Uint8Array;
  readonly packet: CoapPacket;
  readonly hooks: SendHooks;
  timer: NodeJS.Timeout | undefined;
  transmissions: number;
  timeoutMs: number;
}

/** Messages seen from peers are remembered for so long, and at most so many. */
const maxRemembered = 10_000;

/** Reliability and duplicates (RFC 7252 §4): sends each Confirmable message until it is acknowledged, and takes each message once. */
export class MessageLayer {
  readonly #options: MessageLayerOptions;
  readonly #waiting = new Map<string, Waiting>();
  /** Confirmable messages that wait for others to the same peer (NSTART, §4.7), by peer. */
  readonly #queues = new Map<string, (() => boolean)[]>();
  readonly #outstanding = new Map<string, number>();
  /** Non-confirmable messages that a Reset may answer. */
  readonly #sentNon = new Map<string, SendHooks>();
  /** Of messages received, by peer and id: what was answered; the oldest first. */
  readonly #seen = new Map<string, { readonly at: number; answer: Uint8Array | null }>();
  #nextId: number;
  #closed = false;

  constructor(options: MessageLayerOptions) {
    this.#options = options;
    this.#nextId = Math.floor(options.random() * 0x10000);
  }

  /** Gives the message an id and sends it. Answers a function that stops the retransmission. */
  send(to: Peer, outgoing: Outgoing, hooks: SendHooks = {}): () => void {
    const packet: CoapPacket = { ...outgoing, messageId: this.#takeId() };
    const bytes = encodeCoap(packet);
    const key = keyOf(to, packet.messageId);
    if (packet.type !== 'CON') {
      this.#transmit(to, packet, bytes, null);
      remember(this.#sentNon, key, hooks);
      return () => void this.#sentNon.delete(key);
    }
    const waiting: Waiting = { peer: to, bytes, packet, hooks, timer: undefined, transmissions: 0, timeoutMs: 0 };
    let stopped = false;
    const begin = (): boolean => {
      if (stopped || this.#closed) return false;
      this.#waiting.set(key, waiting);
      const { ackTimeoutMs, ackRandomFactor } = this.#options.transmission;
      waiting.timeoutMs = ackTimeoutMs * (1 + (ackRandomFactor - 1) * this.#options.random());
      this.#transmitAgain(key, waiting);
      return true;
    };
    this.#whenThereIsRoom(to, begin);
    return () => {
      stopped = true;
      this.#stop(key);
    };
  }

  /** Acknowledges a request, with its response or (code 0) without. */
  acknowledge(to: Peer, messageId: number, response?: Omit<Outgoing, 'type'>): void {
    const empty = new Uint8Array(0);
    this.#answer(to, { type: 'ACK', messageId, code: emptyCode, token: empty, options: [], payload: empty, ...response });
  }

  /** Rejects a message (§4.2, §4.3). */
  reject(to: Peer, messageId: number): void {
    const empty = new Uint8Array(0);
    this.#answer(to, { type: 'RST', messageId, code: emptyCode, token: empty, options: [], payload: empty });
  }

  receive(bytes: Uint8Array, from: Peer): void {
    if (this.#closed) return;
    const packet = decodeCoap(bytes);
    if ('problem' in packet) {
      this.#log('in', from, bytes, null, packet.problem);
      // Anything else that is malformed is ignored without a word (§4.2, §4.3).
      if (packet.header?.type === 'CON') this.reject(from, packet.header.messageId);
      return;
    }
    if (packet.type === 'ACK' || packet.type === 'RST') this.#answered(packet, from, bytes);
    else this.#taken(packet, from, bytes);
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    this.#queues.clear();
    this.#sentNon.clear();
    this.#seen.clear();
  }

  #answered(packet: CoapPacket, from: Peer, bytes: Uint8Array): void {
    const key = keyOf(from, packet.messageId);
    const waiting = this.#waiting.get(key);
    const hooks = waiting?.hooks ?? this.#sentNon.get(key);
    this.#log('in', from, bytes, packet, hooks ? null : 'answers no message that waits: ignored');
    if (!hooks) return;
    this.#stop(key);
    this.#sentNon.delete(key);
    if (packet.type === 'RST') {
      hooks.reset?.();
      return;
    }
    hooks.acknowledged?.();
    // Requests cannot travel on an Acknowledgement (§4.2).
    if (isResponseCode(packet.code)) this.#options.onResponse(packet, from);
  }

  #taken(packet: CoapPacket, from: Peer, bytes: Uint8Array): void {
    const key = keyOf(from, packet.messageId);
    const before = this.#seen.get(key);
    if (before && this.#options.clock() - before.at < exchangeLifetimeMs(this.#options.transmission)) {
      this.#log('in', from, bytes, packet, 'duplicate');
      if (before.answer) this.#transmit(from, decodeCoap(before.answer) as CoapPacket, before.answer, 'again, to a duplicate');
      return;
    }
    this.#seen.delete(key);
    remember(this.#seen, key, { at: this.#options.clock(), answer: null });
    const { onRequest, onResponse } = this.#options;
    if (isRequestCode(packet.code) && onRequest) {
      this.#log('in', from, bytes, packet, null);
      onRequest(packet, from);
    } else if (isResponseCode(packet.code)) {
      this.#log('in', from, bytes, packet, null);
      if (!onResponse(packet, from)) this.reject(from, packet.messageId);
      else if (packet.type === 'CON') this.acknowledge(from, packet.messageId);
    } else {
      const isPing = packet.code === emptyCode;
      this.#log('in', from, bytes, packet, isPing ? 'ping' : isRequestCode(packet.code) ? 'a request, and nothing is served here' : 'reserved code');
      if (packet.type === 'CON') this.reject(from, packet.messageId);
    }
  }

  #answer(to: Peer, packet: CoapPacket): void {
    const bytes = encodeCoap(packet);
    const seen = this.#seen.get(keyOf(to, packet.messageId));
    if (seen) seen.answer = bytes;
    this.#transmit(to, packet, bytes, null);
  }

  #whenThereIsRoom(to: Peer, begin: () => boolean): void {
    const peer = keyOf(to);
    const outstanding = this.#outstanding.get(peer) ?? 0;
    if (outstanding < this.#options.transmission.nstart) {
      if (begin()) this.#outstanding.set(peer, outstanding + 1);
      return;
    }
    let queue = this.#queues.get(peer);
    if (!queue) this.#queues.set(peer, (queue = []));
    queue.push(begin);
  }

  #makeRoom(to: Peer): void {
    const peer = keyOf(to);
    const queue = this.#queues.get(peer);
    for (let next = queue?.shift(); next; next = queue?.shift()) {
      if (next()) return;
    }
    this.#queues.delete(peer);
    const outstanding = (this.#outstanding.get(peer) ?? 1) - 1;
    if (outstanding > 0) this.#outstanding.set(peer, outstanding);
    else this.#outstanding.delete(peer);
  }

  #transmitAgain(key: string, waiting: Waiting): void {
    const { maxRetransmit } = this.#options.transmission;
    const { transmissions } = waiting;
    this.#transmit(waiting.peer, waiting.packet, waiting.bytes, transmissions === 0 ? null : `retransmission ${transmissions} of ${maxRetransmit}`);
    waiting.transmissions += 1;
    waiting.timer = setTimeout(() => {
      if (waiting.transmissions <= maxRetransmit) this.#transmitAgain(key, waiting);
      else {
        this.#stop(key);
        waiting.hooks.gaveUp?.();
      }
    }, waiting.timeoutMs);
    waiting.timer.unref();
    // Binary exponential back-off (§4.2).
    waiting.timeoutMs *= 2;
  }

  #stop(key: string): void {
    const waiting = this.#waiting.get(key);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(key);
    this.#makeRoom(waiting.peer);
  }

  #transmit(to: Peer, packet: CoapPacket, bytes: Uint8Array, note: string | null): void {
    this.#log('out', to, bytes, packet, note);
    this.#options.send(bytes, to);
  }

  #log(direction: 'in' | 'out', peer: Peer, bytes: Uint8Array, packet: CoapPacket | null, note: string | null): void {
    this.#options.onLog?.({ at: this.#options.clock(), direction, peer, bytes, packet, note });
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = (id + 1) & 0xffff;
    return id;
  }
}

const keyOf = ({ address, port }: Peer, messageId?: number): string => `${address} ${port} ${messageId ?? ''}`;

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  if (map.size <= maxRemembered) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
