import path from 'node:path';
import type { CollectionEntry, CollectionSettings, RequestFile } from '../../../../shared/contract/collections.ts';
import { lastLevel, settingsFileName } from '../../../../shared/collections/entry-path.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { readOpenFile } from '../../workspace/index.ts';
import { entryFile } from './entry-folder.ts';
import { maxRequestFileBytes, requestFileSchema, settingsFileSchema } from './request-file.ts';
import { CollectionScan, entriesForRun } from './scan.ts';

export interface CollectionFolder {
  readonly entries: readonly CollectionEntry[];
  readonly settings: CollectionSettings;
  readonly load: (id: string) => Promise<Pick<RequestFile, 'request' | 'problem'>>;
}

/** A collection as the disk is now, wherever it stands. */
export async function readCollectionFolder(root: string, collection: string): Promise<CollectionFolder | { readonly problem: string }> {
  try {
    const entries = await entriesForRun(root, new CollectionScan(root), collection);
    const file = await readOpenFile(
      path.join(root, collection, settingsFileName),
      `${collection}/${settingsFileName}`,
      settingsFileSchema,
      maxRequestFileBytes,
    );
    if (file && !file.content) return { problem: file.problem?.message ?? '' };
    return {
      entries,
      settings: file?.content ?? { name: collection, description: '', variables: [], order: [] },
      async load(id) {
        const read = await readOpenFile(await entryFile(root, id), lastLevel(id), requestFileSchema, maxRequestFileBytes);
        if (!read) throw new CodedError('not-found', `The request "${id}" does not exist (any more).`);
        return { request: read.content, problem: read.problem };
      },
    };
  } catch (error) {
    if (error instanceof CodedError) return { problem: [error.message, error.advice].filter(Boolean).join(' ') };
    throw error;
  }
}
