import type { Qos, SourceId } from '../../../shared/contract/common.ts';
import type { MessageDetail, MessageRow } from '../../../shared/contract/messages.ts';
import { decodeValue, encodeValue } from '../../../shared/ipc/value-codec.ts';
import type { MessageProperties, MessageRecord } from '../../../shared/messages/record.ts';
import type { Database } from '../sqlite/index.ts';
import { messageMigrations, migrate } from './schema.ts';
import { databaseBytes, isSound, removeDatabase, rollBack } from './segment-database.ts';
import type { SegmentFile } from './segment-files.ts';

const headBytes = 256;
const flag = { qos: 0b11, retain: 0b100, dup: 0b1000, out: 0b1_0000 } as const;

interface StoredRow {
  readonly id: number;
  readonly time_us: number;
  readonly flags: number;
  readonly publisher: string | null;
  readonly name: string;
  readonly size: number;
  readonly head: Uint8Array;
}

interface TopicEntry {
  readonly id: number;
  count: number;
  lastUs: number;
  retained: boolean;
  last: Uint8Array;
}

/** What the store remembers of a topic. */
export interface TopicSummary {
  readonly topic: string;
  readonly count: number;
  readonly lastTimeUs: number;
  readonly head: Uint8Array;
  readonly sizeBytes: number;
  readonly retained: boolean;
}

/** One database file of the history: a stretch of message ids. Old stretches are deleted as whole files. */
export class Segment implements SegmentFile {
  readonly file: string;
  readonly #database: Database;
  readonly #topics = new Map<string, TopicEntry>();
  readonly #sql: ReturnType<typeof prepareAll>;

