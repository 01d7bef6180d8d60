import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { codeOf, isDamage, setAside, sqliteCode, whyUnusable, type Database } from '../../sqlite/index.ts';
import type { PersistentBatch, PersistentRecords } from '../core/persistence/broker-persistence.ts';
import { fileVersion, isForeign, migrate, schemaVersion } from './sqlite-schema.ts';
import * as rows from './sqlite-rows.ts';

/** What is handed over at once while loading. */
const partRows = 1000;
const partBytes = 4_194_304;
/** A file of which more than half is empty is made smaller at its next start, if that is worth it. */
const worthShrinkingBytes = 16_777_216;

const empty: PersistentRecords = { sessions: [], subscriptions: [], messages: [], deliveries: [], incoming: [], retained: [] };

export interface SqliteFileOptions {
  readonly file: string;
  readonly open: (file: string) => Database;
  /** For the name of a file that is set aside, Unix ms. */
  readonly now: () => number;
  /** A file that cannot be used is set aside for an empty one; otherwise that is an error. */
  readonly mayReplace: boolean;
  /** Lets tests run out of space. */
  readonly maxPages?: number | undefined;
}

/** The database file behind `SqlitePersistence`. Lives in its thread; everything here is synchronous. */
export class SqliteFile {
  readonly #database: Database;
  readonly #sql: ReturnType<typeof prepareAll>;
  /** What was found damaged and where it is now. */
  readonly problem: string | null;
  readonly lastWriteMs: number | null;

  /** Throws a `CodedError` when the file cannot be used and is not to be touched. */
  constructor(options: SqliteFileOptions) {
    const { file } = options;
    let problem: string | null = null;
    let database: Database;
    try {
      mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
      const opened = openSound(options);
      if (typeof opened === 'string') {
        if (!options.mayReplace) throw new Error(`it ${opened}`);
        const kept = setAside(file, options.now());
        problem = `${path.basename(file)} ${opened}: it was kept as ${path.basename(kept)}, and the broker started without the sessions, retained messages and wills in it.`;
        const fresh = openSound(options);
        if (typeof fresh === 'string') throw new Error(`the new file ${fresh}`);
        database = fresh;
      } else database = opened;
    } catch (error) {
      throw unusable(file, error);
    }
    this.#database = database;
    this.problem = problem;
    this.#sql = prepareAll(database);
    const life = database.prepare('SELECT last_write_ms FROM life').get() as { last_write_ms: number } | undefined;
    this.lastWriteMs = life?.last_write_ms ?? null;
  }

