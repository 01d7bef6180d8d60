import type { SourceId } from '../../../shared/contract/common.ts';
import type { DialectId, RpcTreeRow } from '../../../shared/contract/rpc.ts';
import { engineClient } from '../../data/index.ts';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { toasts } from '../../ui/toast.tsx';
import { act, plural, saveFile } from '../common/index.ts';
import type { CallsView } from './calls-view.ts';
import { callsAsCsv, callsAsJson, readCalls, readDetails } from './export-calls.ts';

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

/** Empties the list of calls of every source, after asking. */
export async function clearCalls(): Promise<void> {
  const agreed = await confirm({
    title: 'Clear the list of calls?',
    text: 'The calls of every source are removed. Methods, their counts and schemas stay, and so does the message history.',
    action: 'Clear the list',
    danger: true,
  });
  if (!agreed) return;
  await act(
    engineClient()
      .call('rpc.clearCalls', undefined)
      .then(({ cleared }) => toasts.show({ kind: 'ok', title: `${plural(cleared, 'call')} cleared` })),
    'The list could not be cleared',
  );
}

/** Saves every call that fits the filter, not only those on screen. */
export async function exportCalls(view: CallsView, format: 'json' | 'csv'): Promise<void> {
  const engine = engineClient();
  const save = async (): Promise<void> => {
    const rows = await readCalls(engine, view.query);
    const text = format === 'csv' ? callsAsCsv(rows) : callsAsJson(await readDetails(engine, rows));
    saveFile([new TextEncoder().encode(text)], `rpc-calls.${format}`);
  };
  await act(save(), 'The calls could not be saved');
}