  constructor(file: string, open: (file: string) => Database, maxPages?: number) {
    this.file = file;
    this.#database = open(file);
    try {
      this.#database.exec(
        'PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 2000;',
      );
      if (maxPages !== undefined) this.#database.exec(`PRAGMA max_page_count = ${maxPages}`);
      migrate(this.#database, messageMigrations);
      this.#sql = prepareAll(this.#database);
      for (const row of this.#sql.topics.all() as { id: number; source: string; name: string; count: number; last_us: number; retained: number }[]) {
        this.#topics.set(keyOf(row.source, row.name), {
          id: row.id,
          count: row.count,
          lastUs: row.last_us,
          retained: row.retained === 1,
          last: new Uint8Array(0),
        });
      }
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Writes a batch whole or not at all. */
  append(source: SourceId, records: readonly MessageRecord[]): void {
    const touched = new Map<TopicEntry, MessageRecord>();
    const before: [TopicEntry, TopicEntry][] = [];
    const fresh: string[] = [];
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const record of records) {
        const key = keyOf(source, record.topic);
        let topic = this.#topics.get(key);
        if (!topic) {
          const { lastInsertRowid } = this.#sql.addTopic.run(source, record.topic);
          topic = { id: Number(lastInsertRowid), count: 0, lastUs: 0, retained: false, last: new Uint8Array(0) };
          this.#topics.set(key, topic);
          fresh.push(key);
        }
        if (!touched.has(topic)) before.push([topic, { ...topic }]);
        topic.count += 1;
        topic.lastUs = Math.max(topic.lastUs, record.timeUs);
        if (record.retain) topic.retained = record.payload.byteLength > 0;
        touched.set(topic, record);
        const flags = record.qos | (record.retain ? flag.retain : 0) | (record.dup ? flag.dup : 0) | (record.direction === 'out' ? flag.out : 0);
        this.#sql.addMessage.run(
          record.id,
          topic.id,
          record.timeUs,
          flags,
          record.publisher,
          record.properties ? encodeValue(record.properties) : null,
          record.payload,
        );
      }
      for (const [topic, { payload }] of touched) {
        this.#sql.updateTopic.run(topic.count, topic.lastUs, payload.subarray(0, headBytes), payload.byteLength, topic.retained ? 1 : 0, topic.id);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      for (const [topic, old] of before) Object.assign(topic, old);
      for (const key of fresh) this.#topics.delete(key);
      rollBack(this.#database);
      throw error;
    }
  }

  lastId(): number {
    return (this.#sql.lastId.get() as { id: number | null }).id ?? 0;
  }

  recordCount(): number {
    let count = 0;
    for (const topic of this.#topics.values()) count += topic.count;
    return count;
  }

  count(source: SourceId, topic: string): number {
    return this.#topics.get(keyOf(source, topic))?.count ?? 0;
  }

  countAfter(source: SourceId, topic: string, id: number): number {
    const entry = this.#topics.get(keyOf(source, topic));
    return entry ? (this.#sql.countAfter.get(entry.id, id) as { count: number }).count : 0;
  }

  /** Newest first. */
  rows(source: SourceId, topic: string, query: { readonly atOrBefore: number; readonly offset: number; readonly limit: number }): MessageRow[] {
    const entry = this.#topics.get(keyOf(source, topic));
    if (!entry) return [];
    return (this.#sql.rows.all(entry.id, query.atOrBefore, query.limit, query.offset) as unknown as StoredRow[]).map(toRow);
  }

  latest(source: SourceId, topic: string, maxBytes: number): MessageDetail | null {
    const entry = this.#topics.get(keyOf(source, topic));
    const row = entry ? (this.#sql.latestId.get(entry.id) as { id: number } | undefined) : undefined;
    return row ? this.get(row.id, maxBytes) : null;
  }

  get(id: number, maxBytes: number): MessageDetail | null {
    const row = this.#sql.message.get(maxBytes, id) as unknown as
      | (StoredRow & { readonly properties: Uint8Array | null; readonly part: Uint8Array })
      | undefined;
    if (!row) return null;
    return { ...toRow(row), payload: row.part, properties: row.properties ? (decodeValue(row.properties) as MessageProperties) : null };
  }

  payload(id: number, offset: number, length: number): Uint8Array | null {
    const row = this.#sql.part.get(offset + 1, length, id) as { part: Uint8Array } | undefined;
    return row?.part ?? null;
  }

  *topics(source: SourceId): Iterable<TopicSummary> {
    for (const row of this.#sql.summaries.iterate(source) as Iterable<unknown>) {
      const { name, count, last_us, head, size, retained } = row as {
        name: string;
        count: number;
        last_us: number;
        head: Uint8Array;
        size: number;
        retained: number;
      };
      yield { topic: name, count, lastTimeUs: last_us, head, sizeBytes: size, retained: retained === 1 };
    }
  }

  clear(source: SourceId): number {
    const deleted = Number(this.#sql.clearMessages.run(source).changes);
    this.#sql.clearTopics.run(source);
    for (const key of [...this.#topics.keys()]) if (key.startsWith(`${source}\n`)) this.#topics.delete(key);
    return deleted;
  }

  sizeBytes(): number {
    return databaseBytes(this.file);
  }

  isSound(): boolean {
    return isSound(this.#database);
  }

  close(): void {
    this.#database.close();
  }

  remove(): void {
    this.close();
    removeDatabase(this.file);
  }
}

const keyOf = (source: string, topic: string): string => `${source}\n${topic}`;

function prepareAll(database: Database) {
  const columns = `message.id, time_us, flags, publisher, topic.name AS name, length(payload) AS size, ${slice('1', String(headBytes))} AS head`;
  const from = 'FROM message JOIN topic ON topic.id = topic_id';
  return {
    topics: database.prepare('SELECT id, source, name, count, last_us, retained FROM topic'),
    addTopic: database.prepare('INSERT INTO topic (source, name) VALUES (?, ?)'),
    addMessage: database.prepare('INSERT INTO message (id, topic_id, time_us, flags, publisher, properties, payload) VALUES (?, ?, ?, ?, ?, ?, ?)'),
    updateTopic: database.prepare('UPDATE topic SET count = ?, last_us = ?, head = ?, size = ?, retained = ? WHERE id = ?'),
    lastId: database.prepare('SELECT max(id) AS id FROM message'),
    latestId: database.prepare('SELECT id FROM message WHERE topic_id = ? ORDER BY id DESC LIMIT 1'),
    countAfter: database.prepare('SELECT count(*) AS count FROM message WHERE topic_id = ? AND id > ?'),
    rows: database.prepare(`SELECT ${columns} ${from} WHERE topic_id = ? AND message.id <= ? ORDER BY message.id DESC LIMIT ? OFFSET ?`),
    message: database.prepare(`SELECT ${columns}, properties, ${slice('1', '?')} AS part ${from} WHERE message.id = ?`),
    part: database.prepare(`SELECT ${slice('?', '?')} AS part FROM message WHERE id = ?`),
    summaries: database.prepare('SELECT name, count, last_us, head, size, retained FROM topic WHERE source = ?'),
    clearMessages: database.prepare('DELETE FROM message WHERE topic_id IN (SELECT id FROM topic WHERE source = ?)'),
    clearTopics: database.prepare('DELETE FROM topic WHERE source = ?'),
  } as const;
}

/** A part of the payload, `from` 1 on. Of an empty one SQLite makes NULL. */
function slice(from: string, length: string): string {
  return `coalesce(substr(payload, ${from}, ${length}), x'')`;
}

function toRow(row: StoredRow): MessageRow {
  return {
    id: row.id,
    timeUs: row.time_us,
    topic: row.name,
    qos: (row.flags & flag.qos) as Qos,
    retain: (row.flags & flag.retain) !== 0,
    dup: (row.flags & flag.dup) !== 0,
    direction: (row.flags & flag.out) === 0 ? 'in' : 'out',
    publisher: row.publisher,
    sizeBytes: row.size,
    head: row.head,
  };
}
