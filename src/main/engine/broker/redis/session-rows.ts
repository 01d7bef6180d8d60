import type { PersistentBatch, PersistentRecords } from '../core/persistence/broker-persistence.ts';
import { packDelivery, packSession, packSubscription, unpackDelivery, unpackSession, unpackSubscription } from './redis-records.ts';

type Argument = string | number | Buffer;

interface SessionName {
  readonly clientId: string;
  readonly uid: string;
}

/** What the scripts answer for one session. */
export interface LoadedRows {
  readonly clientId: string;
  readonly uid: string;
  readonly records: PersistentRecords;
  /** It has had the entries of the log up to here. */
  readonly cursor: string;
  /** And of these those that `skip` wrote, up to this number; `Infinity`: all. */
  readonly skip: string;
  readonly skipSeq: number;
  /** But those up to this number it was still to be given there. */
  readonly late: number;
  /** The newest entry of the log when it was read. */
  readonly newest: string;
}

/**
 * The names of rows in Redis. Keys of the journal count only in one process, so sessions and messages are called by the process that made them
 * and its key; who gets one from elsewhere remembers its name. Keys of deliveries are in order within their session, and go on from the highest.
 */
export class SessionRows {
  readonly #process: string;
  readonly #sessions = new Map<number, SessionName>();
  readonly #messages = new Map<number, string>();

  /** `process`: not used by any other, ever. */
  constructor(process: string) {
    this.#process = process;
  }

  /** The changes for the script, see `commitScript`. */
  changes(batch: PersistentBatch, out: Argument[], lateUpTo: (clientId: string) => number): void {
    for (const key of batch.endedSessions) {
      const name = this.#sessions.get(key);
      if (name !== undefined) out.push('E', name.clientId, name.uid);
    }
    for (const session of batch.sessions) {
      // Only its will would be kept: whoever takes over after this broker publishes it.
      const { clientId, uid } = this.#named(session.key, session.clientId);
      out.push('S', clientId, uid, packSession(session), String(lateUpTo(clientId)));
    }
    for (const subscription of batch.subscriptions) {
      const name = this.#sessions.get(subscription.session);
      if (name !== undefined) out.push('+', name.clientId, subscription.filter, packSubscription(subscription));
    }
    for (const { session, filter } of batch.endedSubscriptions) {
      const name = this.#sessions.get(session);
      if (name !== undefined) out.push('-', name.clientId, filter);
    }
    for (const { key, packet, publisher, expiresMs } of batch.messages) {
      // The sign before the publisher tells a client with an empty id from the broker itself.
      out.push('M', this.#messageUid(key), Buffer.from(packet), publisher === null ? '' : `=${publisher}`, expiresMs === null ? '' : String(expiresMs));
    }
    for (const delivery of batch.deliveries) {
      const name = this.#sessions.get(delivery.session);
      if (name !== undefined) out.push('Q', name.clientId, String(delivery.key), packDelivery(this.#messageUid(delivery.message), delivery));
    }
    for (const { session, key } of batch.endedDeliveries) {
      const name = this.#sessions.get(session);
      if (name !== undefined) out.push('q', name.clientId, String(key));
    }
    for (const { session, packetId } of batch.incoming) {
      const name = this.#sessions.get(session);
      if (name !== undefined) out.push('I', name.clientId, String(packetId));
    }
    for (const { session, packetId } of batch.endedIncoming) {
      const name = this.#sessions.get(session);
      if (name !== undefined) out.push('i', name.clientId, String(packetId));
    }
    for (const topic of batch.endedRetained) out.push('R', topic);
  }

  /** The batch is written: what ended in it needs no name any more. */
  written({ endedSessions, endedMessages }: PersistentBatch): void {
    for (const key of endedSessions) this.#sessions.delete(key);
    for (const key of endedMessages) this.#messages.delete(key);
  }

  /** The session belongs to another broker. */
  forget(key: number): void {
    this.#sessions.delete(key);
  }

  #named(key: number, clientId: string): SessionName {
    let name = this.#sessions.get(key);
    if (name === undefined) this.#sessions.set(key, (name = { clientId, uid: `${this.#process}.${key}` }));
    return name;
  }

  #messageUid(key: number): string {
    return this.#messages.get(key) ?? `${this.#process}.${key}`;
  }

  /** Reads what `loadScript` answers; `nextKey` gives keys of the journal. `null`: it is no session of this program. */
  read(clientId: string, answer: readonly unknown[], nextKey: () => number): LoadedRows | null {
    const [sessionFlat, subscriptions, queue, messages = [], incoming] = answer as readonly (readonly Buffer[])[];
    const newest = (answer[5] as Buffer).toString();
    const row = new Map(pairs(sessionFlat ?? []).map(([name, value]) => [name.toString(), value]));
    const uid = row.get('uid')?.toString();
    const data = row.get('data');
    if (uid === undefined || data === undefined) return null;
    const stored = attempt(() => unpackSession(data));
    if (stored === null) return null;
    const key = nextKey();
    this.#sessions.set(key, { clientId, uid });
    const known = new Map<string, number>();
    const records = { sessions: [{ key, clientId, ...stored }], subscriptions: [], messages: [], deliveries: [], incoming: [], retained: [] } as {
      -readonly [K in keyof PersistentRecords]: PersistentRecords[K][number][];
    };
    for (const [filter, value] of pairs(subscriptions ?? [])) {
      const held = attempt(() => unpackSubscription(filter.toString(), value));
      if (held !== null) records.subscriptions.push({ ...held, session: key });
    }
    for (let at = 0; at + 3 < messages.length; at += 4) {
      const messageUid = (messages[at] as Buffer).toString();
      const messageKey = nextKey();
      known.set(messageUid, messageKey);
      this.#messages.set(messageKey, messageUid);
      const publisher = (messages[at + 2] as Buffer).toString();
      const expires = (messages[at + 3] as Buffer).toString();
      records.messages.push({
        key: messageKey,
        packet: messages[at + 1] as Buffer,
        publisher: publisher === '' ? null : publisher.slice(1),
        expiresMs: expires === '' ? null : Number(expires),
      });
    }
    for (const [field, value] of pairs(queue ?? [])) {
      const read = attempt(() => unpackDelivery(value));
      const message = read === null ? undefined : known.get(read.uid);
      if (read !== null && message !== undefined) records.deliveries.push({ ...read.delivery, session: key, key: Number(field.toString()), message });
    }
    records.deliveries.sort((one, other) => one.key - other.key);
    for (const packetId of incoming ?? []) records.incoming.push({ session: key, packetId: Number(packetId.toString()) });
    const skipSeq = row.get('skipSeq')?.toString();
    return {
      clientId,
      uid,
      records,
      cursor: row.get('cursor')?.toString() ?? '',
      skip: row.get('skip')?.toString() ?? '',
      skipSeq: skipSeq === 'inf' ? Infinity : Number(skipSeq ?? 0),
      late: Number(row.get('late')?.toString() ?? 0),
      newest,
    };
  }
}

export function pairs(flat: readonly Buffer[]): readonly (readonly [Buffer, Buffer])[] {
  const found: (readonly [Buffer, Buffer])[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) found.push([flat[at] as Buffer, flat[at + 1] as Buffer]);
  return found;
}

/** What others have written and cannot be read is left out. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
