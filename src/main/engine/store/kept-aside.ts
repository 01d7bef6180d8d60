/** A segment of the history that could not be used and was moved out of the way. File names, both in the history's folder. */
export interface KeptAside {
  readonly file: string;
  readonly keptAs: string;
  /** What is wrong with it, after its name: "is damaged". */
  readonly why: string;
  /** How many messages it holds, where it can still tell. */
  readonly messageCount: number | null;
}

/** Result codes of SQLite. */
export const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

export function whyUnusable(error: unknown): string {
  const { errcode = 0 } = error as { readonly errcode?: number };
  const primary = errcode & 0xff;
  if (primary === sqliteCorrupt || primary === sqliteNotADatabase) return 'is damaged';
  return `could not be opened (${error instanceof Error ? error.message : String(error)})`;
}

/** What happened to each file, where it is now and what is missing, in sentences; `null` when nothing was kept aside. */
export function describeKeptAside(files: readonly KeptAside[]): string | null {
  if (files.length === 0) return null;
  return files
    .map(({ file, keptAs, why, messageCount }) => {
      const lost =
        messageCount === null
          ? 'the messages in it are'
          : messageCount === 1
            ? 'the one message in it is'
            : `the ${messageCount.toLocaleString('en')} messages in it are`;
      return `${file} in the history folder ${why}: it was kept there as ${keptAs}, and ${lost} missing from the history.`;
    })
    .join(' ');
}
