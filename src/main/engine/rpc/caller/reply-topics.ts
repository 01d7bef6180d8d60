import type { Qos } from '../../../../shared/contract/common.ts';
import type { ReplySubscription } from '../../../../shared/contract/rpc.ts';
import type { CallSession } from './call-session.ts';

/** A reply topic stays subscribed this long after its last call: late answers are seen, and the next call need not wait. */
const idleMs = 30_000;

/** Answers that are lost on the way would be calls that time out. */
const replyQos = 1;

type Subscribed = Awaited<ReturnType<CallSession['subscribe']>>;

interface HeldTopic {
  users: number;
  /** `null`: it is. */
  subscribing: Promise<Subscribed> | null;
  /** Once it is granted. */
  subscription: ReplySubscription | null;
  timer: NodeJS.Timeout | undefined;
}

export interface ReplyTopicHold {
  /** `null`: answers arrive from now on. Rejects when the session ends. */
  readonly subscribing: Promise<Subscribed> | null;
  /** `null` until it is granted. */
  readonly subscription: () => ReplySubscription | null;
  readonly release: () => void;
}

/** The subscriptions of one session that own calls need, each for as long as it is needed. */
export class ReplyTopics {
  readonly #session: CallSession;
  readonly #held = new Map<string, HeldTopic>();

  constructor(session: CallSession) {
    this.#session = session;
  }

  /** `once`: no other call is answered there, so that the subscription ends with this one. */
  hold(topic: string, once = false): ReplyTopicHold {
    const known = this.#held.get(topic);
    // A second subscription to the same would make some brokers deliver each answer twice.
    const covering = known ? null : this.#session.covering(topic);
    if (covering) return { subscribing: null, subscription: () => covering, release: () => undefined };
    const held = known ?? this.#subscribe(topic);
    clearTimeout(held.timer);
    held.users += 1;
    return { subscribing: held.subscribing, subscription: () => held.subscription, release: () => this.#release(topic, held, once ? 0 : idleMs) };
  }

  close(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
  }

  #subscribe(topic: string): HeldTopic {
    const subscribing = this.#session.subscribe(topic, replyQos);
    const held: HeldTopic = { users: 0, subscribing, subscription: null, timer: undefined };
    this.#held.set(topic, held);
    subscribing.then(
      ({ reason, reasonCode }) => {
        held.subscribing = null;
        if (reason === null) held.subscription = { filter: topic, askedQos: replyQos, grantedQos: reasonCode as Qos };
        if (reason !== null) this.#drop(topic, held);
      },
      () => this.#drop(topic, held),
    );
    return held;
  }

  /** The next call asks again. */
  #drop(topic: string, held: HeldTopic): void {
    if (this.#held.get(topic) === held) this.#held.delete(topic);
  }

  #release(topic: string, held: HeldTopic, afterMs: number): void {
    held.users -= 1;
    if (held.users > 0 || this.#held.get(topic) !== held) return;
    const unsubscribe = (): void => {
      this.#held.delete(topic);
      // The end of the session ends the subscription as well.
      this.#session.unsubscribe(topic).catch(() => undefined);
    };
    if (afterMs === 0) return unsubscribe();
    held.timer = setTimeout(unsubscribe, afterMs);
    held.timer.unref();
  }
}
