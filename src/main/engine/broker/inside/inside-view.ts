import type { MessageTrace, PacketBatch, PacketsInput, TracingStatus } from '../../../../shared/contract/broker-inside.ts';
import type { MessageRow } from '../../../../shared/contract/messages.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { WorkerLink } from '../worker-link.ts';
import { LastMessages } from './last-messages.ts';
import { TraceStore } from './trace-store.ts';

/** What the local broker tells of its inside, to as many as look, over all its runs. */
export interface BrokerInsideView {
  /** Messages are traced until what this returns is called; each caller counts. `onChange`: `tracing` and what `whoGot` says have changed. */
  trace(onChange: () => void): () => void;
  tracing(): TracingStatus;
  /** Messages that came with `onMessages` have these ids now: `firstId` and following. Needed for all that follows. */
  numbered(records: readonly MessageRecord[], firstId: number): void;
  /** Newest first; with a text only those whose topic or publisher contains it. */
  lastMessages(search?: string): readonly MessageRow[];
  /** By the id of the message; `null`: it was not traced. */
  whoGot(id: number): MessageTrace | null;
  /** By its number in this run of the broker. */
  whoGotNumber(number: number): MessageTrace | null;
  /** Follows every packet, also of later runs of the broker; the next batch comes when the promise settles. Returns what ends it. */
  followPackets(input: PacketsInput, onBatch: (batch: PacketBatch) => Promise<void>): () => void;
}

interface PacketFollower {
  readonly input: PacketsInput;
  readonly onBatch: (batch: PacketBatch) => Promise<void>;
  close: (() => void) | undefined;
}

export class InsideView implements BrokerInsideView {
  readonly #current: () => WorkerLink | undefined;
  readonly #traces: TraceStore;
  readonly #last = new LastMessages();
  readonly #tracers = new Set<{ readonly onChange: () => void }>();
  readonly #followers = new Set<PacketFollower>();
  #stopTracing: (() => void) | undefined;
  #isTracing = false;

  /** `onAcknowledged`: a traced message was acknowledged, so long after it had come. */
  constructor(links: { readonly current: () => WorkerLink | undefined; readonly onAcknowledged?: (us: number) => void }) {
    this.#traces = new TraceStore({ onAcknowledged: links.onAcknowledged });
    this.#current = links.current;
  }

  /** A new run of the broker: whoever looks goes on looking. */
  begin(link: WorkerLink): void {
    this.#traces.newRun();
    this.#isTracing = false;
    if (this.#tracers.size > 0) this.#openTrace(link);
    for (const follower of this.#followers) openPackets(link, follower);
  }

  trace(onChange: () => void): () => void {
    const tracer = { onChange };
    this.#tracers.add(tracer);
    const link = this.#current();
    if (this.#tracers.size === 1 && link) this.#openTrace(link);
    return () => {
      if (!this.#tracers.delete(tracer) || this.#tracers.size > 0) return;
      this.#stopTracing?.();
      this.#stopTracing = undefined;
      this.#isTracing = false;
    };
  }

  tracing(): TracingStatus {
    return { active: this.#isTracing, ...this.#traces.status };
  }

  numbered(records: readonly MessageRecord[], firstId: number): void {
    this.#last.add(records, firstId);
    if (this.#tracers.size === 0) return;
    this.#traces.attach(records, firstId);
    this.#traced();
  }

  lastMessages(search?: string): readonly MessageRow[] {
    return this.#last.list(search);
  }

  whoGot(id: number): MessageTrace | null {
    return this.#traces.get(id);
  }

  whoGotNumber(number: number): MessageTrace | null {
    return this.#traces.getNumber(number);
  }

  followPackets(input: PacketsInput, onBatch: (batch: PacketBatch) => Promise<void>): () => void {
    const follower: PacketFollower = { input, onBatch, close: undefined };
    this.#followers.add(follower);
    const link = this.#current();
    if (link) openPackets(link, follower);
    return () => {
      this.#followers.delete(follower);
      follower.close?.();
    };
  }

  #openTrace(link: WorkerLink): void {
    let lost = 0;
    this.#stopTracing = link.client.stream('trace', undefined, {
      item: (batch) => {
        // The last run may still have something to say; its numbers mean nothing any more.
        if (this.#current() !== link) return;
        this.#isTracing = true;
        this.#traces.countLost(batch.lost - lost);
        lost = batch.lost;
        this.#traces.apply(batch.events, batch.clockOffsetUs);
        this.#traced();
      },
    });
  }

  #traced(): void {
    for (const { onChange } of this.#tracers) onChange();
  }
}

function openPackets(link: WorkerLink, follower: PacketFollower): void {
  follower.close = link.client.stream('packets', follower.input, { item: follower.onBatch });
}
