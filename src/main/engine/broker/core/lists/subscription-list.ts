import type { Page, SubscriptionRow, SubscriptionsQuery } from '../../../../../shared/contract/broker-lists.ts';
import { ListCache } from '../../inside/list-cache.ts';
import { Slices } from '../../inside/slices.ts';
import type { BrokerCore } from '../broker-core.ts';
import type { HeldSubscription, Session } from '../session.ts';

interface Found {
  readonly session: Session;
  readonly filter: string;
  readonly isShared: boolean;
}

/** The subscriptions of a core: of all sessions, of one, with a word in them, or those that a topic matches. */
export class SubscriptionList {
  readonly #core: BrokerCore;
  readonly #cache = new ListCache<Found>();

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  async page(query: SubscriptionsQuery): Promise<Page<SubscriptionRow>> {
    const { offset, limit, clientId, search = '', topic } = query;
    if (search === '' && topic === undefined) return this.#walk(offset, limit, clientId);
    const { total, items } = await this.#cache.page(JSON.stringify([clientId, search, topic]), { offset, limit }, () => this.#find(query));
    const rows: SubscriptionRow[] = [];
    for (const { session, filter, isShared } of items) {
      const held = session.subscriptions.get(filter);
      if (held !== undefined) rows.push(describe(session, held, topic === undefined ? null : this.#reach(session, held, topic, isShared)));
    }
    return { total, rows };
  }

  #walk(offset: number, limit: number, clientId: string | undefined): Page<SubscriptionRow> {
    const core = this.#core;
    const rows: SubscriptionRow[] = [];
    const only = clientId === undefined ? undefined : core.sessions.get(clientId);
    const sessions = clientId === undefined ? core.sessions.values() : only === undefined ? [] : [only];
    let skip = offset;
    for (const session of sessions) {
      const { subscriptions } = session;
      if (rows.length === limit) break;
      if (skip >= subscriptions.size) {
        skip -= subscriptions.size;
        continue;
      }
      for (const subscription of subscriptions.values()) {
        if (skip > 0) skip -= 1;
        else if (rows.push(describe(session, subscription, null)) === limit) break;
      }
    }
    return { total: clientId === undefined ? core.subscriptions.size : (only?.subscriptions.size ?? 0), rows };
  }

  async #find({ clientId, search = '', topic }: SubscriptionsQuery): Promise<readonly Found[]> {
    const needle = search.toLowerCase();
    const fits = ({ session, filter }: Found): boolean =>
      (clientId === undefined || session.clientId === clientId) &&
      (needle === '' || filter.toLowerCase().includes(needle) || session.clientId.toLowerCase().includes(needle));
    const found: Found[] = [];
    const slices = new Slices();
    for (const each of topic === undefined ? this.#all(clientId) : this.#matching(topic)) {
      if (fits(each)) found.push(each);
      if (slices.due) await slices.pause();
    }
    return found;
  }

  *#all(clientId: string | undefined): Generator<Found> {
    const only = clientId === undefined ? undefined : this.#core.sessions.get(clientId);
    for (const session of clientId === undefined ? this.#core.sessions.values() : only === undefined ? [] : [only])
      for (const filter of session.subscriptions.keys()) yield { session, filter, isShared: false };
  }

  *#matching(topic: string): Generator<Found> {
    const { sessions, groups } = this.#core.subscriptions.match(topic);
    for (const { session, filters } of sessions) for (const filter of filters) yield { session, filter, isShared: false };
    for (const { name, filter, members } of groups)
      for (const { match } of [...members]) yield { session: match.session, filter: `$share/${name}/${filter}`, isShared: true };
  }

  #reach({ clientId, connection, expirySeconds }: Session, { qos }: HeldSubscription, topic: string, isShared: boolean): SubscriptionRow['reach'] {
    if (!this.#core.mayDeliver(clientId, topic)) return 'not-authorised';
    if (connection === null && (qos === 0 || expirySeconds === 0)) return 'offline';
    if (isShared) return 'one-of-group';
    return connection === null ? 'queued' : 'now';
  }
}

function describe({ clientId, connection }: Session, held: HeldSubscription, reach: SubscriptionRow['reach']): SubscriptionRow {
  const { filter, qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier } = held;
  return { clientId, connected: connection !== null, filter, qos, noLocal, retainAsPublished, retainHandling, subscriptionIdentifier, reach };
}
