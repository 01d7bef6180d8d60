import type { ClientColumn, ClientDetail, ClientRow, ClientsQuery, ClientTraffic, Page, WillView } from '../../../../../shared/contract/broker-lists.ts';
import { packetName } from '../../../../../shared/mqtt/packet/packet-type.ts';
import { ListCache } from '../../inside/list-cache.ts';
import { sortedList } from '../../inside/sorted-list.ts';
import type { BrokerCore } from '../broker-core.ts';
import type { Connection } from '../connection.ts';
import { unlimitedPacketSize } from '../delivery.ts';
import { versionNames } from '../version-names.ts';
import type { Session } from '../session.ts';
import { describeSession } from './session-list.ts';

const shownWillBytes = 4096;

/** Without the order in which they have connected, which is that of the list. */
const columns: Readonly<Record<Exclude<ClientColumn, 'connectedAt'>, (connection: Connection) => string | number>> = {
  clientId: ({ clientId, session }) => session?.clientId ?? clientId ?? '',
  username: ({ username }) => username ?? '',
  version: ({ level }) => level,
  address: ({ info }) => info.address,
  keepAlive: ({ keepAliveSeconds }) => keepAliveSeconds,
  expiry: ({ session }) => session?.expirySeconds ?? 0,
  subscriptions: ({ session }) => session?.subscriptions.size ?? 0,
  inflight: ({ session }) => session?.inflight?.size ?? 0,
  queued: ({ session }) => session?.queue?.length ?? 0,
  messagesReceived: ({ messagesReceived }) => messagesReceived,
  messagesSent: ({ messagesSent }) => messagesSent,
  bytesReceived: ({ bytesReceived }) => bytesReceived,
  bytesSent: ({ output }) => output.bytesSent,
  lastReceived: ({ lastReadMs }) => lastReadMs,
};

/** The clients of a core. In the order of connecting they are read from the live list; everything else is put in order first. */
export class ClientList {
  readonly #core: BrokerCore;
  readonly #cache = new ListCache<Connection>();

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  async page({ offset, limit, search, order }: ClientsQuery): Promise<Page<ClientRow>> {
    const core = this.#core;
    core.tick();
    const by = order?.by ?? 'connectedAt';
    if ((search === undefined || search === '') && by === 'connectedAt' && order?.descending !== true)
      return { total: core.clientCount, rows: this.#walk(offset, limit) };
    const { total, items } = await this.#cache.page(JSON.stringify([search, order]), { offset, limit }, () =>
      sortedList(core.connections, { matches: matcher(search), key: by === 'connectedAt' ? null : columns[by], descending: order?.descending === true }),
    );
    return { total, rows: items.map((connection) => describeClient(core, connection)) };
  }

  /** To walk over what comes before takes some nanoseconds for each, a millisecond or two for a hundred thousand. */
  #walk(offset: number, limit: number): ClientRow[] {
    const rows: ClientRow[] = [];
    let at = 0;
    for (const connection of this.#core.connections) {
      if (connection.session === null) continue;
      at += 1;
      if (at <= offset) continue;
      if (rows.length === limit) break;
      rows.push(describeClient(this.#core, connection));
    }
    return rows;
  }

  detail(clientId: string): ClientDetail | null {
    const core = this.#core;
    const session = core.sessions.get(clientId);
    if (session === undefined) return null;
    core.tick();
    const { connection } = session;
    return {
      client: connection === null ? null : describeClient(core, connection),
      session: describeSession(core, session),
      will: describeWill(session),
      limits:
        connection === null
          ? null
          : {
              receiveMaximum: connection.receiveMaximum,
              maximumPacketSize: connection.maximumPacketSize >= unlimitedPacketSize ? null : connection.maximumPacketSize,
              topicAliasMaximum: connection.topicAliasMaximum,
            },
    };
  }
}

function matcher(search: string | undefined): (connection: Connection) => boolean {
  const needle = (search ?? '').toLowerCase();
  return ({ session, info, username }) => {
    if (session === null) return false;
    if (needle === '') return true;
    const fits = (text: string | null | undefined): boolean => text !== null && text !== undefined && text.toLowerCase().includes(needle);
    if (fits(session.clientId) || fits(info.address) || fits(username) || fits(info.certificateSubject)) return true;
    for (const filter of session.subscriptions.keys()) if (fits(filter)) return true;
    return false;
  };
}

function describeClient(core: BrokerCore, connection: Connection): ClientRow {
  const { session, info, username, level, keepAliveSeconds, connectedAtMs } = connection;
  return {
    clientId: session?.clientId ?? '',
    username,
    version: versionNames[level],
    transport: info.transport,
    address: info.address,
    certificateSubject: info.certificateSubject ?? null,
    keepAliveSeconds,
    connectedAt: connectedAtMs,
    subscriptions: session?.subscriptions.size ?? 0,
    traffic: session === null ? null : describeTraffic(core, connection, session),
  };
}

function describeTraffic(core: BrokerCore, connection: Connection, { expirySeconds, inflight, queue }: Session): ClientTraffic {
  const { lastReceived, lastReadMs, lastSentByte, lastSentMs, output } = connection;
  const wallMs = (ms: number): number => Math.round(core.wallMs + ms - core.nowMs);
  return {
    bytesReceived: connection.bytesReceived,
    bytesSent: output.bytesSent,
    messagesReceived: connection.messagesReceived,
    messagesSent: connection.messagesSent,
    lastReceived: lastReceived === null ? null : { type: lastReceived.toUpperCase(), at: wallMs(lastReadMs) },
    lastSent: lastSentByte === 0 ? null : { type: packetName(lastSentByte >> 4), at: wallMs(lastSentMs) },
    sessionExpirySeconds: expirySeconds === Infinity ? null : expirySeconds,
    inflight: inflight?.size ?? 0,
    queuedMessages: queue?.length ?? 0,
    queuedBytes: queue?.bytes ?? 0,
    pendingBytes: output.pendingBytes,
  };
}

function describeWill({ will }: Session): WillView | null {
  if (will === null) return null;
  const { topic, qos, retain, payload, properties } = will.will;
  return { topic, qos, retain, delaySeconds: properties?.willDelayInterval ?? 0, sizeBytes: payload.byteLength, payload: payload.slice(0, shownWillBytes) };
}
