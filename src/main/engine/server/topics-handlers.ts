import type { topicsContract } from '../../../shared/contract/topics.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { Services, TopicViewHandle } from './services.ts';

/** Views belong to the page that opened them: make these handlers anew for each page. */
export function topicsHandlers({ topics }: Services): Handlers<typeof topicsContract> {
  const views = new Map<string, TopicViewHandle>();
  const find = (viewId: string): TopicViewHandle => {
    const view = views.get(viewId);
    if (!view) throw new CodedError('not-found', 'That view of the topics is not open (any more).');
    return view;
  };
  return {
    'topics.watch'(input, sink) {
      if (views.has(input.viewId)) throw new CodedError('bad-input', `The view "${input.viewId}" is open already.`);
      const handle = topics.openView(input, (frame) => {
        sink.send(frame).catch(() => {});
      });
      views.set(input.viewId, handle);
      return () => {
        if (views.get(input.viewId) === handle) views.delete(input.viewId);
        handle.close();
      };
    },
    'topics.setView': (input) => find(input.viewId).setView(input),
    'topics.setExpanded': ({ viewId, path, expanded, recursive }) => find(viewId).setExpanded(path, expanded, recursive),
    'topics.reveal': ({ viewId, path }) => ({ row: find(viewId).reveal(path) }),
    'topics.rowAt': ({ viewId, row }) => find(viewId).rowAt(row),
    async 'topics.clear'({ source }) {
      await topics.clear(source);
    },
  };
}
