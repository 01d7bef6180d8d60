import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { maxHandlers } from '../../../shared/broker/handlers/max-handlers.ts';
import { formatHandlerFile, parseHandlerFile } from '../../../shared/broker/handlers/handler-file.ts';
import { freeFileName } from '../../../shared/collections/file-name.ts';
import { handlerSchema, type BrokerHandler, type SavedHandler, type SavedHandlers } from '../../../shared/contract/broker-handlers.ts';
import type { Problem } from '../../../shared/contract/common.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { checkRevision, diskAccess, errorCode, followFolder, goneRevision, isGone, notSaved, type FollowedFolder } from '../workspace/index.ts';

const ending = '.js';
const maxFileBytes = 2 * 1024 * 1024;

/** A folder with one JavaScript file for each handler: people edit it with other programs as well. */
export interface HandlerFiles {
  /** Somebody who listens keeps the folder followed. */
  readonly changed: FollowedFolder['changed'];
  /** As read last. */
  view(): SavedHandlers;
  /** Those of it that can be used, in their order. */
  usable(): readonly BrokerHandler[];
  /** In which line of its file the script of a handler begins, from 0. */
  skippedLines(id: string): number;
  /** Never rejects for what is wrong on the disk. */
  refresh(): Promise<void>;
  /** `revision` as in the contract. */
  save(handler: BrokerHandler, revision: string | null | undefined): Promise<{ readonly revision: string }>;
  freeId(name: string): string;
  remove(id: string): Promise<void>;
  order(ids: readonly string[]): Promise<void>;
  close(): void;
}

interface ReadFile {
  readonly saved: SavedHandler;
  readonly order: number | null;
  readonly skipped: number;
}

export function openHandlerFiles(folder: string): HandlerFiles {
  let read: readonly ReadFile[] = [];
  let problem: Problem | null = null;
  const fileOf = (id: string): string => path.join(folder, `${id}${ending}`);
  const files = followFolder({
    async read() {
      const { all, why } = await readFolder(folder);
      [read, problem] = [all, why];
      return [await nearestFolder(folder)];
    },
  });
  const known = (id: string): ReadFile | undefined => read.find(({ saved }) => saved.id === id);
  const write = async (handler: BrokerHandler, order: number | null, revision: string | undefined): Promise<string> => {
    const text = formatHandlerFile(handler, order);
    const file = fileOf(handler.id);
    const name = path.basename(file);
    const check = async (): Promise<void> => {
      if (revision !== undefined) checkRevision(name, await revisionOnDisk(file), revision);
    };
    try {
      await diskAccess.makeFolder(folder);
      await check();
      if (revision === goneRevision) await diskAccess.createAtomic(file, text);
      else await diskAccess.writeAtomic(file, text, undefined, check);
    } catch (error) {
      throw notSaved(name, error);
    }
    return revisionOf(text);
  };

  return {
    changed: files.changed,
    view: () => ({ handlers: read.map(({ saved }) => saved), folder, problem }),
    usable: () => read.flatMap(({ saved }) => (saved.handler === null ? [] : [saved.handler])),
    skippedLines: (id) => known(id)?.skipped ?? 0,
    refresh: files.refresh,
    save: (handler, revision) =>
      files.change(async () => {
        const present = known(handler.id);
        if (!present && read.length >= maxHandlers)
          throw new CodedError('invalid-state', `No more than ${maxHandlers} handlers can be kept.`, { advice: 'Delete some first.' });
        // A new one runs last.
        const orders = read.map(({ order }) => order);
        const order = present ? present.order : orders.includes(null) ? null : Math.max(0, ...(orders as number[])) + orderStep;
        const written = await write(handler, order, revision === null ? goneRevision : revision);
        await files.refresh();
        return { revision: written };
      }),
    freeId: (name) =>
      freeFileName(
        name
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
          .replaceAll(/^-+|-+$/g, ''),
        ending,
        read.map(({ saved }) => saved.id + ending),
      ).slice(0, -ending.length),
    remove: (id) =>
      files.change(async () => {
        if (!known(id)) throw new CodedError('not-found', 'There is no such handler (any more).');
        try {
          await diskAccess.remove(fileOf(id));
        } catch (error) {
          throw notSaved(`${id}${ending}`, error);
        }
        await files.refresh();
      }),
    order: (ids) =>
      files.change(async () => {
        await files.refresh();
        const present = read.map(({ saved }) => saved.id);
        if (ids.length !== present.length || new Set(ids).size !== ids.length || ids.some((id) => !present.includes(id)))
          throw new CodedError('invalid-state', 'There are other handlers by now.', { advice: 'Look at the list again.' });
        for (const [at, id] of ids.entries()) {
          const { saved, order } = known(id) as ReadFile;
          const wanted = (at + 1) * orderStep;
          // What cannot be read is left as it is.
          if (saved.handler !== null && order !== wanted) await write(saved.handler, wanted, saved.revision);
        }
        await files.refresh();
      }),
    close: files.close,
  };
}

