import path from 'node:path';
import { z } from 'zod';
import { connectionProfileSchema, type ConnectionProfile } from '../../../shared/contract/connections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { diskAccess, errorCode, type FileAccess } from './file-access.ts';
import { createJsonFile, type JsonFile, type JsonFileOptions } from './json-file.ts';

const profilesFolderName = 'connections';
const contentSchema = z.strictObject({ connection: connectionProfileSchema });

export interface ProfileFiles {
  list(): readonly ConnectionProfile[];
  save(profile: ConnectionProfile): Promise<void>;
  remove(id: string): Promise<void>;
  settle(): Promise<void>;
}

interface Content {
  readonly connection: ConnectionProfile;
}
type Options = Omit<JsonFileOptions<Content>, 'name' | 'schema' | 'without' | 'mode'>;

/** Names Windows keeps for devices: no file can be called so there. */
const reservedNames = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** One file per connection, so that sharing, merging and damage stay with one of them. */
export async function openProfileFiles(options: Options): Promise<ProfileFiles> {
  const { files = diskAccess } = options;
  const profiles = new Map<string, ConnectionProfile>();
  const opened = new Map<string, JsonFile<Content>>();

  const fileOf = (id: string): JsonFile<Content> => {
    const existing = opened.get(id);
    if (existing) return existing;
    const file = createJsonFile({
      ...options,
      name: `${profilesFolderName}/${id}.json`,
      schema: contentSchema,
      without: 'The workbench goes on without this connection.',
    });
    opened.set(id, file);
    return file;
  };

  for (const name of await listFolder(files, options)) {
    const id = /^([A-Za-z0-9_-]{1,64})\.json$/.exec(name)?.[1];
    if (id === undefined) continue;
    const file = fileOf(id);
    const profile = (await file.read())?.connection;
    if (!profile) continue;
    if (profile.id === id) profiles.set(id, profile);
    else await file.keepAside(`holds the connection "${profile.id}", which is not its name`);
  }

  return {
    list: () => [...profiles.values()],
    async save(profile) {
      if (reservedNames.test(profile.id)) throw new CodedError('bad-input', `"${profile.id}" cannot be the name of a file on every system.`);
      // Some file systems do not tell capital letters from small ones.
      const twin = [...profiles.keys()].find((id) => id !== profile.id && id.toLowerCase() === profile.id.toLowerCase());
      if (twin !== undefined) throw new CodedError('bad-input', `The id "${profile.id}" differs from "${twin}" only in capital letters.`);
      profiles.set(profile.id, profile);
      await fileOf(profile.id).write({ connection: profile });
    },
    async remove(id) {
      if (profiles.delete(id)) await fileOf(id).remove();
    },
    async settle() {
      for (const file of opened.values()) await file.settle();
    },
  };
}

async function listFolder(files: FileAccess, options: Options): Promise<readonly string[]> {
  try {
    return [...(await files.list(path.join(options.folder, profilesFolderName)))].toSorted();
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      options.onProblem({
        code: 'workspace-file',
        file: profilesFolderName,
        keptAs: null,
        message: `The folder of the connections could not be read (${code}).`,
        advice: 'Check its permissions and restart.',
      });
    }
    return [];
  }
}
