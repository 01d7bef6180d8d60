import type { publishingContract } from '../../../shared/contract/publishing.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots, whenNewItems } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function publishingHandlers({ publishing }: Services): Handlers<typeof publishingContract> {
  const { runs, history } = publishing;
  return {
    'publishing.publish': (input) => publishing.publish(input),
    'publishing.repeat': (input) => publishing.repeat(input),
    'publishing.lines': (input) => publishing.lines(input),
    'publishing.runs': (_input, sink) => sendSnapshots(sink, whenNewItems(runs.list), runs.changed.subscribe),
    'publishing.stop': ({ id }) => runs.stop(id),
    'publishing.dismiss': ({ id }) => runs.dismiss(id),
    'publishing.history': ({ source }, sink) => sendSnapshots(sink, () => history.rows(source), history.changed.subscribe),
    'publishing.fromHistory': ({ source, id }) => history.message(source, id),
    'publishing.clearHistory': ({ source }) => history.clear(source),
  };
}
