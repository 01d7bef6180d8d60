/** A segment of the history that could not be used and was moved out of the way. File names, both in the history's folder. */
export interface KeptAside {
  /** What it holds. */
  readonly kind: 'messages' | 'calls';
  readonly file: string;
  readonly keptAs: string;
  /** What is wrong with it, after its name: "is damaged". */
  readonly why: string;
  /** How many messages, or calls, it holds, where it can still tell. */
  readonly count: number | null;
}

/** What happened to each file, where it is now and what is missing, in sentences; `null` when nothing was kept aside. */
export function describeKeptAside(files: readonly KeptAside[]): string | null {
  if (files.length === 0) return null;
  return files
    .map(({ kind, file, keptAs, why, count }) => {
      const lost =
        count === null
          ? `the ${kind} in it are`
          : count === 1
            ? `the one ${kind.slice(0, -1)} in it is`
            : `the ${count.toLocaleString('en')} ${kind} in it are`;
      return `${file} in the history folder ${why}: it was kept there as ${keptAs}, and ${lost} missing from the history.`;
    })
    .join(' ');
}
