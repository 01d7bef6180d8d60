import type { Socket } from 'node:net';
import { parseProxyHeader } from './proxy-header.ts';

interface ArrivalOptions {
  /** As the network reports it. */
  readonly address: string;
  readonly timeoutMs: number;
  /** Why the connection was refused; once. */
  readonly onRefused: (arrival: Arrival, reason: string) => void;
  /** It was handed over, or its socket has closed. */
  readonly onLeft: (arrival: Arrival) => void;
}

/** A connection on its way from its listener to the engine, which has a limited time. */
export class Arrival {
  readonly socket: Socket;
  /** As the network, or a proxy in front of us, reports it. */
  address: string;
  certificateSubject: string | undefined;
  certificateUser: string | null | undefined;
  /** What is said of it when its time is over. */
  lateReason = '';
  readonly #options: ArrivalOptions;
  readonly #timer: NodeJS.Timeout;
  #isRefused = false;
  #hasLeft = false;

  constructor(socket: Socket, options: ArrivalOptions) {
    this.socket = socket;
    this.address = options.address;
    this.#options = options;
    this.#timer = setTimeout(() => this.refuse(this.lateReason), options.timeoutMs);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#leave());
  }

  /** The engine may take it now; false when it is too late for that. */
  handOver(): boolean {
    if (this.#hasLeft || this.#isRefused) return false;
    this.#leave();
    return true;
  }

  /** Says why, once, and closes the connection. */
  refuse(reason: string): void {
    this.reportRefusal(reason);
    this.socket.destroy();
  }

  /** Says why, once; an answer is on its way to the client, who has the rest of the time to close the connection. */
  reportRefusal(reason: string): void {
    if (this.#isRefused) return;
    this.#isRefused = true;
    this.#options.onRefused(this, reason);
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    clearTimeout(this.#timer);
    this.#options.onLeft(this);
  }

  /** Takes a PROXY header off the stream, whatever pieces it comes in, and goes on with what follows it. */
  readProxyHeader(onRead: () => void): void {
    const { socket } = this;
    let collected: Buffer = Buffer.alloc(0);
    const read = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      collected = collected.length === 0 ? chunk : Buffer.concat([collected, chunk]);
      const result = parseProxyHeader(collected);
      if (result.outcome === 'incomplete') return;
      socket.off('readable', read);
      if (result.outcome === 'malformed') return this.refuse(`Its PROXY header cannot be used: ${result.reason}.`);
      this.address = result.source ?? this.address;
      if (result.length < collected.length) socket.unshift(collected.subarray(result.length));
      onRead();
    };
    socket.on('readable', read);
  }
}
