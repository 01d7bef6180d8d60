import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CollectionEntry, CollectionsView } from '../../../../shared/contract/collections.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { isEntryPath, lastLevel, requestSuffix, settingsFileName } from '../../../../shared/collections/entry-path.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { errorCode, isGone, readOpenFile } from '../../workspace/index.ts';
import { entryFile } from './entry-folder.ts';
import { maxRequestFileBytes, requestFileSchema, settingsFileSchema } from './request-file.ts';
import { LeftOut, maxEntries } from './left-out.ts';
import { inOrder } from './sibling-order.ts';

/** Files read at once. */
const atOnce = 16;

/** What the tree shows of a file, and by what it is known that the file is the same. */
interface KnownFile {
  readonly stamp: string;
  readonly name: string;
  readonly problem: Problem | null;
  readonly request: CollectionEntry['request'];
  readonly order: readonly string[];
}

/** Reads what changed since the last time, so that ten thousand files cost a look at each. */
export class CollectionScan {
  readonly #root: string;
  #known = new Map<string, KnownFile>();

  /** `root`: an absolute path. */
  constructor(root: string) {
    this.#root = root;
  }

  /** All collections below the root. */
  async all(): Promise<{ readonly view: CollectionsView; readonly folders: readonly string[] }> {
    const run = new ScanRun(this.#root, this.#known);
    try {
      const facts = await lstat(this.#root);
      if (facts.isSymbolicLink() || !facts.isDirectory()) throw new Error(facts.isSymbolicLink() ? 'a link, and links are not followed' : 'not a folder');
      await run.root();
    } catch (error) {
      if (!isGone(error))
        run.problem = {
          code: 'workspace-file',
          message: `The folder ${path.basename(this.#root)} cannot be read: ${errorCode(error) || (error as Error).message}.`,
        };
    }
    this.#known = run.seen;
    return { view: run.view(), folders: run.folders };
  }

  /** One collection alone; without entries there is no such folder. */
  async one(name: string): Promise<Pick<CollectionsView, 'entries' | 'leftOut' | 'leftOutWhy'>> {
    const run = new ScanRun(this.#root, this.#known);
    const entries = await run.collection(name);
    const { leftOut, leftOutWhy } = run.view();
    return { entries, leftOut, leftOutWhy };
  }
}

/** For runs, of the workspace or of any folder. */
export async function entriesForRun(root: string, scan: CollectionScan, collection: string): Promise<readonly CollectionEntry[]> {
  await entryFile(root, collection);
  const { entries, leftOut, leftOutWhy } = await scan.one(collection);
  if (entries.length === 0) throw new CodedError('not-found', `The collection "${collection}" does not exist (any more).`);
  // A run that passes by some of its requests in silence would look green.
  if (leftOutWhy !== null) {
    throw new CodedError('invalid-state', `${leftOut} of the entries of "${collection}" cannot be run. ${leftOutWhy}`, {
      advice: 'Rename or move them, or divide the collection.',
    });
  }
  return entries;
}

class ScanRun {
  readonly #root: string;
  readonly #known: ReadonlyMap<string, KnownFile>;
  readonly seen = new Map<string, KnownFile>();
  readonly folders: string[] = [];
  problem: Problem | null = null;
  #entries: readonly CollectionEntry[] = [];
  #count = 0;
  readonly #leftOut = new LeftOut();

  constructor(root: string, known: ReadonlyMap<string, KnownFile>) {
    this.#root = root;
    this.#known = known;
  }

  view(): CollectionsView {
    return { entries: this.#entries, leftOut: this.#leftOut.count, leftOutWhy: this.#leftOut.why(), problem: this.problem };
  }

  async root(): Promise<void> {
    this.folders.push(this.#root);
    const names = (await readdir(this.#root, { withFileTypes: true })).filter(
      (one) => !one.name.startsWith('.') && (one.isDirectory() || one.isSymbolicLink()),
    );
    const entries: CollectionEntry[] = [];
    for (const one of inOrder(names, (dirent) => dirent.name, []))
      entries.push(...(one.isDirectory() ? await this.collection(one.name) : this.#link(one.name, null)));
    this.#entries = entries;
  }

  async collection(name: string): Promise<readonly CollectionEntry[]> {
    if (!this.#takes(name)) return [];
    const settings = await this.#file(`${name}/${settingsFileName}`);
    // A folder without the file is a collection all the same: a checkout may be under way.
    const entry: CollectionEntry = {
      id: name,
      kind: 'collection',
      parentId: null,
      depth: 0,
      name: settings?.name ?? name,
      problem: settings?.problem ?? null,
      request: null,
      requests: 0,
    };
    return this.#folder(entry, settings?.order ?? []);
  }

  async #folder(entry: CollectionEntry, order: readonly string[]): Promise<readonly CollectionEntry[]> {
    let children: readonly Dirent[];
    try {
      children = await readdir(path.join(this.#root, ...entry.id.split('/')), { withFileTypes: true });
    } catch (error) {
      if (isGone(error)) return [];
      return [
        { ...entry, problem: { code: 'workspace-file', message: `The folder could not be read (${errorCode(error)}).`, advice: 'Check its permissions.' } },
      ];
    }
    this.folders.push(path.join(this.#root, ...entry.id.split('/')));
    const shown = children.filter((one) => !one.name.startsWith('.') && (one.isDirectory() || one.name.endsWith(requestSuffix) || one.isSymbolicLink()));
    const below = `${entry.id}/`;
    const sorted = inOrder(shown, ({ name }) => name, namesIn(order, entry.id));
    const files = await this.#files(sorted.filter((one) => one.isFile()).map(({ name }) => below + name));
    const entries: CollectionEntry[] = [];
    let requests = 0;
    for (const one of sorted) {
      const id = below + one.name;
      if (one.isDirectory()) {
        if (!this.#takes(id)) continue;
        const folder = await this.#folder(
          { id, kind: 'folder', parentId: entry.id, depth: entry.depth + 1, name: one.name, problem: null, request: null, requests: 0 },
          order,
        );
        requests += folder[0]?.requests ?? 0;
        for (const child of folder) entries.push(child);
      } else if (one.isSymbolicLink()) entries.push(...this.#link(id, entry));
      else if (one.isFile()) {
        const file = files.get(id);
        if (!file || !this.#takes(id)) continue;
        requests += 1;
        entries.push({
          id,
          kind: 'request',
          parentId: entry.id,
          depth: entry.depth + 1,
          name: file.name,
          problem: file.problem,
          request: file.request,
          requests: 0,
        });
      }
    }
    return [{ ...entry, requests }, ...entries];
  }

  #link(id: string, parent: CollectionEntry | null): readonly CollectionEntry[] {
    if (!this.#takes(id)) return [];
    const problem = { code: 'workspace-file', message: 'This is a link, and links are not followed.', advice: 'Put the file or folder itself there.' };
    const kind = parent === null ? 'collection' : id.endsWith(requestSuffix) ? 'request' : 'folder';
    const depth = parent === null ? 0 : parent.depth + 1;
    return [{ id, kind, parentId: parent?.id ?? null, depth, name: stemOf(id), problem, request: null, requests: 0 }];
  }

  /** False: it is counted as left out. */
  #takes(id: string): boolean {
    if (!isEntryPath(id)) this.#leftOut.badPath(id);
    else if (this.#count >= maxEntries) this.#leftOut.crowded();
    else {
      this.#count += 1;
      return true;
    }
    return false;
  }

  async #files(ids: readonly string[]): Promise<ReadonlyMap<string, KnownFile>> {
    const files = new Map<string, KnownFile>();
    // What will be left out need not be read.
    const waiting = ids.slice(0, Math.max(0, maxEntries - this.#count)).values();
    this.#leftOut.crowded(Math.max(0, ids.length - Math.max(0, maxEntries - this.#count)));
    const work = async (): Promise<void> => {
      for (const id of waiting) {
        const file = await this.#file(id);
        if (file) files.set(id, file);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return files;
  }

  async #file(id: string): Promise<KnownFile | null> {
    const place = path.join(this.#root, ...id.split('/'));
    let stamp: string;
    try {
      const { mtimeMs, ctimeMs, size, ino } = await lstat(place);
      stamp = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
    } catch {
      return null;
    }
    const known = this.#known.get(id);
    const file = known?.stamp === stamp ? known : await readKnown(place, id, stamp);
    if (file) this.seen.set(id, file);
    return file;
  }
}

async function readKnown(place: string, id: string, stamp: string): Promise<KnownFile | null> {
  const name = lastLevel(id);
  if (name === settingsFileName) {
    const file = await readOpenFile(place, name, settingsFileSchema, maxRequestFileBytes);
    return (
      file && { stamp, name: file.content?.name ?? (id.split('/').at(-2) as string), problem: file.problem, request: null, order: file.content?.order ?? [] }
    );
  }
  const file = await readOpenFile(place, name, requestFileSchema, maxRequestFileBytes);
  if (!file) return null;
  const { content } = file;
  const request = content && {
    kind: content.kind,
    topic: content.kind === 'coap' ? content.uri : content.topic,
    method: content.method,
    assertions: content.assertions.length,
  };
  return { stamp, name: content?.name ?? stemOf(id), problem: file.problem, request, order: [] };
}

function stemOf(id: string): string {
  const name = lastLevel(id);
  return name.endsWith(requestSuffix) ? name.slice(0, -requestSuffix.length) : name;
}

/** Of the paths below a collection those directly in a folder, as names. */
function namesIn(order: readonly string[], folderId: string): readonly string[] {
  const slash = folderId.indexOf('/');
  const prefix = slash < 0 ? '' : `${folderId.slice(slash + 1)}/`;
  return order.filter((one) => one.startsWith(prefix) && !one.slice(prefix.length).includes('/')).map((one) => one.slice(prefix.length));
}
