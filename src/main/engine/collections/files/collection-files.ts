import { cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type {
  CollectionEntry,
  CollectionFile,
  CollectionSettings,
  CollectionsView,
  RequestFile,
  SavedRequest,
} from '../../../../shared/contract/collections.ts';
import { collectionOf, isEntryPath, lastLevel, maxEntryDepth, parentPath, requestSuffix, settingsFileName } from '../../../../shared/collections/entry-path.ts';
import { fileNameOf, freeFileName } from '../../../../shared/collections/file-name.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import {
  errorCode,
  followFolder,
  goneRevision,
  isGone,
  notSaved,
  readOpenFile,
  writeOpenFile,
  type FollowedFolder,
  type OpenFile,
} from '../../workspace/index.ts';
import { entryFile } from './entry-folder.ts';
import { maxRequestFileBytes, requestFileContent, requestFileSchema, settingsFileContent, settingsFileSchema } from './request-file.ts';
import { maxEntries } from './left-out.ts';
import { CollectionScan, entriesForRun } from './scan.ts';
import { inOrder } from './sibling-order.ts';

export interface CollectionFiles {
  readonly changed: FollowedFolder['changed'];
  /** `undefined`: not read yet. */
  view(): CollectionsView | undefined;
  refresh(): Promise<void>;
  /** Of one collection, as the disk is now. Rejects where some would be left out: whoever runs them has to know. */
  entriesOf(collection: string): Promise<readonly CollectionEntry[]>;
  read(id: string): Promise<RequestFile>;
  save(id: string, request: SavedRequest, revision: string | undefined): Promise<{ readonly revision: string }>;
  readSettings(id: string): Promise<CollectionFile>;
  saveSettings(id: string, settings: Omit<CollectionSettings, 'order'>, revision: string | undefined): Promise<{ readonly revision: string }>;
  create(name: string): Promise<Created>;
  createFolder(parentId: string, name: string): Promise<Created>;
  createRequest(parentId: string, request: SavedRequest): Promise<Created>;
  duplicate(id: string): Promise<Created>;
  rename(id: string, name: string): Promise<Created>;
  move(id: string, parentId: string, before: string | null): Promise<Created>;
  remove(id: string): Promise<void>;
  close(): void;
}

interface Created {
  readonly id: string;
}

