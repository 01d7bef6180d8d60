import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { isEntryPath } from '../../../../shared/collections/entry-path.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { isGone } from '../../workspace/index.ts';

/**
 * The absolute path of an entry. Rejects with `bad-input` for what is no path, and where a link is on the way: it may lead anywhere. The last level need
 * not exist.
 */
export async function entryFile(root: string, id: string): Promise<string> {
  if (!isEntryPath(id)) throw new CodedError('bad-input', `"${id.slice(0, 200)}" is no path of a collection.`);
  let place = root;
  for (const level of ['', ...id.split('/')]) {
    place = path.join(place, level);
    try {
      if ((await lstat(place)).isSymbolicLink()) throw new CodedError('bad-input', `${id}: a link is on the way, and links are not followed.`);
    } catch (error) {
      if (isGone(error)) break;
      throw error;
    }
  }
  return path.join(root, ...id.split('/'));
}
