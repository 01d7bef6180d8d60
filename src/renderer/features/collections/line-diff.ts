/** One line of two texts laid beside each other. */
export interface DiffLine {
  readonly kind: 'same' | 'expected' | 'actual' | 'skipped';
  readonly text: string;
}

/** Beyond this many differing lines a pair is not compared line by line: the table of the comparison grows with their product. */
const maxCompared = 600;
/** Equal lines that stay around a difference, so that its place can be told. */
const contextLines = 2;

/** What has to change in the expected text to get the actual one, with long runs of equal lines left out (and counted). */
export function lineDiff(expected: string, actual: string): readonly DiffLine[] {
  const [before, after] = [expected.split('\n'), actual.split('\n')];
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ kind: 'same', text }));
  const lines = [
    ...same(before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
  return fold(lines);
}

function middle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const removed = before.map((text): DiffLine => ({ kind: 'expected', text }));
  const added = after.map((text): DiffLine => ({ kind: 'actual', text }));
  if (before.length === 0 || after.length === 0 || before.length > maxCompared || after.length > maxCompared) return [...removed, ...added];
  // Length of the longest common subsequence of what follows each pair of lines.
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  for (let a = before.length - 1; a >= 0; a -= 1) {
    for (let b = after.length - 1; b >= 0; b -= 1) {
      const at = a * width + b;
      common[at] = before[a] === after[b] ? (common[at + width + 1] ?? 0) + 1 : Math.max(common[at + width] ?? 0, common[at + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  while (a < before.length && b < after.length) {
    const at = a * width + b;
    if (before[a] === after[b]) {
      lines.push({ kind: 'same', text: before[a] ?? '' });
      a += 1;
      b += 1;
    } else if ((common[at + width] ?? 0) >= (common[at + 1] ?? 0)) {
      lines.push({ kind: 'expected', text: before[a] ?? '' });
      a += 1;
    } else {
      lines.push({ kind: 'actual', text: after[b] ?? '' });
      b += 1;
    }
  }
  return [...lines, ...removed.slice(a), ...added.slice(b)];
}

function fold(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = new Uint8Array(lines.length);
  for (const [at, line] of lines.entries()) {
    if (line.kind === 'same') continue;
    near.fill(1, Math.max(0, at - contextLines), at + contextLines + 1);
  }
  const folded: DiffLine[] = [];
  let left = 0;
  const close = (): void => {
    if (left > 0) folded.push({ kind: 'skipped', text: left === 1 ? '1 equal line' : `${left} equal lines` });
    left = 0;
  };
  for (const [at, line] of lines.entries()) {
    if (near[at] === 1) {
      close();
      folded.push(line);
    } else left += 1;
  }
  close();
  return folded;
}
