import { existsSync, renameSync } from 'node:fs';

/** Result codes of SQLite, without their extensions. */
export const sqliteCode = { busy: 5, locked: 6, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

/** The result code of an error of SQLite; 0 for any other. */
export function codeOf(error: unknown): number {
  return ((error as { readonly errcode?: number }).errcode ?? 0) & 0xff;
}

export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code === sqliteCode.corrupt || code === sqliteCode.notADatabase;
}

/** What is wrong with a database file, after its name: "is damaged". */
export function whyUnusable(error: unknown): string {
  if (isDamage(error)) return 'is damaged';
  return `could not be opened (${error instanceof Error ? error.message : String(error)})`;
}

/** Moves a database file and what SQLite keeps beside it out of the way: `x.db` becomes `x.<date>.broken.db`, in UTC. Answers the new name. */
export function setAside(file: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  const ending = /\.[^./\\]*$/.exec(file)?.[0] ?? '';
  const bare = file.slice(0, file.length - ending.length);
  let kept = `${bare}.${stamp}.broken${ending}`;
  for (let again = 2; existsSync(kept); again += 1) kept = `${bare}.${stamp}-${again}.broken${ending}`;
  renameSync(file, kept);
  for (const beside of ['-wal', '-shm']) if (existsSync(file + beside)) renameSync(file + beside, kept + beside);
  return kept;
}
