import { chmod, link, mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/** The file operations the workspace uses; tests put failing ones in their place. */
export interface FileAccess {
  read(file: string): Promise<Buffer>;
  sizeOf(file: string): Promise<number>;
  list(folder: string): Promise<readonly string[]>;
  makeFolder(folder: string, mode?: number): Promise<void>;
  /**
   * The file has either its old or its new content, whatever happens meanwhile. `check` is called when all is written, at the last moment before it takes
   * the place of the old one: it throws to leave that as it is.
   */
  writeAtomic(file: string, content: string | Uint8Array, mode?: number, check?: () => Promise<void>): Promise<void>;
  /** The same for a file that is not there; fails with `EEXIST` when it is, where the file system can tell. */
  createAtomic(file: string, content: string | Uint8Array): Promise<void>;
  /** Fails with `EEXIST` when the file is there. */
  create(file: string, content: string | Uint8Array, mode?: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(file: string): Promise<void>;
  setMode(file: string, mode: number): Promise<void>;
}

export const diskAccess: FileAccess = {
  read: (file) => readFile(file),
  sizeOf: async (file) => (await stat(file)).size,
  list: (folder) => readdir(folder),
  makeFolder: async (folder, mode) => {
    await mkdir(folder, { recursive: true, ...(mode === undefined ? {} : { mode }) });
  },
  writeAtomic: (file, content, mode, check) =>
    placeAtomic(file, content, mode, async (temporary) => {
      await check?.();
      await renameInto(temporary, file);
    }),
  createAtomic: (file, content) =>
    placeAtomic(file, content, undefined, async (temporary) => {
      try {
        // A rename would replace what somebody else has put there meanwhile.
        await link(temporary, file);
      } catch (error) {
        if (errorCode(error) === 'EEXIST') throw error;
        // Not every file system has a second name for a file.
        await renameInto(temporary, file);
        return;
      }
      await rm(temporary, { force: true });
    }),
  create: (file, content, mode) => writeSynced(file, content, 'wx', mode),
  rename,
  remove: (file) => rm(file, { force: true }),
  setMode: chmod,
};

async function placeAtomic(file: string, content: string | Uint8Array, mode: number | undefined, place: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeSynced(temporary, content, 'w', mode);
    await place(temporary);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(path.dirname(file));
}

async function writeSynced(file: string, content: string | Uint8Array, flags: 'w' | 'wx', mode = 0o666): Promise<void> {
  const handle = await open(file, flags, mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** On Windows a virus scanner may hold a file for a moment after it was written. */
async function renameInto(temporary: string, file: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(temporary, file);
      return;
    } catch (error) {
      const busy = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error));
      if (!busy || attempt === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 20));
    }
  }
}

/** Makes the rename itself survive a power cut. Not every system can open a folder for this; the file is whole anyway. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch {
    return;
  } finally {
    await handle?.close();
  }
}

export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
