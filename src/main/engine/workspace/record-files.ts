import path from 'node:path';
import { z } from 'zod';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { isWindowsDevice } from '../../../shared/text/windows-device.ts';
import { diskAccess, errorCode, type FileAccess } from './file-access.ts';
import { createJsonFile, type JsonFile, type JsonFileOptions } from './json-file.ts';

interface Recorded {
  /** `[A-Za-z0-9_-]{1,64}`: it names the file. */
  readonly id: string;
}

/** Things of one kind, each kept in a file of its own. Memory holds the truth of this run; the folder follows. */
export interface RecordFiles<T extends Recorded> {
  list(): readonly T[];
  /** Throws `bad-input` for an id that cannot name a file. What cannot be written rejects with `workspace-unwritable`, and is in use all the same. */
  save(record: T): Promise<void>;
  remove(id: string): Promise<void>;
  settle(): Promise<void>;
}

interface RecordKind<T extends Recorded> {
  /** The folder of the files, inside the workspace. */
  readonly folder: string;
  /** What one of them is called, in words and as the member of its file. */
  readonly noun: string;
  readonly schema: z.ZodType<T>;
}

type Content<T> = Readonly<Record<string, T>> & { readonly version?: never };
type Options = Omit<JsonFileOptions<never>, 'name' | 'schema' | 'without' | 'mode'>;

/** One file for each, so that sharing, merging and damage stay with one of them. */
export async function openRecordFiles<T extends Recorded>(options: Options, kind: RecordKind<T>): Promise<RecordFiles<T>> {
  const { files = diskAccess } = options;
  const { folder, noun } = kind;
  const schema = z.strictObject({ [noun]: kind.schema }) as unknown as z.ZodType<Content<T>>;
  const records = new Map<string, T>();
  const opened = new Map<string, JsonFile<Content<T>>>();

  const fileOf = (id: string): JsonFile<Content<T>> => {
    const existing = opened.get(id);
    if (existing) return existing;
    const file = createJsonFile({ ...options, name: `${folder}/${id}.json`, schema, without: `The workbench goes on without this ${noun}.` });
    opened.set(id, file);
    return file;
  };

  for (const name of await listFolder(files, options, folder)) {
    const id = /^([A-Za-z0-9_-]{1,64})\.json$/.exec(name)?.[1];
    if (id === undefined) continue;
    const file = fileOf(id);
    const record = (await file.read())?.[noun];
    if (!record) continue;
    if (record.id === id) records.set(id, record);
    else await file.keepAside(`holds the ${noun} "${record.id}", which is not its name`);
  }

  return {
    list: () => [...records.values()],
    async save(record) {
      const { id } = record;
      if (isWindowsDevice(id)) throw new CodedError('bad-input', `"${id}" cannot be the name of a file on every system.`);
      // Some file systems do not tell capital letters from small ones.
      const twin = [...records.keys()].find((other) => other !== id && other.toLowerCase() === id.toLowerCase());
      if (twin !== undefined) throw new CodedError('bad-input', `The id "${id}" differs from "${twin}" only in capital letters.`);
      records.set(id, record);
      await fileOf(id).write({ [noun]: record });
    },
    async remove(id) {
      if (records.delete(id)) await fileOf(id).remove();
    },
    async settle() {
      for (const file of opened.values()) await file.settle();
    },
  };
}

async function listFolder(files: FileAccess, options: Options, folder: string): Promise<readonly string[]> {
  try {
    return [...(await files.list(path.join(options.folder, folder)))].toSorted();
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      options.onProblem({
        code: 'workspace-file',
        file: folder,
        keptAs: null,
        message: `The folder "${folder}" could not be read (${code}).`,
        advice: 'Check its permissions and restart.',
      });
    }
    return [];
  }
}
