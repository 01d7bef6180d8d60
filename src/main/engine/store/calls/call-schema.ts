/** As `messageMigrations`, for files of calls. */
export const callMigrations: readonly string[] = [
  // Rows that are looked through are small: texts, which repeat, stand once, and what is only read for a single call stands apart.
  `
  CREATE TABLE text (
    id INTEGER PRIMARY KEY,
    value TEXT NOT NULL UNIQUE,
    folded TEXT
  ) STRICT;
  CREATE TABLE call (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    dialect INTEGER NOT NULL,
    topic INTEGER NOT NULL,
    method INTEGER NOT NULL,
    caller INTEGER NOT NULL,
    error INTEGER,
    state INTEGER NOT NULL,
    own INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    elapsed_ms REAL
  ) STRICT;
  CREATE TABLE body (
    call INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    call INTEGER NOT NULL
  ) STRICT;
  `,
  'ALTER TABLE call ADD COLUMN code INTEGER;',
  'ALTER TABLE call ADD COLUMN correlation INTEGER;',
];

export const callSchemaVersion = callMigrations.length;
