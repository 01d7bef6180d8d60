/** A segment of the history that could not be used and was moved out of the way. File names, both in the history's folder. */
export interface KeptAside {
  readonly file: string;
  readonly keptAs: string;
  /** What is wrong with it, after its name: "is damaged". */
  readonly why: string;
  /** How many messages it holds, where it can still tell. */
  readonly messageCount: number | null;
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
