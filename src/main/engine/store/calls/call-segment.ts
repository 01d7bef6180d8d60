import type { CallFilter } from '../../../../shared/contract/call-history.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { CallRow, DialectId } from '../../../../shared/contract/rpc.ts';
import type { Database } from '../../sqlite/index.ts';
import { migrate } from '../schema.ts';
import { databaseBytes, isSound, removeDatabase, rollBack } from '../segment-database.ts';
import type { SegmentFile } from '../segment-files.ts';
import { callMigrations } from './call-schema.ts';
import { fold, whereOf } from './call-where.ts';
import { stateCodes, stateOf, type StoredCall } from './stored-call.ts';

/** Numbers of texts that are remembered, so that the usual topics and methods need no search. */
const rememberedTexts = 20_000;

interface SqlRow {
  readonly id: number;
  readonly source: string;
  readonly dialect: string;
  readonly topic: string;
  readonly method: string;
  readonly caller: string;
  readonly error: string | null;
  readonly state: number;
  readonly own: number;
  readonly duplicates: number;
  readonly time_us: number;
  readonly elapsed_ms: number | null;
  readonly code: number | null;
  readonly correlation: string | null;
}

/** One database file of calls. Calls end in another order than they begin, so the stretches of ids of neighbouring files may overlap. */
export class CallSegment implements SegmentFile {
  readonly #file: string;
  readonly #database: Database;
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #texts = new Map<string, number>();
  #count: number;
  #minId: number;
  #maxId: number;