const orderStep = 10;

async function readFolder(folder: string): Promise<{ readonly all: readonly ReadFile[]; readonly why: Problem | null }> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith(ending) && !name.startsWith('.')).toSorted();
  } catch (error) {
    if (isGone(error)) return { all: [], why: null };
    return {
      all: [],
      why: {
        code: 'workspace-file',
        message: `The folder ${folder} could not be read (${errorCode(error) || String(error)}).`,
        advice: 'Check who may read it.',
      },
    };
  }
  const left = names.length - maxHandlers;
  const all = await Promise.all(names.slice(0, maxHandlers).map((name) => readHandler(folder, name)));
  const sorted = all.toSorted((one, other) => (one.order ?? Infinity) - (other.order ?? Infinity) || (one.saved.id < other.saved.id ? -1 : 1));
  const why =
    left > 0
      ? { code: 'workspace-file', message: `There are ${names.length} handlers, and no more than ${maxHandlers} are used.`, advice: 'Delete some.' }
      : null;
  return { all: sorted, why };
}

async function readHandler(folder: string, name: string): Promise<ReadFile> {
  const id = name.slice(0, -ending.length);
  const unusable = (message: string, revision: string): ReadFile => ({
    saved: { id, revision, handler: null, problem: { code: 'workspace-file', message, advice: 'It is left as it is: mend it, or delete it.' } },
    order: null,
    skipped: 0,
  });
  let bytes: Buffer;
  try {
    const facts = await lstat(path.join(folder, name));
    if (!facts.isFile()) return unusable(`${name} is not a file; links are not followed.`, 'other');
    if (facts.size > maxFileBytes)
      return unusable(`${name} has ${facts.size} bytes, and no more than ${maxFileBytes} are read.`, `${facts.size}-${facts.mtimeMs}`);
    bytes = await readFile(path.join(folder, name));
  } catch (error) {
    return unusable(`${name} could not be read (${errorCode(error) || String(error)}).`, 'unreadable');
  }
  const revision = revisionOf(bytes);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return unusable(`${name} is not text.`, revision);
  }
  const file = parseHandlerFile(id, text);
  if ('problem' in file) return unusable(`${name}, line ${file.line}: ${file.problem}`, revision);
  const checked = handlerSchema.safeParse({ ...file.header, id, source: file.source });
  if (!checked.success) return unusable(`${name}: ${checked.error.issues[0]?.message ?? 'it is not valid.'}`, revision);
  return { saved: { id, revision, handler: checked.data, problem: null }, order: file.order, skipped: file.skipped };
}

/** Itself, or what is to be watched until it is there. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const isThere = await lstat(at).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    if (isThere || path.dirname(at) === at) return at;
  }
}

async function revisionOnDisk(file: string): Promise<string> {
  try {
    return revisionOf(await readFile(file));
  } catch (error) {
    if (isGone(error)) return goneRevision;
    throw error;
  }
}

function revisionOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
