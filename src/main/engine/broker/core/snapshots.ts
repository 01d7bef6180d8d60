import type {
  ClientRow,
  Page,
  PageQuery,
  RetainedPage,
  RetainedRow,
  SessionRow,
  SubscriptionRow,
  SubscriptionsQuery,
} from '../../../../shared/contract/broker-inside.ts';
import type { BrokerCore } from './broker-core.ts';
import type { Session } from './session.ts';
import { versionNames } from './version-names.ts';

// Pages are read from the live lists: nothing is copied but the rows asked for. To walk over what comes before them takes some
// nanoseconds for each entry, a millisecond or two for a hundred thousand.

export function clientPage(core: BrokerCore, query: PageQuery): Page<ClientRow> {
  const rows: ClientRow[] = [];
  let at = 0;
  for (const connection of core.connections) {
    const { session } = connection;
    if (session === null) continue;
    at += 1;
    if (at <= query.offset) continue;
    if (rows.length === query.limit) break;
    rows.push({
      clientId: session.clientId,
      username: connection.username,
      version: versionNames[connection.level],
      address: connection.info.address,
      keepAliveSeconds: connection.keepAliveSeconds,
      connectedAt: connection.connectedAtMs,
      subscriptions: session.subscriptions.size,
      pendingBytes: connection.output.pendingBytes,
    });
  }
  return { total: core.clientCount, rows };
}

export function sessionPage(core: BrokerCore, { offset, limit }: PageQuery): Page<SessionRow> {
  const rows: SessionRow[] = [];
  let at = 0;
  for (const session of core.sessions.values()) {
    at += 1;
    if (at <= offset) continue;
    if (rows.length === limit) break;
    rows.push(describeSession(core, session));
  }
  return { total: core.sessions.size, rows };
}

function describeSession(core: BrokerCore, session: Session): SessionRow {
  const { expirySeconds, connection, queue } = session;
  const leftMs = session.endsInMs(core.tick());
  return {
    clientId: session.clientId,
    connected: connection !== null,
    version: versionNames[session.level],
    expirySeconds: expirySeconds === Infinity ? null : expirySeconds,
    endsAt: leftMs === null || leftMs === Infinity ? null : core.wallMs + leftMs,
    subscriptions: session.subscriptions.size,
    queuedMessages: queue?.length ?? 0,
    queuedBytes: queue?.bytes ?? 0,
    inflight: session.inflight?.size ?? 0,
    incoming: session.incoming?.size ?? 0,
    hasWill: session.will !== null,
  };
}

export function subscriptionPage(core: BrokerCore, { offset, limit, clientId }: SubscriptionsQuery): Page<SubscriptionRow> {
  const rows: SubscriptionRow[] = [];
  const only = clientId === undefined ? undefined : core.sessions.get(clientId);
  const sessions = clientId === undefined ? core.sessions.values() : only === undefined ? [] : [only];
  let skip = offset;
  for (const { clientId: owner, subscriptions } of sessions) {
    if (rows.length === limit) break;
    if (skip >= subscriptions.size) {
      skip -= subscriptions.size;
      continue;
    }
    for (const { filter, qos, noLocal, retainAsPublished, subscriptionIdentifier } of subscriptions.values()) {
      if (skip > 0) skip -= 1;
      else if (rows.push({ clientId: owner, filter, qos, noLocal, retainAsPublished, subscriptionIdentifier }) === limit) break;
    }
  }
  return { total: clientId === undefined ? core.subscriptions.size : (only?.subscriptions.size ?? 0), rows };
}

export function retainedPage(core: BrokerCore, { offset, limit }: PageQuery): RetainedPage {
  const nowMs = core.tick();
  const rows = core.retainedMessages.page(offset, limit).map(({ topic, payload, qos, publisher, expiresAtMs }): RetainedRow => {
    const expiresInSeconds = expiresAtMs === Infinity ? null : Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000));
    return { topic, sizeBytes: payload.byteLength, qos, publisher, expiresInSeconds };
  });
  return { total: core.retainedMessages.size, bytes: core.retainedMessages.bytes, rows };
}