  constructor(file: string, open: (file: string) => Database, maxPages?: number) {
    this.#file = file;
    this.#database = open(file);
    try {
      this.#database.exec(
        'PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 1000;',
      );
      if (maxPages !== undefined) this.#database.exec(`PRAGMA max_page_count = ${maxPages}`);
      migrate(this.#database, callMigrations);
      this.#sql = prepareAll(this.#database);
      const { count, low, high } = this.#sql.extent.get() as { count: number; low: number | null; high: number | null };
      this.#count = count;
      this.#minId = low ?? Infinity;
      this.#maxId = high ?? 0;
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** The highest id; 0 while it is empty. */
  get maxId(): number {
    return this.#maxId;
  }

  has(id: number): boolean {
    return id >= this.#minId && id <= this.#maxId && this.#sql.has.get(id) !== undefined;
  }

  /** Writes calls, whole or not at all; one that is there is replaced. */
  put(calls: readonly StoredCall[]): void {
    let added = 0;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const { row, body, messageIds } of calls) {
        if (this.#sql.has.get(row.id) === undefined) added += 1;
        this.#sql.put.run(
          row.id,
          this.#textId(row.source),
          this.#textId(row.dialect),
          this.#textId(row.topic),
          this.#textId(row.method),
          this.#textId(row.callerId),
          row.errorText === null ? null : this.#textId(row.errorText),
          stateCodes[row.state],
          row.own ? 1 : 0,
          row.duplicates,
          row.timeUs,
          row.elapsedMs,
          row.responseCode,
          row.correlationId === null ? null : this.#textId(row.correlationId),
        );
        this.#sql.putBody.run(row.id, body);
        for (const messageId of messageIds) this.#sql.putMessage.run(messageId, row.id);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      // Numbers of texts that are not there after all.
      this.#texts.clear();
      rollBack(this.#database);
      throw error;
    }
    this.#count += added;
    for (const { row } of calls) {
      this.#minId = Math.min(this.#minId, row.id);
      this.#maxId = Math.max(this.#maxId, row.id);
    }
  }

  recordCount(): number {
    return this.#count;
  }

  /** Where a slice of so many calls below an id begins; 0: there are not as many. */
  floor(before: number, calls: number): number {
    if (this.#count === 0 || before <= this.#minId) return 0;
    return (this.#sql.floor.get(before, calls - 1) as { id: number } | undefined)?.id ?? 0;
  }

  /** How many calls are below an id. */
  countBelow(before: number): number {
    if (before > this.#maxId) return this.#count;
    return (this.#sql.countBelow.get(before) as { count: number }).count;
  }

  /** Finds the calls of a filter, without what it says about payloads. */
  finder(filter: CallFilter): (from: number, before: number) => readonly number[] {
    const where = whereOf(filter, (value) => this.#findText(value));
    if (!where) return () => [];
    const found = this.#database.prepare(`SELECT id FROM call WHERE id >= ? AND id < ? AND ${where.sql}`);
    return (from, before) =>
      from > this.#maxId || before <= this.#minId ? [] : (found.all(from, before, ...where.values) as { id: number }[]).map(({ id }) => id);
  }

  row(id: number): CallRow | null {
    const row = id < this.#minId || id > this.#maxId ? undefined : (this.#sql.row.get(id) as SqlRow | undefined);
    return row ? toRow(row) : null;
  }

  body(id: number): Uint8Array | null {
    return (this.#sql.body.get(id) as { bytes: Uint8Array } | undefined)?.bytes ?? null;
  }

  callOfMessage(messageId: number): number | null {
    return (this.#sql.callOfMessage.get(messageId) as { call: number } | undefined)?.call ?? null;
  }

  removeCalls(ids: readonly number[]): void {
    const present = ids.filter((id) => this.has(id));
    if (present.length === 0) return;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const id of present) {
        this.#sql.removeCall.run(id);
        this.#sql.removeBody.run(id);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      rollBack(this.#database);
      throw error;
    }
    this.#count -= present.length;
  }

  /** The calls of one source, or all. */
  clear(source: SourceId | undefined): number {
    const id = source === undefined ? undefined : this.#findText(source);
    if (source !== undefined && id === undefined) return 0;
    this.#database.exec('BEGIN IMMEDIATE');
    let deleted: number;
    try {
      deleted = Number((id === undefined ? this.#sql.clear.run() : this.#sql.clearSource.run(id)).changes);
      this.#database.exec(`
        DELETE FROM body WHERE call NOT IN (SELECT id FROM call);
        DELETE FROM message WHERE call NOT IN (SELECT id FROM call);
        DELETE FROM text WHERE id NOT IN (
          SELECT source FROM call UNION SELECT dialect FROM call UNION SELECT topic FROM call UNION SELECT method FROM call
          UNION SELECT caller FROM call UNION SELECT error FROM call WHERE error IS NOT NULL
          UNION SELECT correlation FROM call WHERE correlation IS NOT NULL);
        COMMIT`);
    } catch (error) {
      rollBack(this.#database);
      throw error;
    } finally {
      this.#texts.clear();
    }
    this.#count -= deleted;
    return deleted;
  }

  sizeBytes(): number {
    return databaseBytes(this.#file);
  }

  isSound(): boolean {
    return isSound(this.#database);
  }

  close(): void {
    this.#database.close();
  }

  remove(): void {
    this.close();
    removeDatabase(this.#file);
  }

  #findText(value: string): number | undefined {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    const id = (this.#sql.findText.get(value) as { id: number } | undefined)?.id;
    if (id !== undefined) this.#rememberText(value, id);
    return id;
  }

  #textId(value: string): number {
    const known = this.#findText(value);
    if (known !== undefined) return known;
    const folded = fold(value);
    const id = Number(this.#sql.addText.run(value, folded === value ? null : folded).lastInsertRowid);
    this.#rememberText(value, id);
    return id;
  }

  #rememberText(value: string, id: number): void {
    if (this.#texts.size >= rememberedTexts) this.#texts.clear();
    this.#texts.set(value, id);
  }
}

function prepareAll(database: Database) {
  const text = (column: string): string => `(SELECT value FROM text WHERE text.id = ${column}) AS ${column}`;
  const columns = `id, ${['source', 'dialect', 'topic', 'method', 'caller', 'error', 'correlation'].map(text).join(', ')}, state, own, duplicates, time_us, elapsed_ms, code`;
  return {
    extent: database.prepare('SELECT count(*) AS count, min(id) AS low, max(id) AS high FROM call'),
    has: database.prepare('SELECT 1 FROM call WHERE id = ?'),
    put: database.prepare(
      `INSERT OR REPLACE INTO call (id, source, dialect, topic, method, caller, error, state, own, duplicates, time_us, elapsed_ms, code, correlation)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    putBody: database.prepare('INSERT OR REPLACE INTO body (call, bytes) VALUES (?, ?)'),
    putMessage: database.prepare('INSERT OR REPLACE INTO message (id, call) VALUES (?, ?)'),
    findText: database.prepare('SELECT id FROM text WHERE value = ?'),
    addText: database.prepare('INSERT INTO text (value, folded) VALUES (?, ?)'),
    floor: database.prepare('SELECT id FROM call WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?'),
    countBelow: database.prepare('SELECT count(*) AS count FROM call WHERE id < ?'),
    row: database.prepare(`SELECT ${columns} FROM call WHERE id = ?`),
    body: database.prepare('SELECT bytes FROM body WHERE call = ?'),
    callOfMessage: database.prepare('SELECT call FROM message JOIN call ON call.id = message.call WHERE message.id = ?'),
    removeCall: database.prepare('DELETE FROM call WHERE id = ?'),
    removeBody: database.prepare('DELETE FROM body WHERE call = ?'),
    clear: database.prepare('DELETE FROM call WHERE TRUE'),
    clearSource: database.prepare('DELETE FROM call WHERE source = ?'),
  } as const;
}

function toRow(row: SqlRow): CallRow {
  return {
    id: row.id,
    source: row.source as SourceId,
    dialect: row.dialect as DialectId,
    topic: row.topic,
    method: row.method,
    callerId: row.caller,
    own: row.own === 1,
    state: stateOf(row.state),
    duplicates: row.duplicates,
    timeUs: row.time_us,
    elapsedMs: row.elapsed_ms,
    responseCode: row.code,
    correlationId: row.correlation,
    errorText: row.error,
  };
}
