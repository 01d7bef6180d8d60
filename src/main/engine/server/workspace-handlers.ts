import type { workspaceContract } from '../../../shared/contract/workspace.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { Services } from './services.ts';
import { sendSnapshots } from '../snapshot-stream.ts';

export function workspaceHandlers({ workspace }: Services): Handlers<typeof workspaceContract> {
  return {
    'workspace.watch': (_input, sink) => sendSnapshots(sink, workspace.view, workspace.onChange),
    'workspace.updateSettings': (patch) => workspace.updateSettings(patch),
    'workspace.setLayout': (layout) => workspace.setLayout(layout),
    'workspace.savePublish': (publish) => workspace.savePublish(publish),
    'workspace.removePublish': ({ id }) => workspace.removePublish(id),
    'workspace.dismissProblem': ({ file }) => workspace.dismissProblem(file),
  };
}
