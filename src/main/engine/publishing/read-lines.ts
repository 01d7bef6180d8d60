import { CodedError } from '../../../shared/ipc/errors.ts';

const maxLines = 100_000;

export interface FileLine {
  /** From 1, as an editor counts. */
  readonly number: number;
  readonly text: string;
}

/** The lines of a file of UTF-8 text, with or without a byte order mark, ended as on any system. Throws `bad-input`. */
export function readLines(bytes: Uint8Array, skipEmpty: boolean): readonly FileLine[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CodedError('bad-input', 'The file is not UTF-8 text, so it has no lines.', { advice: 'Publish it as a whole, or save it as UTF-8.' });
  }
  const all = text.split(/\r\n|[\n\r]/);
  // What ends with a line break has no further line.
  if (all.at(-1) === '') all.pop();
  const lines = all.map((line, at): FileLine => ({ number: at + 1, text: line })).filter((line) => !(skipEmpty && line.text.trim() === ''));
  if (lines.length === 0) throw new CodedError('bad-input', 'The file has no lines to publish.');
  if (lines.length > maxLines) {
    throw new CodedError(
      'bad-input',
      `The file has ${lines.length.toLocaleString('en-GB')} lines; at most ${maxLines.toLocaleString('en-GB')} are published from one.`,
      {
        advice: 'Split it into several files.',
      },
    );
  }
  return lines;
}
