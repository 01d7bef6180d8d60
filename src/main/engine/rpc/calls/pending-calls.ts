import type { DialectId } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { CallRecord } from './call-record.ts';

/** The calls that wait for an answer: by the topic it is expected on, and those of others in the order in which they time out. */
export class PendingCalls {
  /** With their deadlines. All calls of others may take equally long, so that the oldest is the next. */
  readonly #deadlines = new Map<CallRecord, number>();
  readonly #own = new Set<CallRecord>();
  readonly #awaited = new Map<SourceId, Map<string, { count: number; dialect: DialectId }>>();

  add(call: CallRecord, deadline: number): void {
    if (deadline === Infinity) this.#own.add(call);
    else this.#deadlines.set(call, deadline);
    if (call.replyTo === '') return;
    let topics = this.#awaited.get(call.source);
    if (!topics) this.#awaited.set(call.source, (topics = new Map()));
    const awaited = topics.get(call.replyTo);
    if (awaited) {
      awaited.count += 1;
      awaited.dialect = call.dialect;
    } else topics.set(call.replyTo, { count: 1, dialect: call.dialect });
  }

  has(call: CallRecord): boolean {
    return this.#own.has(call) || this.#deadlines.has(call);
  }

  /** False when it was not waiting. */
  remove(call: CallRecord): boolean {
    if (!this.#own.delete(call) && !this.#deadlines.delete(call)) return false;
    const topics = this.#awaited.get(call.source);
    const awaited = topics?.get(call.replyTo);
    if (!topics || !awaited) return true;
    awaited.count -= 1;
    if (awaited.count === 0) topics.delete(call.replyTo);
    if (topics.size === 0) this.#awaited.delete(call.source);
    return true;
  }

  awaitedOn(source: SourceId, topic: string): DialectId | undefined {
    return this.#awaited.get(source)?.get(topic)?.dialect;
  }

  nextDeadline(): number | null {
    for (const deadline of this.#deadlines.values()) return deadline;
    return null;
  }

  /** One whose time is over; it has to be removed before the next is asked for. */
  nextExpired(now: number): CallRecord | undefined {
    for (const [call, deadline] of this.#deadlines) return deadline <= now ? call : undefined;
    return undefined;
  }
}
