import type { tlsLabContract } from '../../../shared/contract/tls-lab.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function tlsLabHandlers({ tlsLab }: Services): Handlers<typeof tlsLabContract> {
  return {
    'tlsLab.watch': (_input, sink) => sendSnapshots(sink, () => tlsLab.view(), tlsLab.changed.subscribe),
    'tlsLab.prepare': () => tlsLab.prepare(),
    'tlsLab.issue': (order) => tlsLab.issue(order),
    'tlsLab.renew': ({ id }) => tlsLab.renew(id),
    'tlsLab.remove': ({ id }) => tlsLab.remove(id),
    'tlsLab.clear': () => tlsLab.clear(),
    'tlsLab.export': ({ id, form, passphrase }) => tlsLab.export(id, form, passphrase),
  };
}
