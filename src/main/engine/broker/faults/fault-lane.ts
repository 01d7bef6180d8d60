import type { PacketFault } from '../../../../shared/messages/tapped-packet.ts';
import type { FaultClock } from './fault-clock.ts';

/** Bytes of a throttled packet leave at most so often. */
const sliceMs = 50;

interface Waiting {
  readonly bytes: Uint8Array;
  readonly readyAt: number;
  /** Bytes a second; 0: at once. */
  readonly rate: number;
  readonly fault: PacketFault | undefined;
  sent: number;
  startedAt: number;
}

export interface LaneOptions {
  readonly clock: FaultClock;
  /** A part of a packet goes on its way. */
  readonly pass: (bytes: Uint8Array) => void;
  /** The packet has gone on its way whole. */
  readonly passed: (packet: Uint8Array, fault: PacketFault | undefined) => void;
  /** So many bytes more (or fewer) are held. */
  readonly held: (packets: number, bytes: number) => void;
}

/** One direction of a connection: packets wait their time and leave in the order they came. */
export class FaultLane {
  readonly #options: LaneOptions;
  #queue: Waiting[] = [];
  #lastReadyAt = 0;
  #freeAt = 0;
  #cancel: (() => void) | null = null;
  #isPumping = false;
  heldBytes = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** Whether the packet had to wait. */
  add(bytes: Uint8Array, delayMs: number, rate: number, fault: PacketFault | undefined): boolean {
    const now = this.#options.clock.nowMs();
    const readyAt = Math.max(now + delayMs, this.#lastReadyAt);
    this.#lastReadyAt = readyAt;
    if (this.#queue.length === 0 && readyAt <= now && rate === 0 && !this.#isPumping) {
      this.#options.pass(bytes);
      this.#options.passed(bytes, fault);
      return false;
    }
    this.#queue.push({ bytes, readyAt, rate, fault, sent: 0, startedAt: -1 });
    this.#hold(1, bytes.byteLength);
    this.#pump();
    return true;
  }

  /** Everything leaves now, in its order. */
  flush(): void {
    while (this.#queue.length > 0) this.#finish(this.#queue[0] as Waiting);
    this.#lastReadyAt = 0;
    this.#freeAt = 0;
    this.#arm(null);
  }

  /** The oldest packet leaves before its time. */
  hurry(): boolean {
    const [head] = this.#queue;
    if (head !== undefined) this.#finish(head);
    return head !== undefined;
  }

  /** What is held is lost. */
  clear(): void {
    this.#hold(-this.#queue.length, -this.heldBytes);
    this.#queue = [];
    this.#arm(null);
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (;;) {
        const [head] = this.#queue;
        if (head === undefined) return this.#arm(null);
        const now = this.#options.clock.nowMs();
        if (head.readyAt > now) return this.#arm(head.readyAt - now);
        if (head.rate > 0) {
          const leftMs = this.#slice(head, now);
          if (this.#queue[0] !== head) continue;
          if (leftMs > 0) return this.#arm(leftMs);
        }
        this.#finish(head);
      }
    } finally {
      this.#isPumping = false;
    }
  }

  /** What may leave by now of a throttled packet; ms until more may, 0 when all of it. */
  #slice(head: Waiting, now: number): number {
    const { bytes, rate } = head;
    if (head.startedAt < 0) head.startedAt = Math.max(head.readyAt, this.#freeAt);
    const doneAt = head.startedAt + (bytes.byteLength / rate) * 1000;
    this.#freeAt = doneAt;
    if (doneAt <= now) return 0;
    const due = Math.floor(((now - head.startedAt) * rate) / 1000);
    if (due > head.sent) {
      const { sent } = head;
      head.sent = due;
      this.#hold(0, sent - due);
      // It may end the connection, and all that waits with it.
      this.#options.pass(bytes.subarray(sent, due));
    }
    const nextByteMs = head.startedAt + ((head.sent + 1) / rate) * 1000 - now;
    return Math.max(1, Math.min(Math.max(nextByteMs, sliceMs), doneAt - now));
  }

  #finish(head: Waiting): void {
    this.#queue.shift();
    this.#hold(-1, head.sent - head.bytes.byteLength);
    this.#options.pass(head.sent === 0 ? head.bytes : head.bytes.subarray(head.sent));
    this.#options.passed(head.bytes, head.fault);
  }

  #hold(packets: number, bytes: number): void {
    this.heldBytes += bytes;
    this.#options.held(packets, bytes);
  }

  #arm(ms: number | null): void {
    this.#cancel?.();
    this.#cancel = ms === null ? null : this.#options.clock.after(ms, () => this.#pump());
  }
}
