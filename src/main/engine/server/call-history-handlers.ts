import type { callHistoryContract } from '../../../shared/contract/call-history.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { CallGroups } from '../rpc/index.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import { OpenViews } from './open-views.ts';
import type { Services } from './services.ts';

/** Views belong to the page that opened them: make these handlers anew for each page. */
export function callHistoryHandlers({ callHistory }: Services): Handlers<typeof callHistoryContract> {
  const lists = new OpenViews<ReturnType<Services['callHistory']['open']>>('the calls');
  const groups = new OpenViews<CallGroups>('the groups of calls');
  return {
    'callHistory.list'({ viewId, filter, ...window }, sink) {
      const { view: list, close } = lists.open(viewId, () => callHistory.open(filter, window));
      const stop = sendSnapshots(sink, () => list.view.frame(), list.changed.subscribe);
      return () => {
        stop();
        close();
        list.close();
      };
    },
    'callHistory.groups'({ viewId, filter, ...window }, sink) {
      const { view, close } = groups.open(viewId, () => new CallGroups((asked, all) => callHistory.open(asked, all), filter, window));
      const stop = sendSnapshots(sink, () => view.frame(), view.changed.subscribe);
      return () => {
        stop();
        close();
        view.close();
      };
    },
    'callHistory.setWindow': ({ viewId, ...window }) => (groups.has(viewId) ? groups.find(viewId) : lists.find(viewId).view).setWindow(window),
    async 'callHistory.export'({ filter, format }, sink) {
      await callHistory.export(filter, format, sink);
    },
    'callHistory.clear': async ({ source }) => ({ cleared: await callHistory.clear(source) }),
    async 'callHistory.ofMessage'({ messageId }) {
      const id = await callHistory.ofMessage(messageId);
      return id === null ? null : { id };
    },
  };
}
