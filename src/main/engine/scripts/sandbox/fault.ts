import type { Thrown } from '../guest/inspect.ts';
import type { Fault, SourcePlace } from '../script-messages.ts';
import { importMessage } from './instance.ts';

/** The file name of what runs in a sandbox besides the script. */
export const guestFile = 'sandbox:guest';

const frame = /^\s*at (?:(.*?) \()?(.*?):(\d+):(\d+)\)?$/;
const maxStackLines = 20;

/** What a person can be told of something that was thrown in a script called `fileName`. */
export function toFault({ name, message, stack, code, limit }: Thrown, fileName: string, source: string): Fault {
  const lines = ownFrames(stack);
  if (limit === 'result') return { kind: 'limit', limit: 'result', reloaded: false, ownFault: true, place: null };
  if (name === 'InternalError' && message === 'out of memory') {
    return { kind: 'limit', limit: 'memory', reloaded: true, ownFault: true, place: firstPlace(lines, fileName) };
  }
  if ((name === 'InternalError' || name === 'RangeError' || name === 'SyntaxError') && message === 'stack overflow') {
    return { kind: 'limit', limit: 'stack', reloaded: false, ownFault: true, place: firstPlace(lines, fileName) };
  }
  const imported = /^A script cannot import other modules: “(.*)”\.$/s.exec(message)?.[1];
  const place = imported === undefined || importMessage(imported) !== message ? firstPlace(lines, fileName) : importPlace(source, imported);
  return {
    kind: 'error',
    name: name === 'InternalError' ? 'Error' : name,
    message: name === '' ? `The script threw ${message === '' ? 'an empty text' : message}.` : message === '' ? `${name} without a message.` : message,
    stack: lines.join('\n'),
    place,
    ...(imported === undefined ? adviceFor(code) : { advice: 'Everything a script may use is there without an import.' }),
  };
}

/** Where the machine was interrupted; `null`: this was thrown for another reason. */
export function interruptedPlace({ name, message, stack }: Thrown, fileName: string): SourcePlace | null {
  return name === 'InternalError' && message === 'interrupted' ? firstPlace(ownFrames(stack), fileName) : null;
}

function adviceFor(code: string | undefined): { readonly advice?: string } {
  return code === 'script-limit' ? { advice: 'Wait for some of them with “await” before more are started.' } : {};
}

/** Frames of the script, and of what the language brings along, in one form. */
function ownFrames(stack: string): readonly string[] {
  const lines: string[] = [];
  for (const line of stack.split('\n')) {
    if (line.trim() === '' || line.includes(guestFile)) continue;
    if (lines.length === maxStackLines) break;
    lines.push(line.trim().slice(0, 300));
  }
  // What called the script is not of interest.
  while (lines.at(-1)?.endsWith('(native)')) lines.pop();
  return lines;
}

function firstPlace(lines: readonly string[], fileName: string): SourcePlace | null {
  for (const line of lines) {
    const [, , file, row, column] = frame.exec(line) ?? [];
    if (file === fileName) return { line: Number(row), column: Number(column) };
  }
  return null;
}

/** The engine does not say where the import is that it refuses. */
function importPlace(source: string, name: string): SourcePlace | null {
  const quoted = name.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const found = new RegExp(`\\bimport\\b[^;'"]{0,1000}['"]${quoted}['"]`).exec(source);
  if (!found) return null;
  const before = source.slice(0, found.index).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
