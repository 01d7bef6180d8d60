import path from 'node:path';
import type { z } from 'zod';
import type { WorkspaceProblem } from '../../../shared/contract/workspace.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { diskAccess, errorCode, type FileAccess } from './file-access.ts';
import { unwritable } from './workspace-errors.ts';

const maxFileBytes = 16 * 1024 * 1024;

/** `version` is the file's own. */
export type FileContent = object & { readonly version?: never };

export interface JsonFileOptions<T extends FileContent> {
  readonly folder: string;
  /** Relative to the folder, with `/`: `settings.json`. It names the file in messages too. */
  readonly name: string;
  /** Of the content beside `version`. */
  readonly schema: z.ZodType<T>;
  /** How the workbench goes on when the file cannot be used, a sentence. */
  readonly without: string;
  /** Unix ms. */
  readonly now: () => number;
  readonly onProblem: (problem: WorkspaceProblem) => void;
  /** A write went through after one had failed. */
  readonly onRecovered?: ((file: string) => void) | undefined;
  readonly mode?: number | undefined;
  readonly files?: FileAccess | undefined;
}

/** One versioned JSON file: read once, then written whole and in order. */
export interface JsonFile<T extends FileContent> {
  /** `undefined` when there is none, or when it could not be used: it is then kept aside and reported. */
  read(): Promise<T | undefined>;
  /** Resolves when this value or a newer one is on the disk. */
  write(value: T): Promise<void>;
  remove(): Promise<void>;
  /** Waits for writes under way. */
  settle(): Promise<void>;
  /** Moves the present file out of the way, reported as damaged for this reason. */
  keepAside(why: string): Promise<void>;
}

const fileVersion = 1;

export function createJsonFile<T extends FileContent>(options: JsonFileOptions<T>): JsonFile<T> {
  const { name, schema, files = diskAccess } = options;
  const file = path.join(options.folder, ...name.split('/'));
  let waiting: { change: () => Promise<void>; readonly settle: ((outcome: Promise<void>) => void)[] } | undefined;
  let running: Promise<void> | undefined;
  // Set when a file that could not be used could not be moved away either: writing would destroy it.
  let untouchable = false;
  let failing = false;

  const keepAside = async (why: string): Promise<void> => {
    const stem = file.replace(/\.json$/, '');
    const stamp = fileStamp(options.now());
    for (let n = 1; ; n += 1) {
      const target = `${stem}.${stamp}${n === 1 ? '' : `-${n}`}.broken.json`;
      try {
        // Claims the name first: a rename would replace an earlier one silently.
        await files.create(target, '');
        await files.rename(file, target);
        const keptAs = path.relative(options.folder, target).replaceAll(path.sep, '/');
        options.onProblem({
          code: 'workspace-file',
          file: name,
          keptAs,
          message: `${name} ${why}.`,
          advice: options.without,
        });
        return;
      } catch (error) {
        if (errorCode(error) === 'EEXIST' && n < 100) continue;
        if (errorCode(error) !== 'EEXIST') await files.remove(target).catch(() => {});
        untouchable = true;
        options.onProblem({
          code: 'workspace-file',
          file: name,
          keptAs: null,
          message: `${name} ${why}, and could not be moved aside (${errorCode(error) || String(error)}).`,
          advice: 'It is left as it is: changes are not saved until you move it away and restart.',
        });
        return;
      }
    }
  };

  const read = async (): Promise<T | undefined> => {
    let text: string;
    try {
      if ((await files.sizeOf(file)) > maxFileBytes) {
        await keepAside('is too large to be a workspace file');
        return undefined;
      }
      text = new TextDecoder('utf-8', { fatal: true }).decode(await files.read(file));
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
      await keepAside(error instanceof TypeError ? 'is not text' : `could not be read (${errorCode(error) || String(error)})`);
      return undefined;
    }
    const outcome = parseVersioned(text, schema);
    if ('value' in outcome) return outcome.value;
    await keepAside(outcome.why);
    return undefined;
  };

  const commit = async (change: () => Promise<void>): Promise<void> => {
    if (untouchable)
      throw new CodedError('workspace-unwritable', `${name} is damaged and could not be moved aside, so it is not written.`, {
        advice: 'Move it away and restart.',
      });
    try {
      await change();
    } catch (error) {
      failing = true;
      const coded = unwritable(name, error);
      options.onProblem({ code: coded.code, file: name, keptAs: null, message: coded.message, advice: coded.advice });
      throw coded;
    }
    if (failing) options.onRecovered?.(name);
    failing = false;
  };

  const run = async (): Promise<void> => {
    while (waiting) {
      const { change, settle } = waiting;
      waiting = undefined;
      const outcome = commit(change);
      for (const tell of settle) tell(outcome);
      await outcome.catch(() => {});
    }
    running = undefined;
  };

  // Every change replaces the whole file, so of several waiting ones only the last matters.
  const enqueue = (change: () => Promise<void>): Promise<void> =>
    new Promise((resolve) => {
      waiting ??= { change, settle: [] };
      waiting.change = change;
      waiting.settle.push(resolve);
      running ??= run();
    });

  return {
    read,
    keepAside,
    write(value) {
      const text = `${JSON.stringify({ version: fileVersion, ...value }, null, 2)}\n`;
      return enqueue(async () => {
        await files.makeFolder(path.dirname(file));
        await files.writeAtomic(file, text, options.mode);
      });
    },
    remove: () => enqueue(() => files.remove(file)),
    settle: async () => {
      await running;
    },
  };
}

function parseVersioned<T>(text: string, schema: z.ZodType<T>): { readonly value: T } | { readonly why: string } {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return { why: 'is not a JSON object' };
    const { version, ...rest } = content as Record<string, unknown>;
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return { why: 'has no version number' };
    if (version > fileVersion) return { why: `was written by a newer version of the workbench (format ${version}, known is ${fileVersion})` };
    const parsed = schema.safeParse(rest);
    if (parsed.success) return { value: parsed.data };
    const [issue] = parsed.error.issues;
    return { why: `is not valid${issue && issue.path.length > 0 ? ` at "${issue.path.map(String).join('.')}"` : ''}: ${issue?.message ?? 'unknown content'}` };
  } catch (error) {
    // A RangeError is a nesting deeper than the stack.
    return { why: error instanceof RangeError ? 'is nested too deeply' : 'is not valid JSON' };
  }
}

/** `2026-11-21-041758`, in UTC. */
export function fileStamp(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
}

/** Records have no order of their own: a fixed one keeps the files quiet under version control. */
export function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sortKeys) as T;
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(record)
      .toSorted()
      .map((key) => [key, sortKeys(record[key])]),
  ) as T;
}
