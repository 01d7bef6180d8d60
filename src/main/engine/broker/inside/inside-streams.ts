import type { PacketBatch, PacketsInput } from '../../../../shared/contract/broker-inside.ts';
import type { StreamSink } from '../../../../shared/ipc/stream-sink.ts';
import type { TraceBatch } from '../broker-contract.ts';
import type { BrokerInside } from '../broker-engine.ts';
import { PacketQueue, TraceQueue } from './inside-queues.ts';

interface Follower {
  readonly begin: (inside: BrokerInside) => () => void;
  readonly flush: () => void;
  end: (() => void) | undefined;
}

/** The open streams of what goes on inside a broker, which may be opened before it runs. */
export class InsideStreams {
  readonly #followers = new Set<Follower>();
  #inside: BrokerInside | null = null;

  /** The broker runs. `null`: it does not tell. */
  begin(inside: BrokerInside | null): void {
    this.#inside = inside;
    if (inside !== null) for (const follower of this.#followers) follower.end = follower.begin(inside);
  }

  /** Sends what is collected. */
  flush(): void {
    for (const { flush } of this.#followers) flush();
  }

  trace(sink: StreamSink<TraceBatch>): () => void {
    const queue = new TraceQueue();
    // From now on nothing is missed, which whoever opened it can tell by an empty batch.
    sink.send({ events: [], lost: 0, clockOffsetUs: 0 }).catch(() => undefined);
    return this.#follow(queue, (inside) => inside.onTrace((event) => queue.push(event)), queue.attach(sink));
  }

  packets({ clientId }: PacketsInput, sink: StreamSink<PacketBatch>): () => void {
    const queue = new PacketQueue();
    return this.#follow(queue, (inside) => inside.onPacket((packet, first) => queue.push(packet, first), clientId ?? null), queue.attach(sink));
  }

  #follow(queue: { flush(): void }, begin: Follower['begin'], detach: () => void): () => void {
    const follower: Follower = { begin, flush: () => queue.flush(), end: this.#inside === null ? undefined : begin(this.#inside) };
    this.#followers.add(follower);
    return () => {
      this.#followers.delete(follower);
      follower.end?.();
      detach();
    };
  }
}