  /** All records in parts, in the order `BrokerPersistence.load` promises. */
  *parts(): Generator<PersistentRecords> {
    for (const sessions of this.#slices('SELECT * FROM session ORDER BY key', rows.sessionOf)) yield { ...empty, sessions };
    for (const subscriptions of this.#slices('SELECT * FROM subscription', rows.subscriptionOf)) yield { ...empty, subscriptions };
    for (const messages of this.#slices('SELECT * FROM message ORDER BY key', rows.messageOf)) yield { ...empty, messages };
    for (const deliveries of this.#slices('SELECT * FROM delivery ORDER BY session, key', rows.deliveryOf)) yield { ...empty, deliveries };
    for (const incoming of this.#slices('SELECT * FROM incoming', rows.incomingOf)) yield { ...empty, incoming };
    for (const retained of this.#slices('SELECT * FROM retained', rows.retainedOf)) yield { ...empty, retained };
  }

  *#slices<T extends object>(sql: string, read: (row: never) => T): Generator<readonly T[]> {
    let part: T[] = [];
    let bytes = 0;
    for (const row of this.#database.prepare(sql).iterate()) {
      const record = read(row as never);
      part.push(record);
      if ('packet' in record) bytes += (record.packet as Uint8Array).byteLength;
      if (part.length < partRows && bytes < partBytes) continue;
      yield part;
      part = [];
      bytes = 0;
    }
    if (part.length > 0) yield part;
  }

  /** Whole or not at all. */
  write(batch: PersistentBatch): void {
    const database = this.#database;
    database.exec('BEGIN IMMEDIATE');
    try {
      this.#remove(batch);
      this.#put(batch);
      database.exec('COMMIT');
    } catch (error) {
      rollBack(database);
      throw error;
    }
  }

  #remove({ endedSessions, endedSubscriptions, endedDeliveries, endedMessages, endedIncoming, endedRetained }: PersistentBatch): void {
    const sql = this.#sql;
    for (const key of endedSessions) for (const statement of sql.endSession) statement.run(key);
    for (const { session, filter } of endedSubscriptions) sql.endSubscription.run(session, filter);
    for (const { session, key } of endedDeliveries) sql.endDelivery.run(session, key);
    for (const key of endedMessages) sql.endMessage.run(key);
    for (const { session, packetId } of endedIncoming) sql.endIncoming.run(session, packetId);
    for (const topic of endedRetained) sql.endRetained.run(topic);
  }

  #put({ nowMs, sessions, subscriptions, messages, deliveries, incoming, retained }: PersistentBatch): void {
    const sql = this.#sql;
    sql.life.run(nowMs);
    for (const record of sessions) sql.session.run(...rows.sessionValues(record));
    for (const record of subscriptions) sql.subscription.run(...rows.subscriptionValues(record));
    for (const { key, packet, publisher, expiresMs, storedMs = null } of messages) sql.message.run(key, packet, publisher, expiresMs, storedMs);
    for (const record of deliveries) sql.delivery.run(...rows.deliveryValues(record));
    for (const { session, packetId } of incoming) sql.incoming.run(session, packetId);
    for (const { topic, packet, publisher, expiresMs, storedMs = null } of retained) sql.retained.run(topic, packet, publisher, expiresMs, storedMs);
  }

  /** Once. */
  close(): void {
    this.#database.close();
  }
}

/** Some errors end the transaction by themselves, a full disk among them. */
function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // No transaction is open any more.
  }
}

/** The database, ready to use; or what is wrong with the file, which is closed then. Throws when the file is not ours to move. */
function openSound({ file, open, maxPages }: SqliteFileOptions): Database | string {
  const isNew = !existsSync(file);
  const database = open(file);
  try {
    // The file belongs to one broker at a time: the lock is held until the end, and there is no shared memory beside it to be left behind.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 2000; PRAGMA page_size = 8192');
    if (isForeign(database)) throw new CodedError('persistence-unavailable', `${file} is a database of another program.`, { advice: 'Use another file.' });
    if (fileVersion(database) > schemaVersion) {
      database.close();
      return 'was written by a newer version of the workbench';
    }
    // Every write is in the log before a commit returns, which outlives this process; it is flushed to the disk when the log is merged into the
    // file, not with every commit (FULL), so that no acknowledgement waits for the disk. After a power failure the last moments may be
    // missing, the file is whole.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 2000');
    database.exec('PRAGMA journal_size_limit = 67108864');
    // Takes the lock also where nothing has to be changed.
    database.exec('BEGIN IMMEDIATE; COMMIT');
    if (!isNew && !isSound(database)) {
      database.close();
      return 'is damaged';
    }
    migrate(database);
    tidy(database, file);
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    return database;
  } catch (error) {
    database.close();
    if (isDamage(error)) return whyUnusable(error);
    throw error;
  }
}

function isSound(database: Database): boolean {
  const [first] = database.prepare('PRAGMA quick_check(1)').all() as { readonly quick_check: string }[];
  return first?.quick_check === 'ok';
}

function tidy(database: Database, file: string): void {
  // Neither can be without the other; what cannot be read was taken out in an earlier run.
  database.exec('DELETE FROM delivery WHERE message NOT IN (SELECT key FROM message)');
  database.exec('DELETE FROM message WHERE key NOT IN (SELECT message FROM delivery)');
  if (statSync(file).size < worthShrinkingBytes) return;
  const { free, total } = database.prepare('SELECT freelist_count AS free, page_count AS total FROM pragma_freelist_count, pragma_page_count').get() as {
    free: number;
    total: number;
  };
  if (free * 2 > total) database.exec('VACUUM');
}

function prepareAll(database: Database) {
  return {
    life: database.prepare('INSERT OR REPLACE INTO life VALUES (0, ?)'),
    session: database.prepare('INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    subscription: database.prepare('INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?)'),
    message: database.prepare('INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)'),
    delivery: database.prepare('INSERT OR REPLACE INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?)'),
    incoming: database.prepare('INSERT OR REPLACE INTO incoming VALUES (?, ?)'),
    retained: database.prepare('INSERT OR REPLACE INTO retained VALUES (?, ?, ?, ?, ?)'),
    endSession: ['session WHERE key', 'subscription WHERE session', 'delivery WHERE session', 'incoming WHERE session'].map((which) =>
      database.prepare(`DELETE FROM ${which} = ?`),
    ),
    endSubscription: database.prepare('DELETE FROM subscription WHERE session = ? AND filter = ?'),
    endMessage: database.prepare('DELETE FROM message WHERE key = ?'),
    endDelivery: database.prepare('DELETE FROM delivery WHERE session = ? AND key = ?'),
    endIncoming: database.prepare('DELETE FROM incoming WHERE session = ? AND packet_id = ?'),
    endRetained: database.prepare('DELETE FROM retained WHERE topic = ?'),
  };
}

function unusable(file: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const inUse = codeOf(error) === sqliteCode.busy || codeOf(error) === sqliteCode.locked;
  if (inUse) {
    return new CodedError('persistence-unavailable', `${file} is in use by another program, probably by another broker.`, {
      advice: 'Stop that program, use another file, or keep sessions in memory.',
    });
  }
  return new CodedError('persistence-unavailable', `${file} cannot be used to keep sessions: ${whyNotWritten(error)}.`, {
    advice: 'Make room or give access there, use another file, or keep sessions in memory.',
  });
}

/** In a few words, for people: why something could not be written. */
export function whyNotWritten(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (codeOf(error)) {
    case sqliteCode.full:
      return 'the disk is full';
    case sqliteCode.busy:
    case sqliteCode.locked:
      return 'the file is locked by another program';
    case sqliteCode.readOnly:
      return 'it may not be written';
    case sqliteCode.cannotOpen:
      return 'the file cannot be opened';
    case sqliteCode.corrupt:
    case sqliteCode.notADatabase:
      return 'the file is damaged';
    default:
      if (code === 'ENOSPC') return 'the disk is full';
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'it may not be written';
      return error instanceof Error ? error.message : String(error);
  }
}
