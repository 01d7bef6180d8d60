import type { DiscardInput, Page, QueuedRow, QueueQuery } from '../../../../../shared/contract/broker-lists.ts';
import { CodedError } from '../../../../../shared/ipc/errors.ts';
import type { BrokerCore } from '../broker-core.ts';
import type { Delivery } from '../delivery-queue.ts';
import { traceDropped } from '../route-trace.ts';
import type { Inflight, Session } from '../session.ts';
import { expiresIn, headOf } from './message-parts.ts';

/** What waits for one session. Each message has an id from the moment somebody sees it. */
export class QueueList {
  readonly #core: BrokerCore;
  readonly #ids = new WeakMap<Delivery, number>();
  #lastId = 0;

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  page({ clientId, offset, limit }: QueueQuery): Page<QueuedRow> {
    const core = this.#core;
    core.tick();
    const { inflight, queue } = this.#session(clientId);
    const rows: QueuedRow[] = [];
    let at = 0;
    const underWay = inflight?.size ?? 0;
    for (const delivery of offset < underWay ? (inflight?.values() ?? []) : []) {
      if (at >= offset && rows.length < limit) rows.push(this.#describe(delivery, 'under-way', Number.NaN));
      at += 1;
    }
    queue?.slice(Math.max(0, offset - underWay), limit - rows.length, (delivery, queuedMs) => rows.push(this.#describe(delivery, 'waiting', queuedMs)));
    return { total: underWay + (queue?.length ?? 0), rows };
  }

  discard({ clientId, ids }: DiscardInput): number {
    const core = this.#core;
    const session = this.#session(clientId);
    const wanted = ids === undefined ? null : new Set(ids);
    const isWanted = (delivery: Delivery): boolean => wanted === null || wanted.has(this.#ids.get(delivery) ?? 0);
    let discarded = 0;
    const drop = (delivery: Delivery, packetId: number): void => {
      discarded += 1;
      session.journal?.finished(delivery);
      if (core.trace !== null) traceDropped(core, session, delivery, packetId, 'discarded');
    };
    session.queue?.remove(isWanted, (delivery) => drop(delivery, 0));
    // What a connected client is in the middle of receiving cannot be taken back.
    if (session.connection === null && session.inflight !== null) {
      for (const [packetId, delivery] of session.inflight) {
        if (!isWanted(delivery)) continue;
        session.inflight.delete(packetId);
        drop(delivery, packetId);
      }
    }
    return discarded;
  }

  #session(clientId: string): Session {
    const session = this.#core.sessions.get(clientId);
    if (session === undefined) throw new CodedError('not-found', `The broker has no session of “${clientId}” (any more).`);
    return session;
  }

  #describe(delivery: Delivery | Inflight, state: QueuedRow['state'], queuedMs: number): QueuedRow {
    const { message, qos, retain } = delivery;
    let id = this.#ids.get(delivery);
    if (id === undefined) this.#ids.set(delivery, (id = this.#lastId += 1));
    return {
      id,
      state,
      topic: message.topic,
      qos,
      retain,
      publisher: message.publisher,
      sizeBytes: message.payload.byteLength,
      head: headOf(message.payload),
      queuedAt: Number.isNaN(queuedMs) ? null : Math.round(this.#core.wallMs + queuedMs - this.#core.nowMs),
      expiresInSeconds: expiresIn(message, this.#core.nowMs),
      number: message.number,
    };
  }
}
