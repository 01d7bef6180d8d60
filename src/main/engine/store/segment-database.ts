import { rmSync, statSync } from 'node:fs';
import type { Database } from '../sqlite/index.ts';

/** What a database takes on the disk, with its log. */
export function databaseBytes(file: string): number {
  return ['', '-wal'].reduce((sum, ending) => sum + (statSync(file + ending, { throwIfNoEntry: false })?.size ?? 0), 0);
}

export function removeDatabase(file: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(file + ending, { force: true });
}

export function isSound(database: Database): boolean {
  return (database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string }).quick_check === 'ok';
}

/** SQLite may have rolled back by itself, as it does when the disk is full. */
export function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // No transaction is open any more.
  }
}
