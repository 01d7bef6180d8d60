import type { RpcOutcome } from './dialect.ts';
import { rpcError, type RpcError } from './rpc-error.ts';

export interface CallTableOptions {
  /** ms, of a clock that never goes back: the time of day may change during a call. */
  readonly now: () => number;
  /** Calls beyond fail at once, with 3004. */
  readonly maxPending?: number;
  /** Ended calls whose late and repeated answers are still told from orphans. */
  readonly remembered?: number;
}

export interface NewCall {
  readonly key: string;
  /** The topic the answer is expected on. */
  readonly replyTo: string;
  readonly timeoutMs: number;
  /** In the place of that of the table. */
  readonly maxPending?: number | undefined;
  /** Once, unless the call is cancelled. */
  readonly onEnd: (end: CallEnd) => void;
}

export interface CallEnd {
  readonly outcome: RpcOutcome;
  /** From opening the call. */
  readonly elapsedMs: number;
}

/**
 * What an answer turned out to be. `duplicate`: the call has its answer already. `late`: it was given up before. `orphan`: no call with this id
 * is known. `wrong-reply-topic`: the id of a pending call, on another topic than the call asked for; the call goes on waiting.
 */
export type AnswerKind = 'answered' | 'duplicate' | 'late' | 'orphan' | 'wrong-reply-topic';

interface PendingCall extends NewCall {
  readonly openedAt: number;
  strayTopic?: string;
}

/** The calls of one caller, each from request to answer. Sends and receives nothing, and has no timers: `expire` is for the owner to call, at `nextDeadline`. */
export class CallTable {
  readonly #options: Required<CallTableOptions>;
  readonly #pending = new Map<string, PendingCall>();
  /** The oldest first. */
  readonly #ended = new Map<string, 'answered' | 'given-up'>();

  constructor(options: CallTableOptions) {
    this.#options = { maxPending: 100, remembered: 1000, ...options };
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** `null`: the call is pending, and its request may be sent. */
  open(call: NewCall): RpcError | null {
    const { now } = this.#options;
    const { maxPending = this.#options.maxPending } = call;
    if (this.#pending.size >= maxPending)
      return rpcError('TOO_MANY_PENDING_CALLS', 'local', `${maxPending} calls are waiting for their answers, which is the limit.`);
    if (this.#pending.has(call.key))
      return rpcError('INVALID_RPC_REQUEST', 'local', 'A call with this id is waiting for its answer.', { advice: 'Take another id.' });
    this.#ended.delete(call.key);
    this.#pending.set(call.key, { ...call, openedAt: now() });
    return null;
  }

  /** Takes an answer that arrived on a topic. */
  answer(topic: string, key: string, outcome: RpcOutcome): AnswerKind {
    const call = this.#pending.get(key);
    if (call === undefined) {
      const ended = this.#ended.get(key);
      return ended === undefined ? 'orphan' : ended === 'answered' ? 'duplicate' : 'late';
    }
    if (topic !== call.replyTo) {
      call.strayTopic = topic;
      return 'wrong-reply-topic';
    }
    this.#end(call, outcome, 'answered');
    return 'answered';
  }

  /** Ends a call that cannot be answered any more: the connection is lost, or nobody got the request. */
  fail(key: string, error: RpcError): void {
    const call = this.#pending.get(key);
    if (call) this.#end(call, { error }, 'given-up');
  }

  /** Its `onEnd` is not called. */
  cancel(key: string): boolean {
    if (!this.#pending.delete(key)) return false;
    this.#remember(key, 'given-up');
    return true;
  }

  /** When the next call times out, by the clock of the table; `null`: nothing is pending. */
  nextDeadline(): number | null {
    let next: number | null = null;
    for (const { openedAt, timeoutMs } of this.#pending.values()) if (next === null || openedAt + timeoutMs < next) next = openedAt + timeoutMs;
    return next;
  }

  /** Ends every call whose time is over. */
  expire(): void {
    const now = this.#options.now();
    for (const call of [...this.#pending.values()]) if (call.openedAt + call.timeoutMs <= now) this.#end(call, { error: timeOut(call) }, 'given-up');
  }

  #end(call: PendingCall, outcome: RpcOutcome, how: 'answered' | 'given-up'): void {
    this.#pending.delete(call.key);
    this.#remember(call.key, how);
    call.onEnd({ outcome, elapsedMs: this.#options.now() - call.openedAt });
  }

  #remember(key: string, how: 'answered' | 'given-up'): void {
    this.#ended.set(key, how);
    if (this.#ended.size <= this.#options.remembered) return;
    for (const oldest of this.#ended.keys()) {
      this.#ended.delete(oldest);
      return;
    }
  }
}

function timeOut({ timeoutMs, replyTo, strayTopic }: PendingCall): RpcError {
  const message = `No answer within ${timeoutMs / 1000} s.`;
  if (strayTopic === undefined) return rpcError('RPC_TIMEOUT', 'local', message);
  return rpcError('RPC_TIMEOUT', 'local', `${message} An answer came to "${strayTopic}" instead of "${replyTo}".`, {
    advice: 'Look where the peer takes the topic of its answers from.',
  });
}