/** The collections of a workspace: folders and files that people share, merge and edit with other programs, so nothing of them is kept in memory but what the tree shows. */
export function openCollectionFiles(workspaceFolder: string): CollectionFiles {
  const root = path.join(workspaceFolder, 'collections');
  const scan = new CollectionScan(root);
  let view: CollectionsView | undefined;
  const files = followFolder({
    async read() {
      const { view: read, folders } = await scan.all();
      view = read;
      return folders.length === 0 ? [workspaceFolder] : folders;
    },
  });

  const readRequest = async (id: string): Promise<OpenFile<SavedRequest>> => {
    const file = await readOpenFile(await entryFile(root, id), lastLevel(id), requestFileSchema, maxRequestFileBytes);
    if (!file || !id.endsWith(requestSuffix)) throw new CodedError('not-found', `The request "${id}" does not exist (any more).`);
    return file;
  };
  const settingsFile = async (collection: string): Promise<string> => path.join(await existing(collection), settingsFileName);
  const readSettings = async (collection: string): Promise<OpenFile<CollectionSettings>> => {
    const file = await readOpenFile(await settingsFile(collection), `${collection}/${settingsFileName}`, settingsFileSchema, maxRequestFileBytes);
    return file ?? { revision: goneRevision, content: { name: collection, description: '', variables: [], order: [] }, problem: null, text: null };
  };
  /** Rejects where it cannot be used: what cannot be read must not be replaced. */
  const usableSettings = async (collection: string): Promise<CollectionSettings> => {
    const { content, problem } = await readSettings(collection);
    if (!content) throw new CodedError('invalid-state', problem?.message, { advice: problem?.advice });
    return content;
  };
  const writeSettings = async (collection: string, settings: CollectionSettings, revision?: string): Promise<string> =>
    writeOpenFile(await settingsFile(collection), `${collection}/${settingsFileName}`, settingsFileContent(settings), maxRequestFileBytes, revision);

  /** The absolute path of what has to be there. */
  const existing = async (id: string): Promise<string> => {
    const place = await entryFile(root, id);
    const kind = await kindOf(place);
    if (kind === null) throw new CodedError('not-found', `"${id}" does not exist (any more).`);
    return place;
  };
  const existingFolder = async (id: string): Promise<string> => {
    const place = await existing(id);
    if ((await kindOf(place)) !== 'folder') throw new CodedError('bad-input', `"${id}" is not a folder.`);
    return place;
  };
  const namesBelow = async (folder: string | null): Promise<readonly string[]> => {
    try {
      return [...(await readdir(folder === null ? root : await entryFile(root, folder))), settingsFileName];
    } catch (error) {
      if (isGone(error)) return [settingsFileName];
      throw notSaved(folder ?? 'collections', error);
    }
  };
  const childId = (parentId: string | null, name: string): string => {
    const id = parentId === null ? name : `${parentId}/${name}`;
    if (!isEntryPath(id)) throw new CodedError('bad-input', `Folders can be nested ${maxEntryDepth} levels deep at most.`);
    return id;
  };
  const checkRoom = (): void => {
    if ((view?.entries.length ?? 0) >= maxEntries)
      throw new CodedError('invalid-state', `No more than ${maxEntries} requests and folders are shown.`, { advice: 'Delete some first.' });
  };
  /** What stands below has to fit as well. */
  const checkDepth = (from: string, to: string): void => {
    const deeper = to.split('/').length - from.split('/').length;
    if ((view?.entries ?? []).some(({ id }) => id.startsWith(`${from}/`) && id.split('/').length + deeper > maxEntryDepth))
      throw new CodedError('bad-input', `Folders can be nested ${maxEntryDepth} levels deep at most.`);
  };
  const makeFolder = async (id: string): Promise<void> => {
    try {
      await mkdir(await entryFile(root, id), { recursive: id.split('/').length === 1 });
    } catch (error) {
      throw notSaved(id, error);
    }
  };
  const writeRequest = async (id: string, request: SavedRequest, revision?: string): Promise<string> =>
    writeOpenFile(await entryFile(root, id), lastLevel(id), requestFileContent(request), maxRequestFileBytes, revision);

  /** The order follows what was renamed or moved; `null`: it is gone. Paths below their collections. */
  const reorder = async (collection: string, change: (order: readonly string[]) => readonly string[]): Promise<void> => {
    const settings = (await readSettings(collection)).content;
    // A damaged file keeps its order, whatever it is.
    if (!settings) return;
    const order = change(settings.order);
    if (order.length !== settings.order.length || order.some((one, index) => one !== settings.order[index]))
      await writeSettings(collection, { ...settings, order: [...order] });
  };
  const orderFollows = async (from: string, to: string | null): Promise<void> => {
    if (parentPath(from) === null) return;
    const [before, after] = [belowCollection(from), to !== null && collectionOf(to) === collectionOf(from) ? belowCollection(to) : null];
    await reorder(collectionOf(from), (order) =>
      order.flatMap((one) => {
        if (one !== before && !one.startsWith(`${before}/`)) return [one];
        return after === null ? [] : [after + one.slice(before.length)];
      }),
    );
  };
  const place = async (id: string, parentId: string, before: string | null): Promise<void> => {
    const prefix = parentId === collectionOf(id) ? '' : `${belowCollection(parentId)}/`;
    const present = (await namesBelow(parentId)).filter((name) => !name.startsWith('.') && name !== settingsFileName);
    const own = lastLevel(id);
    await reorder(collectionOf(id), (order) => {
      const listed = order.filter((one) => one.startsWith(prefix) && !one.slice(prefix.length).includes('/')).map((one) => one.slice(prefix.length));
      const others = inOrder(present, (name) => name, listed).filter((name) => name !== own);
      const at = before === null ? others.length : others.indexOf(lastLevel(before));
      const wanted = others.toSpliced(at < 0 ? others.length : at, 0, own);
      const byName = inOrder(present, (name) => name, []);
      const rest = order.filter((one) => !(one.startsWith(prefix) && !one.slice(prefix.length).includes('/')));
      // What stands by name needs no entry, now and when something is added.
      return wanted.every((name, index) => name === byName[index]) ? rest : [...rest, ...wanted.map((name) => prefix + name)];
    });
  };

  const renameFile = async (from: string, to: string): Promise<void> => {
    if (from === to) return;
    try {
      await rename(await existing(from), await entryFile(root, to));
    } catch (error) {
      throw notSaved(from, error);
    }
  };

  return {
    changed: files.changed,
    view: () => view,
    refresh: files.refresh,
    entriesOf: (collection) => entriesForRun(root, scan, collection),
    async read(id) {
      const { content, ...state } = await readRequest(id);
      return { ...state, request: content };
    },
    save: (id, request, revision) =>
      files.change(async () => {
        if (!id.endsWith(requestSuffix)) throw new CodedError('bad-input', `"${id}" is not the path of a request.`);
        const folder = parentPath(id);
        if (folder === null) throw new CodedError('bad-input', 'A request stands in a collection.');
        await existingFolder(folder);
        return { revision: await writeRequest(id, request, revision) };
      }),
    async readSettings(id) {
      await existingFolder(checkCollection(id));
      const { content, ...state } = await readSettings(id);
      return { ...state, settings: content };
    },
    saveSettings: (id, settings, revision) =>
      files.change(async () => {
        await existingFolder(checkCollection(id));
        const order = (await readSettings(id)).content?.order ?? [];
        return { revision: await writeSettings(id, { ...settings, order }, revision) };
      }),
    create: (name) =>
      files.change(async () => {
        checkRoom();
        const id = freeFileName(name, '', await namesBelow(null));
        await makeFolder(id);
        await writeSettings(id, { name, description: '', variables: [], order: [] });
        return { id };
      }),
    createFolder: (parentId, name) =>
      files.change(async () => {
        checkRoom();
        await existingFolder(parentId);
        const id = childId(parentId, freeFileName(name, '', await namesBelow(parentId)));
        await makeFolder(id);
        return { id };
      }),
    createRequest: (parentId, request) =>
      files.change(async () => {
        checkRoom();
        await existingFolder(parentId);
        const id = childId(parentId, freeFileName(request.name, requestSuffix, await namesBelow(parentId)));
        await writeRequest(id, request);
        return { id };
      }),
    duplicate: (id) =>
      files.change(async () => {
        checkRoom();
        const from = await existing(id);
        const parentId = parentPath(id);
        const isRequest = id.endsWith(requestSuffix) && (await kindOf(from)) === 'file';
        const source = isRequest ? (await readRequest(id)).content : null;
        const settings = parentId === null ? (await readSettings(id)).content : null;
        const present = source?.name ?? settings?.name ?? stem(lastLevel(id));
        const name = `${present.slice(0, 190)} copy`;
        const copy = childId(parentId, freeFileName(name, isRequest ? requestSuffix : '', await namesBelow(parentId)));
        if (source) {
          await writeRequest(copy, { ...source, name });
          return { id: copy };
        }
        try {
          const filter = async (one: string): Promise<boolean> => !(await lstat(one)).isSymbolicLink();
          await cp(from, await entryFile(root, copy), { recursive: true, force: false, errorOnExist: true, filter });
        } catch (error) {
          throw notSaved(copy, error);
        }
        if (settings) await writeSettings(copy, { ...settings, name });
        return { id: copy };
      }),
    rename: (id, name) =>
      files.change(async () => {
        const from = await existing(id);
        const parentId = parentPath(id);
        const isRequest = id.endsWith(requestSuffix) && (await kindOf(from)) === 'file';
        const others = (await namesBelow(parentId)).filter((one) => one !== lastLevel(id));
        const ending = isRequest ? requestSuffix : '';
        // A name that has a number because of a neighbour keeps it.
        const same = fileNameOf(name) === stem(lastLevel(id)).replace(/ \(\d+\)$/, '');
        const to = same ? id : childId(parentId, freeFileName(name, ending, others));
        const content = isRequest ? (await readRequest(id)).content : null;
        const settings = parentId === null ? await usableSettings(id) : null;
        await renameFile(id, to);
        if (content) await writeRequest(to, { ...content, name });
        if (settings) await writeSettings(to, { ...settings, name });
        if (to !== id) await orderFollows(id, to);
        return { id: to };
      }),
    move: (id, parentId, before) =>
      files.change(async () => {
        const from = await existing(id);
        const oldParent = parentPath(id);
        if (oldParent === null) throw new CodedError('bad-input', 'A collection cannot be moved: collections stand by name.');
        await existingFolder(parentId);
        if (parentId === id || parentId.startsWith(`${id}/`)) throw new CodedError('bad-input', 'A folder cannot be moved into itself.');
        if (before !== null && parentPath(before) !== parentId) throw new CodedError('bad-input', `"${before}" does not stand in "${parentId}".`);
        await usableSettings(collectionOf(parentId));
        let to = id;
        if (parentId !== oldParent) {
          const isRequest = id.endsWith(requestSuffix) && (await kindOf(from)) === 'file';
          to = childId(parentId, freeFileName(stem(lastLevel(id)), isRequest ? requestSuffix : '', await namesBelow(parentId)));
          checkDepth(id, to);
          await renameFile(id, to);
          await orderFollows(id, null);
        }
        await place(to, parentId, before);
        return { id: to };
      }),
    remove: (id) =>
      files.change(async () => {
        const target = await entryFile(root, id);
        try {
          await rm(target, { recursive: true, force: true, maxRetries: 3 });
        } catch (error) {
          throw new CodedError('workspace-unwritable', `"${id}" could not be deleted (${errorCode(error) || (error as Error).message}).`, {
            advice: 'Check the workspace folder.',
          });
        }
        if (parentPath(id) !== null) await orderFollows(id, null);
      }),
    close: files.close,
  };
}

function checkCollection(id: string): string {
  if (parentPath(id) !== null) throw new CodedError('bad-input', `"${id}" is not a collection.`);
  return id;
}

function belowCollection(id: string): string {
  return id.slice(collectionOf(id).length + 1);
}

function stem(name: string): string {
  return name.endsWith(requestSuffix) ? name.slice(0, -requestSuffix.length) : name;
}

async function kindOf(place: string): Promise<'file' | 'folder' | 'other' | null> {
  try {
    const facts = await lstat(place);
    return facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
