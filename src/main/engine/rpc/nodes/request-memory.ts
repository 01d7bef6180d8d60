import type { OutgoingMessage, RpcRequest } from '../../../../shared/rpc/dialect.ts';
import { isStrongKey } from '../calls/call-links.ts';

/** How long a request is known again. */
const rememberedMs = 60_000;
/** A second copy within this time, not marked as sent again, is the same message delivered for two subscriptions: the answer that was sent is enough. */
const sameMessageMs = 1000;
const maxRequests = 10_000;
const maxBytes = 16 * 1024 * 1024;

interface Incoming {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly dup: boolean;
}

export interface KnownRequest {
  readonly id: string;
  readonly at: number;
  readonly topic: string;
  readonly hash: number;
  readonly sizeBytes: number;
  /** What was sent; `null`: nothing yet, or not kept. */
  answer: OutgoingMessage | null;
  bytes: number;
}

export type Repeat = { readonly kind: 'new'; readonly request: KnownRequest | null } | { readonly kind: 'repeat'; readonly answer: OutgoingMessage | null };

/**
 * Tells requests that are delivered again from new ones, so that each runs once. An id that is one of a kind is enough for that, with the same bytes; short ids (JSON-RPC counts 1, 2, 3)
 * begin anew with each caller, and count only when the message is marked as sent again.
 */
export class RequestMemory {
  readonly #clock: () => number;
  /** The oldest first. */
  readonly #known = new Map<string, KnownRequest>();
  #bytes = 0;

  /** `clock`: ms, never goes back. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  take({ topic, payload, dup }: Incoming, { key, replyTo }: Pick<RpcRequest, 'key' | 'replyTo'>): Repeat {
    const now = this.#clock();
    this.#forget(now);
    const id = `${replyTo}\u0000${key}`;
    const before = this.#known.get(id);
    const hash = hashOf(payload);
    if (before && (dup || isStrongKey(key)) && before.topic === topic && before.hash === hash && before.sizeBytes === payload.byteLength) {
      return { kind: 'repeat', answer: dup || now - before.at > sameMessageMs ? before.answer : null };
    }
    const request: KnownRequest = { id, at: now, topic, hash, sizeBytes: payload.byteLength, answer: null, bytes: id.length * 2 + 200 };
    if (before) this.#drop(before);
    this.#known.set(id, request);
    this.#bytes += request.bytes;
    return { kind: 'new', request };
  }

  /** What repeats are answered with. */
  answered(request: KnownRequest | null, answer: OutgoingMessage): void {
    if (!request || this.#known.get(request.id) !== request) return;
    const bytes = answer.payload.byteLength;
    if (bytes > maxBytes / 16) return;
    request.answer = answer;
    request.bytes += bytes;
    this.#bytes += bytes;
    this.#forget(this.#clock());
  }

  /** What will not be answered any more runs again when it is delivered again. */
  forgetUnanswered(): void {
    for (const request of this.#known.values()) if (request.answer === null) this.#drop(request);
  }

  clear(): void {
    this.#known.clear();
    this.#bytes = 0;
  }

  #forget(now: number): void {
    for (const request of this.#known.values()) {
      if (now - request.at <= rememberedMs && this.#known.size <= maxRequests && this.#bytes <= maxBytes) return;
      this.#drop(request);
    }
  }

  #drop(request: KnownRequest): void {
    this.#known.delete(request.id);
    this.#bytes -= request.bytes;
  }
}

/** FNV-1a, 32 bits: two requests of one id that differ are told apart well enough. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x81_1c_9d_c5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  return hash >>> 0;
}
