import type { ClientRow, ClientsQuery, Page, RetainedMessage, RetainedRow, SubscriptionRow } from '../../../../shared/contract/broker-lists.ts';
import type { Qos } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { compileFilter } from '../../../../shared/mqtt/topic-filter.ts';
import type { BrokerLists } from '../broker-engine.ts';
import { ListCache } from '../inside/list-cache.ts';
import { retainedTest } from '../inside/retained-test.ts';
import { sortedList } from '../inside/sorted-list.ts';

export interface AedesClient {
  readonly row: ClientRow;
  readonly subscriptions: readonly { readonly filter: string; readonly qos: Qos }[];
}

interface AedesRetained {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: Qos;
}

/** What there is around aedes to make lists of. */
export interface AedesSources {
  clients(): Iterable<AedesClient>;
  client(clientId: string): AedesClient | undefined;
  retained(): Iterable<AedesRetained>;
  retainedMessage(topic: string): AedesRetained | undefined;
}

const headBytes = 256;

const clientKeys: { readonly [column: string]: (row: ClientRow) => string | number } = {
  clientId: ({ clientId }) => clientId,
  username: ({ username }) => username ?? '',
  version: ({ version }) => version,
  address: ({ address }) => address,
  keepAlive: ({ keepAliveSeconds }) => keepAliveSeconds,
  subscriptions: ({ subscriptions }) => subscriptions,
};

function refuse(what: string): never {
  throw new CodedError('invalid-state', `The engine aedes does not tell of ${what}. The workbench’s own engine does.`);
}

/** The lists aedes allows: connected clients with their subscriptions, and retained messages; nothing of sessions and queues. */
export class AedesLists implements BrokerLists {
  readonly #sources: AedesSources;
  readonly #clients = new ListCache<AedesClient>();
  readonly #retained = new ListCache<AedesRetained>();

  constructor(sources: AedesSources) {
    this.#sources = sources;
  }

  async clients({ offset, limit, search = '', order }: ClientsQuery): Promise<Page<ClientRow>> {
    const needle = search.toLowerCase();
    const fits = (text: string | null): boolean => text !== null && text.toLowerCase().includes(needle);
    const key = order === undefined ? undefined : clientKeys[order.by];
    const { total, items } = await this.#clients.page(JSON.stringify([search, order]), { offset, limit }, () =>
      sortedList(this.#sources.clients(), {
        matches: ({ row, subscriptions }) =>
          needle === '' ||
          fits(row.clientId) ||
          fits(row.address) ||
          fits(row.username) ||
          fits(row.certificateSubject) ||
          subscriptions.some(({ filter }) => fits(filter)),
        key: key === undefined ? null : ({ row }) => key(row),
        descending: order?.descending === true,
      }),
    );
    return { total, rows: items.map(({ row }) => row) };
  }

  client(clientId: string): ReturnType<BrokerLists['client']> {
    const found = this.#sources.client(clientId);
    return found === undefined ? null : { client: found.row, session: null, will: null, limits: null };
  }

  sessions: BrokerLists['sessions'] = async () => Promise.resolve(refuse('sessions'));
  queue: BrokerLists['queue'] = () => refuse('queues');
  discardQueued: BrokerLists['discardQueued'] = () => refuse('queues');
  endSession: BrokerLists['endSession'] = () => refuse('sessions');

  subscriptions: BrokerLists['subscriptions'] = ({ offset, limit, clientId, search = '', topic }) => {
    const needle = search.toLowerCase();
    const rows: SubscriptionRow[] = [];
    let total = 0;
    for (const { row, subscriptions } of this.#sources.clients()) {
      if (clientId !== undefined && row.clientId !== clientId) continue;
      for (const { filter, qos } of subscriptions) {
        if (needle !== '' && !filter.toLowerCase().includes(needle) && !row.clientId.toLowerCase().includes(needle)) continue;
        if (topic !== undefined && !compileFilter(filter)(topic)) continue;
        total += 1;
        if (total > offset && rows.length < limit) rows.push(describeSubscription(row.clientId, filter, qos, topic !== undefined));
      }
    }
    return Promise.resolve({ total, rows });
  };

  retained: BrokerLists['retained'] = async ({ offset, limit, order, ...wanted }) => {
    const isWanted = retainedTest(wanted);
    const { total, items } = await this.#retained.page(JSON.stringify([wanted, order]), { offset, limit }, () =>
      sortedList(this.#sources.retained(), {
        matches: isWanted === null ? null : ({ topic }) => isWanted(topic),
        key: order?.by === 'topic' ? ({ topic }) => topic : order?.by === 'size' ? ({ payload }) => payload.byteLength : null,
        descending: order?.descending === true,
      }),
    );
    return { total, bytes: null, rows: items.map(describeRetained) };
  };

  retainedMessage(topic: string, maxBytes: number): RetainedMessage | null {
    const found = this.#sources.retainedMessage(topic);
    return found === undefined ? null : { ...describeRetained(found), payload: new Uint8Array(found.payload.subarray(0, maxBytes)), properties: null };
  }

  *retainedTopics(wanted: Parameters<BrokerLists['retainedTopics']>[0]): Generator<string | null> {
    const isWanted = retainedTest(wanted);
    for (const { topic } of [...this.#sources.retained()]) yield isWanted === null || isWanted(topic) ? topic : null;
  }

  retainedChanged(): void {
    this.#retained.clear();
  }
}

function describeSubscription(clientId: string, filter: string, qos: Qos, isAsked: boolean): SubscriptionRow {
  const untold = { noLocal: null, retainAsPublished: null, retainHandling: null, subscriptionIdentifier: null };
  return { clientId, connected: true, filter, qos, ...untold, reach: isAsked ? 'now' : null };
}

function describeRetained({ topic, payload, qos }: AedesRetained): RetainedRow {
  const head = new Uint8Array(payload.subarray(0, headBytes));
  return { topic, sizeBytes: payload.byteLength, qos, publisher: null, storedAt: null, expiresInSeconds: null, number: 0, head };
}
