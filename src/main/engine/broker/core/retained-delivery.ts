import type { Qos } from '../../../../shared/contract/common.ts';
import type { SubscriptionRequest } from '../../../../shared/mqtt/packet/packets.ts';
import type { RetainedCursor } from '../routing/retained-cursor.ts';
import type { BrokerCore } from './broker-core.ts';
import type { Connection } from './connection.ts';
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
  /** Of the last slice, what the client had no room for; `null`: all of it went out. */
  rest: readonly Message[] | null;
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
    const job: RetainedJob = { filter, qos, subscriptionIdentifiers: subscriptionIdentifier === 0 ? null : [subscriptionIdentifier], cursor: null, rest: null };
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
    if (isHeldUp(session, connection)) {
      session.retainedWaits = true;
      return;
    }
    const core = this.#core;
    const { rest } = job;
    const slice = rest === null ? this.#nextSlice(job) : rest;
    job.rest = null;
    for (let at = 0; at < slice.length; at += 1) {
      if (isHeldUp(session, connection)) {
        job.rest = slice.slice(at);
        session.retainedWaits = true;
        return;
      }
      const message = slice[at] as Message;
      // While it waited it may have been replaced, and the client has been sent what is newer.
      if (rest !== null && core.retainedMessages.get(message.topic, core.nowMs) !== message) continue;
      this.#send(session, job, message);
    }
    if (job.cursor === null) jobs.shift();
    if (jobs.length === 0) session.retainedJobs = null;
    else this.#later(session);
  }

  #nextSlice(job: RetainedJob): readonly Message[] {
    const core = this.#core;
    const found: Message[] = [];
    job.cursor = core.retainedMessages.matchInto(job.filter, job.cursor, sliceMessages, found, core.nowMs);
    return found;
  }

  #send(session: Session, { filter, qos, subscriptionIdentifiers }: RetainedJob, message: Message): void {
    const core = this.#core;
    const mayDeliver = core.mayDeliver(session.clientId, message.topic);
    // [MQTT-3.3.1-8]: RETAIN is 1 for what was there before the subscription.
    const outcome = mayDeliver ? deliver(core, session, message, qos, true, subscriptionIdentifiers) : 'not-authorised';
    if (core.trace !== null) traceRetained(core, session, message, filter, qos, outcome);
  }
}

/** Nothing that can wait may be dropped because it came too quickly, or fill the queue. */
function isHeldUp(session: Session, connection: Connection): boolean {
  return connection.isBackedUp || (session.queue?.length ?? 0) > 0;
}
