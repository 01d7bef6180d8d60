import type { SourceId } from '../../../shared/contract/common.ts';
import type { CallMessage, DialectId, RpcTreeRow } from '../../../shared/contract/rpc.ts';
import { engineClient } from '../../data/index.ts';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { toasts } from '../../ui/toast.tsx';
import { act, jumpToMessage, plural, type SourceOption } from '../common/index.ts';

/** Forgets a method, or a service with all its methods, after asking. */
export async function forget(source: SourceId, row: RpcTreeRow): Promise<void> {
  const what = row.method === null ? `the service “${row.topic}” and its ${plural(row.methodCount, 'method')}` : `the method “${row.method}”`;
  const agreed = await confirm({
    title: `Forget ${what}?`,
    text: 'Counts, times, examples and schemas go. Calls stay in the list, and what is called again appears again.',
    action: 'Forget',
    danger: true,
  });
  const { dialect, topic, method } = row;
  if (agreed) await act(engineClient().call('rpc.forget', { source, dialect, topic, ...(method === null ? {} : { method }) }), 'It could not be forgotten');
}

/** Answers whether it was added. */
export function addMethod(source: SourceId, dialect: DialectId, topic: string, method: string): Promise<boolean> {
  return act(engineClient().call('rpc.add', { source, dialect, topic, method }), 'The method could not be added');
}

export async function cancelCall(id: number): Promise<void> {
  await act(engineClient().call('rpc.cancel', { id }), 'The call could not be cancelled');
}

/** Deletes the calls of a source, or of all, from memory and disk, after asking. */
export async function clearCalls(source: SourceOption | null): Promise<void> {
  const agreed = await confirm({
    title: source ? `Delete the calls of ${source.name}?` : 'Delete the calls of every source?',
    text: 'They go from memory and from the history on disk, also those that the filter hides. Methods, their counts and schemas stay, and so do the messages.',
    action: 'Delete the calls',
    danger: true,
  });
  if (!agreed) return;
  await act(
    engineClient()
      .call('callHistory.clear', source ? { source: source.id } : {})
      .then(({ cleared }) => toasts.show({ kind: 'ok', title: `${plural(cleared, 'call')} deleted` })),
    'The calls could not be deleted',
  );
}

/** Opens a message of a call in the history of its topic, unless it has expired there. */
export async function showInHistory(source: SourceId, { topic, messageId }: CallMessage): Promise<void> {
  await act(
    engineClient()
      .call('messages.get', { id: messageId, maxBytes: 0 })
      .then((found) => {
        if (found) jumpToMessage(source, topic, messageId);
        else toasts.show({ kind: 'warn', title: 'This message is no longer in the history', detail: 'What the call keeps of it is shown here.' });
      }),
    'The message could not be opened',
  );
}
