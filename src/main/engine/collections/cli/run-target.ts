import { lstat, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isEntryPath, requestSuffix, settingsFileName } from '../../../../shared/collections/entry-path.ts';
import { errorCode } from '../../workspace/index.ts';

/** What to run: an entry of a collection, whose folder stands in `root`. */
export interface RunTarget {
  readonly root: string;
  readonly id: string;
}

/** `given`: the folder of a collection, a folder in one, or the file of a request. `below`: a folder or request in it. Throws an error that says what is wrong. */
export async function findRunTarget(given: string, below: string | undefined): Promise<RunTarget> {
  let place: string;
  try {
    place = await realpath(given);
  } catch (error) {
    throw new Error(`The collection "${given}" cannot be read (${errorCode(error)}).`, { cause: error });
  }
  const isFolder = (await stat(place)).isDirectory();
  if (!isFolder && !place.endsWith(requestSuffix)) throw new Error(`"${given}" is neither the folder of a collection nor a request (…${requestSuffix}).`);
  const start = isFolder ? place : path.dirname(place);
  const collection = (await nearestCollection(start)) ?? start;
  const root = path.dirname(collection);
  const inside = below === undefined ? [] : below.split(/[/\\]/).filter((level) => level !== '' && level !== '.');
  const id = [...path.relative(root, place).split(path.sep), ...inside].join('/');
  if (!isEntryPath(id)) throw new Error(`"${id}" cannot be run: names of collections and folders begin with no point, and have no ":" or "\\".`);
  return { root, id };
}

async function nearestCollection(start: string): Promise<string | undefined> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    const file = await lstat(path.join(folder, settingsFileName)).catch(() => undefined);
    if (file?.isFile() === true) return folder;
    if (path.dirname(folder) === folder) return undefined;
  }
}
