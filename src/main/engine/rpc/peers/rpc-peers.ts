import type { EventsPage, EventsQuery, PeersPage, PeersQuery, RpcEventDetail, RpcPeer } from '../../../../shared/contract/rpc-peers.ts';
import type { DialectId } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { ParsedMessage } from '../../../../shared/rpc/dialect.ts';
import { readPresence } from '../../../../shared/rpc/presence.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import { localCallerId } from '../caller/local-session.ts';
import { EventLog } from './event-log.ts';
import { PeerBook, roomForPeers, stateOf, type ConnectedClient } from './peer-book.ts';

export interface RpcPeersOptions {
  /** Those of the local broker, at most `maxClients`; `null` while it does not run. The list is replaced when it changes. */
  readonly brokerClients: () => readonly ConnectedClient[] | null;
  readonly maxClients: number;
  /** ms, of a clock that never goes back. */
  readonly clock: () => number;
}

/** The clients of each source, as far as they can be known, and the events they send. Everything is kept in memory, within bounds. */
export interface RpcPeers {
  readonly changed: Notifier;
  /** Any message of a source. */
  see(source: SourceId, record: MessageRecord): void;
  /** A client that is named in a message. */
  seen(source: SourceId, clientId: string, atMs: number): void;
  event(source: SourceId, dialect: DialectId, record: MessageRecord, event: Extract<ParsedMessage, { kind: 'event' }>): void;
  /** Its presence says so. */
  isOffline(source: SourceId, clientId: string): boolean;
  /** `null`: nothing is known. */
  presenceOf(source: SourceId, clientId: string): RpcPeer['presence'];
  page(query: PeersQuery, isNode4: (clientId: string) => boolean): PeersPage;
  events(query: EventsQuery): EventsPage;
  eventDetail(id: number): RpcEventDetail | null;
  clearEvents(source: SourceId): number;
  forget(source: SourceId, clientId: string): void;
  /** What is retained there may be gone. */
  brokerStopped(): void;
  /** The source is gone for good. */
  drop(source: SourceId): void;
}

export function createRpcPeers({ brokerClients, maxClients, clock }: RpcPeersOptions): RpcPeers {
  const changed = createNotifier();
  const room = roomForPeers();
  const books = new Map<SourceId, PeerBook>();
  const log = new EventLog(clock);
  const bookOf = (source: SourceId): PeerBook => {
    let book = books.get(source);
    if (!book) books.set(source, (book = new PeerBook(room)));
    return book;
  };
  /** By id, as long as the list is the same. */
  let connected: { readonly list: readonly ConnectedClient[] | null; readonly ids: ReadonlySet<string> } = { list: null, ids: new Set() };
  const isConnected = (clientId: string): boolean | null => {
    const list = brokerClients();
    if (list !== connected.list) connected = { list, ids: new Set(list?.map((client) => client.clientId)) };
    if (list === null) return null;
    return connected.ids.has(clientId) || (list.length >= maxClients ? null : false);
  };
  const seen = (source: SourceId, clientId: string, atMs: number): void => {
    if (clientId !== '' && bookOf(source).seen(clientId, atMs)) changed.notify();
  };

  return {
    changed,
    seen,
    see(source, record) {
      const { topic, payload, retain, direction, publisher, timeUs } = record;
      const presence = topic.startsWith('$presence/') ? readPresence(topic, payload) : null;
      // A retained message came from the past when it was delivered for a subscription; the tap shows those that are being published.
      if (presence) {
        bookOf(source).presence(presence, retain && source !== 'broker' && direction === 'in' ? null : timeUs / 1000);
        changed.notify();
      }
      // A will is published by the broker, for a client that has just gone.
      if (publisher !== null && presence?.state !== 'offline') seen(source, publisher, timeUs / 1000);
    },
    event(source, dialect, record, event) {
      log.add(source, dialect, record, event, source === 'broker' && record.publisher === localCallerId);
      changed.notify();
    },
    isOffline: (source, clientId) => books.get(source)?.isOffline(clientId) ?? false,
    presenceOf(source, clientId) {
      const state = stateOf(books.get(source)?.presenceOf(clientId) ?? null, source === 'broker' ? isConnected(clientId) : null);
      return state === 'unknown' ? null : state;
    },
    page(query, isNode4) {
      const clients = query.source === 'broker' ? brokerClients() : null;
      return bookOf(query.source).page(query, { clients, clientsCut: (clients?.length ?? 0) >= maxClients, isNode4 });
    },
    events: (query) => log.page(query),
    eventDetail: (id) => log.detail(id),
    clearEvents(source) {
      const cleared = log.clear(source);
      changed.notify();
      return cleared;
    },
    forget(source, clientId) {
      books.get(source)?.forget(clientId);
      changed.notify();
    },
    brokerStopped() {
      books.get('broker')?.forgetPresence();
      changed.notify();
    },
    drop(source) {
      books.get(source)?.clear();
      log.clear(source);
      changed.notify();
    },
  };
}
