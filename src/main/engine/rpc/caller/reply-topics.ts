import type { Qos } from '../../../../shared/contract/common.ts';
import type { ReplySubscription } from '../../../../shared/contract/rpc.ts';
import { matchesFilter } from '../../../../shared/mqtt/topic-filter.ts';
import type { CallSession } from './call-session.ts';

/** A reply topic stays subscribed this long after its last call: late answers are seen, and the next call need not wait. */
const idleMs = 30_000;

/** Answers that are lost on the way would be calls that time out. */
const replyQos = 1;

type Subscribed = Awaited<ReturnType<CallSession['subscribe']>>;

interface HeldTopic {
  /** The topic itself, or a filter that matches it. */
  readonly filter: string;
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
  /** By topic or filter. */
  readonly #held = new Map<string, HeldTopic>();
  /** Those of them that match several topics: one for each device at most. */
  readonly #filters = new Set<string>();

  constructor(session: CallSession) {
    this.#session = session;
  }

  /**
   * `once`: no other call is answered there, so that the subscription ends with this one. `filter`: what is subscribed to in place of the topic,
   * which it matches.
   */
  hold(topic: string, { once = false, filter = topic }: { readonly once?: boolean | undefined; readonly filter?: string | undefined } = {}): ReplyTopicHold {
    // A second subscription to the same would make some brokers deliver each answer twice.
    const known = this.#held.get(filter) ?? this.#wider(topic);
    const covering = known ? null : this.#session.covering(topic);
    if (covering) return { subscribing: null, subscription: () => covering, release: () => undefined };
    const held = known ?? this.#subscribe(filter);
    clearTimeout(held.timer);
    held.users += 1;
    // One that was there for longer stays for longer.
    const afterMs = once && held.filter === topic ? 0 : idleMs;
    return { subscribing: held.subscribing, subscription: () => held.subscription, release: () => this.#release(held, afterMs) };
  }

  close(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
    this.#filters.clear();
  }

  /** A filter held that matches the topic. */
  #wider(topic: string): HeldTopic | undefined {
    for (const filter of this.#filters) if (matchesFilter(filter, topic)) return this.#held.get(filter);
    return undefined;
  }

  #subscribe(filter: string): HeldTopic {
    const subscribing = this.#session.subscribe(filter, replyQos);
    const held: HeldTopic = { filter, users: 0, subscribing, subscription: null, timer: undefined };
    this.#held.set(filter, held);
    if (filter.includes('+')) this.#filters.add(filter);
    subscribing.then(
      ({ reason, reasonCode }) => {
        held.subscribing = null;
        if (reason === null) held.subscription = { filter, askedQos: replyQos, grantedQos: reasonCode as Qos };
        if (reason !== null) this.#drop(held);
      },
      () => this.#drop(held),
    );
    return held;
  }

  /** The next call asks again. */
  #drop(held: HeldTopic): void {
    if (this.#held.get(held.filter) !== held) return;
    this.#held.delete(held.filter);
    this.#filters.delete(held.filter);
  }

  #release(held: HeldTopic, afterMs: number): void {
    held.users -= 1;
    if (held.users > 0 || this.#held.get(held.filter) !== held) return;
    const unsubscribe = (): void => {
      this.#drop(held);
      // The end of the session ends the subscription as well.
      this.#session.unsubscribe(held.filter).catch(() => undefined);
    };
    if (afterMs === 0) return unsubscribe();
    held.timer = setTimeout(unsubscribe, afterMs);
    held.timer.unref();
  }
}
