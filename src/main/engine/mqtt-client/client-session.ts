import type { AckPacket, Properties } from '../../../shared/mqtt/packet/packets.ts';
import type { PublishFields } from '../../../shared/mqtt/packet/encoder.ts';

/** What the server said of a message, once its exchange is complete. */
export interface PublishAnswer {
  /** Of PUBACK, or of PUBREC where it refused; 0 in 3.x. */
  readonly code: number;
  readonly properties: Properties | null;
}

/** A message of QoS 1 or 2 whose exchange is not complete (§4.3). */
export interface OutgoingMessage {
  readonly fields: PublishFields;
  /** PUBREC came: only PUBREL is sent again. */
  released: boolean;
  /** What PUBREC said beside success, such as No matching subscribers. */
  received: AckPacket | null;
  readonly resolve: (answer: PublishAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** The session state of a client (§4.1.0), which may outlive a connection: give it to the next client that continues the session. */
export class ClientSession {
  /** By packet identifier, in the order they were first sent. */
  readonly outgoing = new Map<number, OutgoingMessage>();
  /** Of messages of QoS 2 that were handed on and not released. */
  readonly incoming = new Set<number>();
  #lastId = 0;

  /** A packet identifier that is not in use (§2.2.1), nor by `requests`, which share the numbers; 0 when all 65,535 are. */
  nextId(requests: ReadonlyMap<number, unknown>): number {
    if (this.outgoing.size + requests.size >= 65_535) return 0;
    do this.#lastId = this.#lastId >= 65_535 ? 1 : this.#lastId + 1;
    while (this.outgoing.has(this.#lastId) || requests.has(this.#lastId));
    return this.#lastId;
  }

  /** The server does not know the session (any more): nothing of it can be completed. */
  discard(error: Error): void {
    this.incoming.clear();
    this.abandon(error);
  }

  /** Nobody waits any longer for what is under way; what came is remembered. */
  abandon(error: Error): void {
    const lost = [...this.outgoing.values()];
    this.outgoing.clear();
    for (const message of lost) message.reject(error);
  }
}
