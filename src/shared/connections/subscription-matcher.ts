import { compileFilter } from '../mqtt/topic-filter.ts';

interface Matchable {
  readonly filter: string;
  readonly enabled: boolean;
  readonly identifier: number | null;
}

/** Topics whose subscriptions are remembered. */
const maxTopics = 10_000;

/** Finds the subscriptions that a message came by: those it names by identifier (§3.3.2.3.8), otherwise those whose filter matches. */
export class SubscriptionMatcher<T extends Matchable> {
  readonly #enabled: readonly { readonly subscription: T; readonly matches: (topic: string) => boolean }[];
  readonly #byIdentifier = new Map<number, T[]>();
  readonly #byTopic = new Map<string, readonly T[]>();

  constructor(subscriptions: readonly T[]) {
    this.#enabled = subscriptions.filter(({ enabled }) => enabled).map((subscription) => ({ subscription, matches: compileFilter(subscription.filter) }));
    for (const { subscription } of this.#enabled) {
      if (subscription.identifier === null) continue;
      const same = this.#byIdentifier.get(subscription.identifier);
      if (same) same.push(subscription);
      else this.#byIdentifier.set(subscription.identifier, [subscription]);
    }
  }

  matching(topic: string, identifiers: readonly number[] | undefined): readonly T[] {
    const byFilter = this.#ofTopic(topic);
    if (identifiers === undefined || identifiers.length === 0) return byFilter;
    // A broker may send one message for each subscription, or one with all identifiers; a subscription without one is not named by either.
    const named = identifiers.flatMap((identifier) => this.#byIdentifier.get(identifier) ?? []).filter((subscription) => byFilter.includes(subscription));
    return named.length > 0 ? named : byFilter;
  }

  #ofTopic(topic: string): readonly T[] {
    const known = this.#byTopic.get(topic);
    if (known) return known;
    const found = this.#enabled.filter(({ matches }) => matches(topic)).map(({ subscription }) => subscription);
    if (this.#byTopic.size >= maxTopics) this.#byTopic.clear();
    this.#byTopic.set(topic, found);
    return found;
  }
}
