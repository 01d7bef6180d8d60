import type { CollectionEntry, SavedRequestInput } from '../../../shared/contract/collections.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import { engineClient } from '../../data/index.ts';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { toasts } from '../../ui/toast.tsx';
import { act, plural } from '../common/index.ts';
import { collectionsStore } from './collections-model.ts';
import { exampleName, exampleRequests, exampleSettings } from './example-collection.ts';

type RequestInput = InputOf<EngineContract['collections.createRequest']>['request'];

const emptyCall = (name: string): SavedRequestInput => ({ kind: 'rpc', name, topic: '', method: '', assertions: [{ kind: 'status', is: 'ok' }] });

const emptyCoapRequest = (name: string): SavedRequestInput => ({ kind: 'coap', name, uri: '', assertions: [{ kind: 'code', is: '2.05' }] });

const complete = (request: SavedRequestInput): RequestInput => request as RequestInput;

/** Something new, selected, with its name ready to be written over. */
async function start(created: Promise<{ readonly id: string }>, failed: string): Promise<void> {
  await act(
    created.then(({ id }) => {
      collectionsStore().setFilter('');
      collectionsStore().select(id);
      collectionsStore().rename(id);
    }),
    failed,
  );
}

export const newCollection = (): Promise<void> =>
  start(engineClient().call('collections.create', { name: 'New collection' }), 'The collection could not be created');

export const newFolder = (parentId: string): Promise<void> =>
  start(engineClient().call('collections.createFolder', { parentId, name: 'New folder' }), 'The folder could not be created');

export const newRequest = (parentId: string, kind: SavedRequestInput['kind'] = 'rpc'): Promise<void> =>
  start(
    engineClient().call('collections.createRequest', { parentId, request: complete((kind === 'coap' ? emptyCoapRequest : emptyCall)('New request')) }),
    'The request could not be created',
  );

/** Where something new belongs: into the selected collection or folder, or beside the selected request. */
export const placeOf = (entry: CollectionEntry | undefined): string | null => (entry?.kind === 'request' ? entry.parentId : (entry?.id ?? null));

export async function renameEntry(entry: CollectionEntry, name: string): Promise<boolean> {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed === entry.name) return true;
  return act(
    engineClient()
      .call('collections.rename', { id: entry.id, name: trimmed })
      .then(({ id }) => collectionsStore().moved(entry.id, id)),
    `“${entry.name}” could not be renamed`,
  );
}

export async function duplicateEntry(entry: CollectionEntry): Promise<void> {
  await act(
    engineClient()
      .call('collections.duplicate', { id: entry.id })
      .then(({ id }) => collectionsStore().select(id)),
    `“${entry.name}” could not be duplicated`,
  );
}

export async function moveEntry(entry: CollectionEntry, parentId: string, before: string | null): Promise<void> {
  await act(
    engineClient()
      .call('collections.move', { id: entry.id, parentId, before })
      .then(({ id }) => {
        collectionsStore().moved(entry.id, id);
        collectionsStore().select(id);
      }),
    `“${entry.name}” could not be moved`,
  );
}

/** Deletes files, after asking; one request can be brought back. */
export async function removeEntry(entry: CollectionEntry): Promise<void> {
  const what = entry.kind === 'request' ? 'request' : entry.kind;
  const agreed = await confirm({
    title: `Delete the ${what} “${entry.name}”?`,
    text:
      entry.kind === 'request'
        ? 'Its file is deleted from the workspace.'
        : `Its folder is deleted from the workspace with everything in it: ${plural(entry.requests, 'request')}.`,
    action: 'Delete',
    danger: true,
  });
  if (!agreed) return;
  const engine = engineClient();
  const remove = async (): Promise<void> => {
    const kept = entry.kind === 'request' && !entry.problem ? (await engine.call('collections.read', { id: entry.id })).request : null;
    await engine.call('collections.remove', { id: entry.id });
    collectionsStore().removed(entry.id);
    const { parentId } = entry;
    toasts.show({
      kind: 'ok',
      title: `“${entry.name}” deleted`,
      action:
        kept && parentId !== null
          ? {
              label: 'Undo',
              run: () =>
                void act(
                  engine.call('collections.createRequest', { parentId, request: kept }).then(({ id }) => collectionsStore().select(id)),
                  'It could not be brought back',
                ),
            }
          : undefined,
    });
  };
  await act(remove(), `“${entry.name}” could not be deleted`);
}

/** Saves what is open; a refusal is told. Answers whether it is saved. */
export async function saveRequest(entry: CollectionEntry): Promise<boolean> {
  let saved = false;
  await act(
    collectionsStore()
      .open.save(entry.id, entry.name)
      .then((done) => {
        saved = done;
      }),
    `“${entry.name}” could not be saved`,
  );
  return saved;
}

/** Puts changes of a file that is gone back where it was. */
export async function saveAgain(id: string, parentId: string, request: SavedRequestInput): Promise<void> {
  await act(
    engineClient()
      .call('collections.createRequest', { parentId, request: complete(request) })
      .then((created) => {
        collectionsStore().open.drop(id);
        collectionsStore().select(created.id);
      }),
    'The request could not be saved',
  );
}

export async function createExample(): Promise<void> {
  const engine = engineClient();
  const create = async (): Promise<void> => {
    const { id } = await engine.call('collections.create', { name: exampleName });
    await engine.call('collections.saveSettings', { id, settings: { name: exampleName, ...exampleSettings } });
    for (const { folder, requests } of exampleRequests) {
      const parentId = folder === null ? id : (await engine.call('collections.createFolder', { parentId: id, name: folder })).id;
      for (const request of requests) await engine.call('collections.createRequest', { parentId, request: complete(request) });
    }
    collectionsStore().select(id);
  };
  await act(create(), 'The example could not be created');
}
