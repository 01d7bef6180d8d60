import type { Page, SessionColumn, SessionRow, SessionsQuery } from '../../../../../shared/contract/broker-lists.ts';
import { ListCache } from '../../inside/list-cache.ts';
import { sortedList } from '../../inside/sorted-list.ts';
import type { BrokerCore } from '../broker-core.ts';
import type { Session } from '../session.ts';
import { versionNames } from '../version-names.ts';

/** The sessions of a core, connected or not. */
export class SessionList {
  readonly #core: BrokerCore;
  readonly #cache = new ListCache<Session>();

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  async page({ offset, limit, search = '', state, order }: SessionsQuery): Promise<Page<SessionRow>> {
    const core = this.#core;
    const nowMs = core.tick();
    if (search === '' && state === undefined && order === undefined) return { total: core.sessions.size, rows: this.#walk(offset, limit) };
    const needle = search.toLowerCase();
    const { total, items } = await this.#cache.page(JSON.stringify([search, state, order]), { offset, limit }, () =>
      sortedList(core.sessions.values(), {
        matches: ({ clientId, connection }) =>
          (state === undefined || (connection !== null) === (state === 'connected')) && (needle === '' || clientId.toLowerCase().includes(needle)),
        key: order === undefined ? null : columns(nowMs)[order.by],
        descending: order?.descending === true,
      }),
    );
    return { total, rows: items.map((session) => describeSession(core, session)) };
  }

  /** Something was changed by hand. */
  changed(): void {
    this.#cache.clear();
  }

  #walk(offset: number, limit: number): SessionRow[] {
    const rows: SessionRow[] = [];
    let at = 0;
    for (const session of this.#core.sessions.values()) {
      at += 1;
      if (at <= offset) continue;
      if (rows.length === limit) break;
      rows.push(describeSession(this.#core, session));
    }
    return rows;
  }
}

const columns = (nowMs: number): Readonly<Record<SessionColumn, (session: Session) => string | number>> => ({
  clientId: ({ clientId }) => clientId,
  version: ({ level }) => level,
  endsAt: (session) => session.endsInMs(nowMs) ?? Infinity,
  subscriptions: ({ subscriptions }) => subscriptions.size,
  queuedMessages: ({ queue }) => queue?.length ?? 0,
  queuedBytes: ({ queue }) => queue?.bytes ?? 0,
});

export function describeSession(core: BrokerCore, session: Session): SessionRow {
  const { expirySeconds, connection, queue } = session;
  const leftMs = session.endsInMs(core.nowMs);
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
