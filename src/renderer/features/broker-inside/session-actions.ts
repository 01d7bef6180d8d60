import type { SessionRow } from '../../../shared/contract/broker-lists.ts';
import { engineClient } from '../../data/index.ts';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { toasts } from '../../ui/toast.tsx';
import { act, plural } from '../common/index.ts';
import { nameOf } from './client-words.ts';
import { chooseClient } from './inside-store.ts';
import { refreshLists } from './polled-list.ts';

/** Forgets a client that is not connected, with all that waits for it. */
export async function endSession({ clientId, subscriptions, queuedMessages, inflight, hasWill }: SessionRow): Promise<void> {
  const agreed = await confirm({
    title: `End the session of “${nameOf(clientId)}”?`,
    text: `The broker forgets ${plural(subscriptions, 'subscription')} and ${plural(queuedMessages + inflight, 'message')} that wait.${hasWill ? ' Its will, which waits, is published now.' : ''} This cannot be undone.`,
    action: 'End the session',
    danger: true,
  });
  if (!agreed || !(await act(engineClient().call('broker.endSession', { clientId }), 'The session could not be ended'))) return;
  chooseClient(null);
  refreshLists();
}

export async function clearQueue(clientId: string, waiting: number): Promise<void> {
  const agreed = await confirm({
    title: `Clear the queue of “${nameOf(clientId)}”?`,
    text: `${plural(waiting, 'message')} will never reach this client.`,
    action: 'Clear the queue',
    danger: true,
  });
  if (!agreed) return;
  await act(
    engineClient()
      .call('broker.discardQueued', { clientId })
      .then(({ discarded }) => toasts.show({ title: `${plural(discarded, 'message')} discarded` })),
    'The queue could not be cleared',
  );
  refreshLists();
}

export async function discardOne(clientId: string, id: number, topic: string): Promise<void> {
  const agreed = await confirm({ title: 'Discard this message?', text: `“${topic}” will not reach “${nameOf(clientId)}”.`, action: 'Discard', danger: true });
  if (!agreed) return;
  await act(engineClient().call('broker.discardQueued', { clientId, ids: [id] }), 'The message could not be discarded');
  refreshLists();
}
