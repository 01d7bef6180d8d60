import type { collectionsContract } from '../../../shared/contract/collections.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function collectionsHandlers({ collections, collectionRuns }: Services): Handlers<typeof collectionsContract> {
  return {
    'collections.watch': (_input, sink) => sendSnapshots(sink, () => collections.view(), collections.changed.subscribe),
    'collections.refresh': () => collections.refresh(),
    'collections.read': ({ id }) => collections.read(id),
    'collections.save': ({ id, request, revision }) => collections.save(id, request, revision),
    'collections.readSettings': ({ id }) => collections.readSettings(id),
    'collections.saveSettings': ({ id, settings, revision }) => collections.saveSettings(id, settings, revision),
    'collections.create': ({ name }) => collections.create(name),
    'collections.createFolder': ({ parentId, name }) => collections.createFolder(parentId, name),
    'collections.createRequest': ({ parentId, request }) => collections.createRequest(parentId, request),
    'collections.duplicate': ({ id }) => collections.duplicate(id),
    'collections.rename': ({ id, name }) => collections.rename(id, name),
    'collections.move': ({ id, parentId, before }) => collections.move(id, parentId, before),
    'collections.remove': ({ id }) => collections.remove(id),
    async 'collections.run'(input, sink) {
      // A page that is gone has cancelled.
      await collectionRuns.run(input, (event) => sink.send(event).catch(() => undefined), sink.signal);
      sink.end();
    },
  };
}
