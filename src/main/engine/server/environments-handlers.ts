import type { environmentsContract } from '../../../shared/contract/environments.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function environmentsHandlers({ environments }: Services): Handlers<typeof environmentsContract> {
  return {
    'environments.watch': (_input, sink) => sendSnapshots(sink, () => environments.view(), environments.changed.subscribe),
    'environments.refresh': () => environments.refresh(),
    'environments.save': (input) => environments.save(input),
    'environments.remove': ({ id }) => environments.remove(id),
    'environments.choose': ({ id }) => environments.choose(id),
  };
}
