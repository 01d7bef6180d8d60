import type { SourceId } from '../../../shared/contract/common.ts';
import { showError } from '../../app/show-error.ts';
import { engineClient } from '../../data/index.ts';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { toasts } from '../../ui/toast.tsx';
import { copyText, plural } from '../common/index.ts';
import { topicsStore } from './topics-model.ts';

/** Clears the value the broker retains for one topic, after asking. */
export async function clearRetained(source: SourceId, topic: string): Promise<void> {
  const agreed = await confirm({
    title: `Clear the retained value of “${topic}”?`,
    text: 'An empty retained message is published. New subscribers then get no value until the next one is published.',
    action: 'Clear retained value',
    danger: true,
  });
  if (agreed) await clear(source, topic, false);
}

/** The same for every retained topic below and including a path; the question names their number. */
export async function clearRetainedSubtree(source: SourceId, path: string): Promise<void> {
  try {
    const { count, exact } = await engineClient().call('messages.countRetained', { source, topic: path });
    if (count === 0) {
      toasts.show({ title: 'Nothing to clear', detail: `No retained value is known in “${path}” or below.` });
      return;
    }
    const agreed = await confirm({
      title: `Clear ${plural(count, 'retained value')} in “${path}” and below?`,
      text: `An empty retained message is published to each of these topics.${exact ? '' : ' The broker may retain more than this connection has seen; those stay.'} This cannot be undone.`,
      action: `Clear ${plural(count, 'value')}`,
      danger: true,
    });
    if (agreed) await clear(source, path, true);
  } catch (error) {
    showError(error, 'The retained values could not be counted');
  }
}

async function clear(source: SourceId, topic: string, subtree: boolean): Promise<void> {
  try {
    const { cleared } = await engineClient().call('messages.clearRetained', { source, topic, subtree });
    toasts.show({ kind: 'ok', title: cleared === 1 ? 'Retained value cleared' : `${plural(cleared, 'retained value')} cleared` });
  } catch (error) {
    showError(error, 'The retained value could not be cleared');
  }
}

/** Puts the newest value of a topic on the clipboard as text. */
export async function copyLatestValue(source: SourceId, topic: string): Promise<void> {
  try {
    const latest = await engineClient().call('messages.latest', { source, topic, maxBytes: 1_048_576 });
    if (!latest) return void toasts.show({ title: 'Nothing to copy', detail: `No message on “${topic}” is known.` });
    await copyText(new TextDecoder().decode(latest.payload));
  } catch (error) {
    showError(error, 'The value could not be copied');
  }
}

export async function forgetTopics(source: SourceId, name: string): Promise<void> {
  const agreed = await confirm({
    title: `Empty the topic tree of “${name}”?`,
    text: 'The tree fills again as messages arrive. Stored history and retained values are not touched.',
    action: 'Empty the tree',
  });
  if (!agreed) return;
  try {
    await engineClient().call('topics.clear', { source });
    topicsStore().select(source, null);
  } catch (error) {
    showError(error, 'The tree could not be emptied');
  }
}
