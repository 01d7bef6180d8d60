import type { ReactElement } from 'react';
import { useCommands, type Command } from '../../app/commands.ts';
import { goTo } from '../common/index.ts';
import { editEnvironments, EnvironmentsHost } from '../environments/index.ts';
import { newCollection } from './collections-actions.ts';
import { SaveCallHost } from './save-call-dialog.tsx';

const idle = (id: string, title: string, shortcut?: string): Command => ({
  id,
  title,
  group: 'Collections',
  place: 'collections',
  shortcut,
  when: () => false,
  run: () => undefined,
});

/** What is there whatever place is shown: commands, and the dialogs of the environments and of saving a call. */
export function CollectionsService(): ReactElement {
  useCommands([
    // Those of the place while it is not shown, so that their keys can be seen and changed; the place replaces them.
    idle('collections.run', 'Run the request, folder or collection', 'Mod+Enter'),
    idle('collections.save', 'Save the request', 'Mod+S'),
    idle('collections.cancel', 'Cancel the run'),
    idle('collections.filter', 'Filter collections and requests', 'Mod+F'),
    idle('collections.rename', 'Rename', 'F2'),
    idle('collections.duplicate', 'Duplicate'),
    idle('collections.move', 'Move to …'),
    idle('collections.remove', 'Delete …'),
    idle('collections.copyPath', 'Copy the path of the file'),
    idle('collections.newRequest', 'New request'),
    idle('collections.newCoapRequest', 'New request over UDP (CoAP)'),
    idle('collections.newFolder', 'New folder'),
    idle('collections.refresh', 'Read the folder of the collections again'),
    {
      id: 'collections.newCollection',
      title: 'New collection',
      group: 'Collections',
      run: async () => {
        goTo('collections');
        await newCollection();
      },
    },
    { id: 'environments.edit', title: 'Environments …', group: 'Collections', keywords: 'variables secrets', run: () => editEnvironments() },
  ]);
  return (
    <>
      <SaveCallHost />
      <EnvironmentsHost />
    </>
  );
}
