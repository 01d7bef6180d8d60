import type { Database } from '../sqlite/index.ts';

/** Migration n brings a file from version n to n + 1. A file of a newer version is kept aside, never changed. */
export const messageMigrations: readonly string[] = [
  `
  CREATE TABLE topic (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL DEFAULT 0,
    last_us INTEGER NOT NULL DEFAULT 0,
    head BLOB NOT NULL DEFAULT x'',
    size INTEGER NOT NULL DEFAULT 0,
    retained INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source, name)
  ) STRICT;
  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    topic_id INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    publisher TEXT,
    properties BLOB,
    payload BLOB NOT NULL
  ) STRICT;
  CREATE INDEX message_topic ON message (topic_id, id);
  `,
];

export const schemaVersion = messageMigrations.length;

export function fileVersion(database: Database): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

export function migrate(database: Database, migrations: readonly string[]): void {
  for (let version = fileVersion(database); version < migrations.length; version += 1) {
    database.exec(`BEGIN; ${migrations[version]} PRAGMA user_version = ${version + 1}; COMMIT`);
  }
}
