import type { Qos } from '../../../../shared/contract/common.ts';

/** What a client asked for with one filter (§3.8.3.1), retain handling aside, which matters only while subscribing. */
export interface SubscriptionOptions {
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  /** 0: none. */
  readonly subscriptionIdentifier: number;
}

const noIdentifiers: readonly number[] = [];

/**
 * How one session gets a message. Overlapping filters of a session become one match, so it gets one copy: with the highest
 * QoS granted by any of them [MQTT-3.3.4-2], the identifiers of all of them, equal ones repeated [MQTT-3.3.4-4], and the
 * RETAIN flag as published if any of them asked so. Immutable, and shared between results: compare by identity, never change.
 */
export class SessionMatch<S> {
  readonly session: S;
  readonly qos: Qos;
  readonly retainAsPublished: boolean;
  readonly subscriptionIdentifiers: readonly number[];
  /** Every matching filter, as subscribed; of a member of a shared group the filter without `$share/NAME/`. */
  readonly filters: readonly string[];
  /** All matching filters are no-local: the session's own messages do not go back to it [MQTT-3.8.3-3]. */
  readonly noLocal: boolean;
  /**
   * The match for messages the session itself published, of its filters that are not no-local: this very object when none is,
   * `null` when all are.
   */
  readonly own: SessionMatch<S> | null;

  constructor(
    session: S,
    qos: Qos,
    retainAsPublished: boolean,
    subscriptionIdentifiers: readonly number[],
    filters: readonly string[],
    own: SessionMatch<S> | null | 'self',
  ) {
    this.session = session;
    this.qos = qos;
    this.retainAsPublished = retainAsPublished;
    this.subscriptionIdentifiers = subscriptionIdentifiers;
    this.filters = filters;
    this.noLocal = own === null;
    this.own = own === 'self' ? this : own;
  }
}

export function matchOfOne<S>(session: S, filter: string, options: SubscriptionOptions): SessionMatch<S> {
  const { qos, noLocal, retainAsPublished, subscriptionIdentifier } = options;
  const identifiers = subscriptionIdentifier === 0 ? noIdentifiers : [subscriptionIdentifier];
  return new SessionMatch(session, qos, retainAsPublished, identifiers, [filter], noLocal ? null : 'self');
}

/** One match of two or more of the same session, in time linear in their number. */
export function mergeMatches<S>(parts: readonly SessionMatch<S>[]): SessionMatch<S> {
  const first = parts[0] as SessionMatch<S>;
  if (parts.length === 1) return first;
  let qos = first.qos;
  let retainAsPublished = false;
  const identifiers: number[] = [];
  const filters: string[] = [];
  const audible: SessionMatch<S>[] = [];
  for (const part of parts) {
    if (part.qos > qos) qos = part.qos;
    if (part.retainAsPublished) retainAsPublished = true;
    for (const identifier of part.subscriptionIdentifiers) identifiers.push(identifier);
    for (const filter of part.filters) filters.push(filter);
    if (!part.noLocal) audible.push(part);
  }
  let own: SessionMatch<S> | null | 'self' = null;
  if (audible.length === parts.length) own = 'self';
  else if (audible.length > 0) own = mergeMatches(audible);
  return new SessionMatch(first.session, qos, retainAsPublished, identifiers.length === 0 ? noIdentifiers : identifiers, filters, own);
}
