import type { topicsContract } from '../../../shared/contract/topics.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { OpenViews } from './open-views.ts';
import type { Services, TopicViewHandle } from './services.ts';

/** Views belong to the page that opened them: make these handlers anew for each page. */
export function topicsHandlers({ topics }: Services): Handlers<typeof topicsContract> {
  const views = new OpenViews<TopicViewHandle>('the topics');
  return {
    'topics.watch'(input, sink) {
      const { view, close } = views.open(input.viewId, () =>
        topics.openView(input, (frame) => {
          sink.send(frame).catch(() => {});
        }),
      );
      return () => {
        close();
        view.close();
      };
    },
    'topics.setView': (input) => views.find(input.viewId).setView(input),
    'topics.setExpanded': ({ viewId, path, expanded, recursive }) => views.find(viewId).setExpanded(path, expanded, recursive),
    'topics.reveal': ({ viewId, path }) => ({ row: views.find(viewId).reveal(path) }),
    'topics.rowAt': ({ viewId, row }) => views.find(viewId).rowAt(row),
    async 'topics.clear'({ source }) {
      await topics.clear(source);
    },
  };
}
