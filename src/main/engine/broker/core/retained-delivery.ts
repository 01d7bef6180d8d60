import type { Qos } from '../../../../shared/contract/common.ts';
import type { SubscriptionRequest } from '../../../../shared/mqtt/packet/packets.ts';
import type { RetainedCursor } from '../routing/retained-cursor.ts';
import type { BrokerCore } from './broker-core.ts';
import { deliver } from './delivery.ts';
import type { Message } from './message.ts';
import { traceRetained } from './route-trace.ts';
import type { Session } from './session.ts';

/** Messages sent in one turn for one subscription: a huge retained set then holds nobody up. */
const sliceMessages = 200;

/** Retained messages on their way to a new subscription. */
export interface RetainedJob {
  readonly filter: string;
  readonly qos: Qos;
  readonly subscriptionIdentifiers: readonly number[] | null;
  cursor: RetainedCursor<Message> | null;
}

/** Sends retained messages to new subscriptions in slices, in turn over all sessions, at the pace at which each client reads. */
export class RetainedDelivery {
  readonly #core: BrokerCore;
  #turn: Session[] = [];
  #scheduled = false;

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  start(session: Session, { filter, qos }: SubscriptionRequest, subscriptionIdentifier: number): void {
    const job: RetainedJob = { filter, qos, subscriptionIdentifiers: subscriptionIdentifier === 0 ? null : [subscriptionIdentifier], cursor: null };
    if (session.retainedJobs !== null) session.retainedJobs.push(job);
    else {
      session.retainedJobs = [job];
      // What is found at once follows SUBACK in the same turn.
      this.#work(session);
    }
  }

  /** The client has read on: what waits for it can go on. */
  resume(session: Session): void {
    if (session.retainedJobs === null || !session.retainedWaits) return;
    session.retainedWaits = false;
    this.#later(session);
  }

  stop(session: Session): void {
    session.retainedJobs = null;
    session.retainedWaits = false;
  }

  #later(session: Session): void {
    this.#turn.push(session);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const turn = this.#turn;
      this.#turn = [];
      for (const waiting of turn) this.#work(waiting);
    });
  }

  #work(session: Session): void {
    const { connection, retainedJobs: jobs } = session;
    const job = jobs?.[0];
    if (connection === null || jobs === null || job === undefined) return this.stop(session);
    if (connection.isBackedUp || session.queue?.length) {
      session.retainedWaits = true;
      return;
    }
    const core = this.#core;
    const found: Message[] = [];
    job.cursor = core.retainedMessages.matchInto(job.filter, job.cursor, sliceMessages, found, core.nowMs);
    for (const message of found) {
      const mayDeliver = core.mayDeliver(session.clientId, message.topic);
      // [MQTT-3.3.1-8]: RETAIN is 1 for what was there before the subscription.
      const outcome = mayDeliver ? deliver(core, session, message, job.qos, true, job.subscriptionIdentifiers) : 'not-authorised';
      if (core.trace !== null) traceRetained(core, session, message, job.filter, job.qos, outcome);
    }
    if (job.cursor === null) jobs.shift();
    if (jobs.length === 0) session.retainedJobs = null;
    else this.#later(session);
  }
}
