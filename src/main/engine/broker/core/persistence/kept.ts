import type { Delivery } from '../delivery-queue.ts';
import type { Message } from '../message.ts';
import type { Inflight, Session } from '../session.ts';

/*
 * The links between what the broker holds in memory and what is kept of it. `isWritten` is set when a batch with it is under way: from then on
 * its end has to be written too.
 */

export class KeptSession {
  readonly key: number;
  readonly session: Session;
  /** Unix ms; `null`: connected. */
  disconnectedMs: number | null = null;
  isWritten = false;
  isEnded = false;

  constructor(key: number, session: Session) {
    this.key = key;
    this.session = session;
  }
}

export class KeptMessage {
  readonly key: number;
  readonly message: Message;
  /** Deliveries that need it. */
  uses = 0;
  isWritten = false;

  constructor(key: number, message: Message) {
    this.key = key;
    this.message = message;
  }
}

export class KeptDelivery {
  readonly key: number;
  readonly owner: KeptSession;
  readonly message: KeptMessage;
  /** As it is now: in the queue, or under way. */
  state: Delivery | Inflight;
  isWritten = false;
  isEnded = false;

  constructor(key: number, owner: KeptSession, message: KeptMessage, state: Delivery) {
    this.key = key;
    this.owner = owner;
    this.message = message;
    this.state = state;
  }
}
