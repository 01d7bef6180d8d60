import type { ConnectionPhase, ConnectionStatus, Subscription, SubscriptionStatus } from '../../../../shared/contract/connections.ts';

type SubscriptionTone = 'ok' | 'busy' | 'off' | 'bad' | 'warn';

/** One line of the subscription editor: what is asked, and what came of it. */
export interface SubscriptionRow {
  readonly subscription: Subscription;
  readonly tone: SubscriptionTone;
  /** `granted QoS 1`, `granted QoS 0, asked 2`, `refused`, `when connected`, `off`. */
  readonly outcome: string;
  readonly reason: string | null;
  /** Messages that came by it. */
  readonly received: number;
  readonly dropped: number;
}

export function subscriptionRows(subscriptions: readonly Subscription[], status: ConnectionStatus | undefined): readonly SubscriptionRow[] {
  const known = new Map(status?.subscriptions.map((entry) => [entry.filter, entry]));
  return subscriptions.map((subscription) => ({
    ...describeRow(subscription, known.get(subscription.filter), status?.phase ?? 'disconnected'),
    received: known.get(subscription.filter)?.received ?? 0,
    dropped: known.get(subscription.filter)?.dropped ?? 0,
  }));
}

function describeRow(subscription: Subscription, entry: SubscriptionStatus | undefined, phase: ConnectionPhase): Omit<SubscriptionRow, 'received' | 'dropped'> {
  if (!subscription.enabled) return { subscription, tone: 'off', outcome: 'off', reason: null };
  if (phase !== 'connected') return { subscription, tone: 'off', outcome: 'when connected', reason: entry?.state === 'refused' ? entry.reason : null };
  switch (entry?.state) {
    case 'granted': {
      const granted = entry.grantedQos ?? subscription.qos;
      return granted === subscription.qos
        ? { subscription, tone: 'ok', outcome: `granted QoS ${granted}`, reason: entry.reason }
        : { subscription, tone: 'warn', outcome: `granted QoS ${granted}, asked ${subscription.qos}`, reason: entry.reason };
    }
    case 'refused':
      return { subscription, tone: 'bad', outcome: 'refused', reason: entry.reason };
    default:
      return { subscription, tone: 'busy', outcome: 'asked', reason: null };
  }
}

/** Adds a subscription, or replaces the one at `index`. Answers a sentence when that would make a duplicate. */
export function putSubscription(
  list: readonly Subscription[],
  entry: Subscription,
  index?: number,
): { readonly list: readonly Subscription[] } | { readonly problem: string } {
  const twin = list.findIndex((other) => other.filter === entry.filter);
  if (twin >= 0 && twin !== index) return { problem: 'This filter is in the list already.' };
  return { list: index === undefined ? [...list, entry] : list.map((other, at) => (at === index ? entry : other)) };
}

/** A filter that asks a broker for everything: fine on one's own, rude on someone else's. */
export function asksForEverything(filter: string): boolean {
  return /^(\$share\/[^/]+\/)?(\+\/)*#$/.test(filter);
}
