import { watch, type FSWatcher } from 'node:fs';
import { errorCode } from '../file-access.ts';

/** Changes come in crowds: a checkout writes thousands of files. */
const settleMs = 150;
/** The system has a limit for all programs together. */
const maxWatched = 1000;
/** These systems watch a whole tree at once. On Windows a folder cannot be renamed while one below it is watched. */
const watchesBelow = process.platform === 'win32' || process.platform === 'darwin';
const below = '/**';
/** Where not all can be watched. */
const pollMs = 5_000;

export interface FolderWatch {
  /** Exactly these from now on, absolute paths, the one that all others are below first; those that do not exist are passed over. True: some are watched from now on that were not before, so look again. */
  watch(folders: readonly string[]): boolean;
  close(): void;
}

/** Tells of changes in folders, a moment after the last one. Not every system, and hardly any network drive, tells of all: look again on demand as well. */
export function watchFolders(onChange: () => void): FolderWatch {
  // By path; with `/**` also what is below it.
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let poll: NodeJS.Timeout | undefined;
  let closed = false;
  const changed = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      onChange();
    }, settleMs);
  };
  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  /** False: there is no room for it. */
  const add = (folder: string): boolean => {
    try {
      const recursive = folder.endsWith(below);
      const watcher = watch(recursive ? folder.slice(0, -below.length) : folder, { persistent: false, recursive }, changed);
      watcher.on('error', () => {
        drop(folder);
        changed();
      });
      watchers.set(folder, watcher);
      return true;
    } catch (error) {
      return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    }
  };
  return {
    watch(folders) {
      if (closed) return false;
      let added = false;
      const [first] = folders;
      const wanted = new Set(watchesBelow && first !== undefined && folders.length > 1 ? [first + below] : folders.slice(0, maxWatched));
      for (const folder of [...watchers.keys()]) if (!wanted.has(folder)) drop(folder);
      let complete = watchesBelow || folders.length <= maxWatched;
      for (const folder of wanted) {
        if (watchers.has(folder)) continue;
        if (!add(folder)) complete = false;
        added ||= watchers.has(folder);
      }
      clearInterval(poll);
      poll = complete ? undefined : setInterval(onChange, pollMs);
      poll?.unref();
      return added;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(poll);
      for (const folder of [...watchers.keys()]) drop(folder);
    },
  };
}
