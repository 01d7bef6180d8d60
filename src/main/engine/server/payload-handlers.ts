import type { payloadContract } from '../../../shared/contract/payload.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function payloadHandlers({ payload }: Services): Handlers<typeof payloadContract> {
  return {
    'payload.codecs': () => payload.codecs(),
    'payload.watch': (_input, sink) => sendSnapshots(sink, () => payload.view(), payload.changed.subscribe),
    'payload.saveRule': (rule) => payload.saveRule(rule),
    'payload.removeRule': ({ id }) => payload.removeRule(id),
    'payload.saveNames': ({ names }) => payload.saveNames(names),
    'payload.decode': (input, { signal }) => payload.decode(input, signal),
    'payload.encode': (input, { signal }) => payload.encode(input, signal),
    'payload.readSchema': ({ name }) => payload.readSchema(name),
    'payload.saveSchema': ({ name, text }) => payload.saveSchema(name, text),
    'payload.removeSchema': ({ name }) => payload.removeSchema(name),
  };
}
