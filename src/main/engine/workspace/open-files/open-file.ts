import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import type { z } from 'zod';
import type { Problem } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { diskAccess, errorCode } from '../file-access.ts';
import { whyUnwritable } from '../workspace-errors.ts';

/** Files that people edit by hand, with other programs and by merging, while the workbench runs: read on demand, and left as they are where they cannot be used. */

const fileVersion = 1;
/** Of a file that is not there. */
export const goneRevision = 'gone';
/** Of a damaged file, to look at. */
const shownTextLength = 65_536;
/** What a page can take in one message, with room for what is around it. */
const maxDepth = 40;

export interface OpenFile<T> {
  /** The same for the same bytes. */
  readonly revision: string;
  readonly content: T | null;
  readonly problem: Problem | null;
  /** Of a file that cannot be used. */
  readonly text: string | null;
}

/** `null`: there is no such file. Links are not followed. `name` is how messages call the file. */
export async function readOpenFile<T>(file: string, name: string, schema: z.ZodType<T>, maxBytes: number): Promise<OpenFile<T> | null> {
  const unusable = (why: string, revision: string, text: string | null): OpenFile<T> => ({
    revision,
    content: null,
    problem: { code: 'workspace-file', message: `${name} ${why}.`, advice: 'It is left as it is: mend it, or delete it.' },
    text: text === null ? null : text.slice(0, shownTextLength),
  });
  let bytes: Buffer;
  try {
    const facts = await lstat(file);
    if (facts.isSymbolicLink()) return unusable('is a link, and links are not followed', 'link', null);
    if (!facts.isFile()) return unusable('is not a file', 'other', null);
    if (facts.size > maxBytes) return unusable(`has ${facts.size} bytes, and no more than ${maxBytes} are read`, `${facts.size}-${facts.mtimeMs}`, null);
    bytes = await readFile(file);
  } catch (error) {
    if (isGone(error)) return null;
    return unusable(`could not be read (${errorCode(error) || String(error)})`, 'unreadable', null);
  }
  const revision = revisionOf(bytes);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return unusable('is not text', revision, null);
  }
  const outcome = parseOpenFile(text, schema);
  return 'why' in outcome ? unusable(outcome.why, revision, text) : { revision, content: outcome.value, problem: null, text: null };
}

/** `why` goes on after the name of the file. */
function parseOpenFile<T>(text: string, schema: z.ZodType<T>): { readonly value: T } | { readonly why: string } {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return { why: 'is not a JSON object' };
    if (isDeep(content)) return { why: `is nested deeper than ${maxDepth} levels` };
    const { version, ...rest } = content as Record<string, unknown>;
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return { why: 'has no version number: "version": 1' };
    if (version > fileVersion) return { why: `was written by a newer version of the workbench (format ${version}, known is ${fileVersion})` };
    const parsed = schema.safeParse(rest);
    if (parsed.success) return { value: parsed.data };
    return { why: `is not valid${describeIssue(parsed.error.issues[0])}` };
  } catch (error) {
    if (error instanceof RangeError) return { why: 'is nested too deeply' };
    if (!(error instanceof SyntaxError)) throw error;
    return { why: /^(?:<{7}|={7}|>{7})/m.test(text) ? 'has a merge conflict in it' : `is not valid JSON${positionIn(text, error.message)}` };
  }
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  if (!issue) return '';
  const where = issue.path.length > 0 ? ` at "${issue.path.map(String).join('.')}"` : '';
  return `${where}: ${issue.message.replace(/\.$/, '')}`;
}

/** V8 says where; as lines people find it. */
function positionIn(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return `: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function isDeep(value: object): boolean {
  let level: unknown[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    level = level.flatMap((one) =>
      (typeof one === 'object' && one !== null ? Object.values(one) : []).filter((inner) => typeof inner === 'object' && inner !== null),
    );
  }
  return false;
}

/** Two spaces of indent and the keys in the given order, so that changes are easy to review. */
function openFileText(content: object): string {
  return `${JSON.stringify({ version: fileVersion, ...content }, null, 2)}\n`;
}

function revisionOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/**
 * Replaces a file and answers with its revision. With a known one, rejects with `invalid-state` when the file is another by now; a link in its place is refused.
 * `workspace-unwritable` when the disk says no, `payload-too-large` and `bad-input` for what could not be read again.
 */
export async function writeOpenFile(file: string, name: string, content: object, maxBytes: number, known?: string): Promise<string> {
  const text = openFileText(content);
  if (Buffer.byteLength(text) > maxBytes)
    throw new CodedError('payload-too-large', `${name} would have more than ${maxBytes} bytes, and could not be read again.`);
  if (isDeep(content)) throw new CodedError('bad-input', `${name} would be nested deeper than ${maxDepth} levels, and could not be read again.`);
  try {
    await checkPresent(file, name, known);
    // Again at the last moment: to write takes its time on a slow disk.
    if (known === goneRevision) await createFile(file, name, text);
    else await diskAccess.writeAtomic(file, text, undefined, () => checkPresent(file, name, known));
  } catch (error) {
    throw notSaved(name, error);
  }
  return revisionOf(text);
}

async function checkPresent(file: string, name: string, known: string | undefined): Promise<void> {
  const facts = await lstat(file).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
  if (facts?.isSymbolicLink() === true)
    throw new CodedError('workspace-unwritable', `${name} is a link, and links are not followed.`, { advice: 'Put the file itself there.' });
  if (known !== undefined) checkRevision(name, facts?.isFile() === true ? revisionOf(await readFile(file)) : goneRevision, known);
}

async function createFile(file: string, name: string, text: string): Promise<void> {
  try {
    await diskAccess.createAtomic(file, text);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    await checkPresent(file, name, goneRevision);
    // It was there for a moment only.
    await diskAccess.createAtomic(file, text);
  }
}

/** Throws `invalid-state` when a file is another by now than the one that is known. */
export function checkRevision(name: string, present: string, known: string): void {
  if (present === known) return;
  const wasRemoved = present === goneRevision;
  throw new CodedError('invalid-state', wasRemoved ? `${name} was deleted meanwhile.` : `${name} was changed by another program meanwhile.`, {
    advice: 'Look at it again, or replace it with what is here.',
    data: { reason: wasRemoved ? 'gone' : 'changed' },
  });
}

export function notSaved(name: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const { reason, advice } = whyUnwritable(error);
  return new CodedError('workspace-unwritable', `${name} could not be saved: ${reason}.`, { advice });
}

export function isGone(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
}
