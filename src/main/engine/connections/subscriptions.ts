import type { Subscription, SubscriptionStatus } from '../../../shared/contract/connections.ts';
import type { ReplySubscription } from '../../../shared/contract/rpc.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { SubscriptionMatcher } from '../../../shared/connections/subscription-matcher.ts';
import { matchesFilter } from '../../../shared/mqtt/topic-filter.ts';
import type { MqttLink } from './mqtt-link.ts';

/** Whether SUBSCRIBE says the same; how a subscription looks and what is done with its messages is no matter of the broker. */
function isSameRequest(a: Subscription, b: Subscription): boolean {
  return (
    a.qos === b.qos &&
    a.noLocal === b.noLocal &&
    a.retainAsPublished === b.retainAsPublished &&
    a.retainHandling === b.retainHandling &&
    a.identifier === b.identifier
  );
}

type State = Omit<SubscriptionStatus, keyof Counts>;

interface Counts {
  received: number;
  dropped: number;
}

const noCounts: Counts = { received: 0, dropped: 0 };

/** Keeps what the broker grants next to what the profile asks for. One filter a SUBSCRIBE, so that one refusal says nothing of the others. */
export class Subscriptions {
  readonly #onChange: () => void;
  readonly #isHeld: (filter: string) => boolean;
  #wanted: readonly Subscription[];
  readonly #states = new Map<string, State>();
  readonly #counts = new Map<string, Counts>();
  #matcher: SubscriptionMatcher<Subscription>;
  #link: MqttLink | undefined;

  /** `isHeld`: others ask for the filter in the same session. */
  constructor(wanted: readonly Subscription[], onChange: () => void, isHeld: (filter: string) => boolean) {
    this.#wanted = wanted;
    this.#matcher = new SubscriptionMatcher(wanted);
    this.#onChange = onChange;
    this.#isHeld = isHeld;
  }

  statuses(): SubscriptionStatus[] {
    return this.#wanted.map(({ filter, qos }) => ({
      ...(this.#states.get(filter) ?? { filter, requestedQos: qos, state: 'inactive', grantedQos: null, reason: null }),
      ...(this.#counts.get(filter) ?? noCounts),
    }));
  }

  /**
   * Counts messages by subscription, and says which are kept: all but those that every subscription they came by drops. `isWanted`: others ask for
   * messages on the topic in the same session. `notify` is called for those by a subscription that tells of its messages.
   */
  sort(
    records: readonly MessageRecord[],
    isWanted: (topic: string) => boolean,
    notify: (record: MessageRecord, subscription: Subscription) => void,
  ): readonly MessageRecord[] {
    return records.filter((record) => {
      const matching = this.#matcher.matching(record.topic, record.properties?.subscriptionIdentifiers);
      const drops = matching.length > 0 && matching.every(({ action }) => action === 'drop') && !isWanted(record.topic);
      for (const { filter } of matching) {
        let counts = this.#counts.get(filter);
        if (!counts) this.#counts.set(filter, (counts = { received: 0, dropped: 0 }));
        counts.received += 1;
        if (drops) counts.dropped += 1;
      }
      const telling = matching.find(({ action }) => action === 'notify');
      if (telling) notify(record, telling);
      return !drops;
    });
  }

  /** A session is up: everything enabled is asked for. */
  attach(link: MqttLink): void {
    this.#link = link;
    this.#states.clear();
    for (const subscription of this.#wanted) if (subscription.enabled) this.#ask(link, subscription);
  }

  detach(): void {
    this.#link = undefined;
    this.#states.clear();
  }

  /** Takes effect at once on a live session: only what changed is sent. */
  set(wanted: readonly Subscription[]): void {
    const before = new Map(this.#wanted.map((subscription) => [subscription.filter, subscription]));
    this.#wanted = wanted;
    this.#matcher = new SubscriptionMatcher(wanted);
    const filters = new Set(wanted.map(({ filter }) => filter));
    for (const filter of this.#counts.keys()) if (!filters.has(filter)) this.#counts.delete(filter);
    const link = this.#link;
    if (link) {
      const after = new Map(wanted.filter(({ enabled }) => enabled).map((subscription) => [subscription.filter, subscription]));
      for (const [filter, old] of before) {
        if (!old.enabled || after.has(filter)) continue;
        this.#states.delete(filter);
        // A lost link ends the subscription as well.
        if (!this.#isHeld(filter)) link.unsubscribe(filter).catch(() => undefined);
      }
      for (const [filter, subscription] of after) {
        const old = before.get(filter);
        if (!old?.enabled || !isSameRequest(old, subscription)) this.#ask(link, subscription);
      }
    }
    this.#onChange();
  }

  /** One that is granted and matches the topic. */
  covering(topic: string): ReplySubscription | null {
    for (const { filter, state, requestedQos, grantedQos } of this.#states.values()) {
      if (state !== 'granted' || grantedQos === null || filter.startsWith('$share/') || !matchesFilter(filter, topic)) continue;
      return { filter, askedQos: requestedQos, grantedQos };
    }
    return null;
  }

  /** Whether exactly this filter is asked for. */
  wants(filter: string): boolean {
    return this.#wanted.some((wanted) => wanted.enabled && wanted.filter === filter);
  }

  #ask(link: MqttLink, subscription: Subscription): void {
    const { filter, qos } = subscription;
    const set = (status: Omit<State, 'filter' | 'requestedQos'>): void => {
      if (this.#link !== link || !this.#wanted.some((wanted) => wanted.filter === filter && wanted.qos === qos)) return;
      this.#states.set(filter, { filter, requestedQos: qos, ...status });
      this.#onChange();
    };
    set({ state: 'pending', grantedQos: null, reason: null });
    link.subscribe(filter, qos, subscription).then(
      ({ grantedQos, reason }) => set({ state: grantedQos === null ? 'refused' : 'granted', grantedQos, reason }),
      (error: unknown) => set({ state: 'refused', grantedQos: null, reason: error instanceof Error ? error.message : String(error) }),
    );
  }
}
