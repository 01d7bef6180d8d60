import type { SourceId } from '../../../shared/contract/common.ts';
import { goTo } from '../common/index.ts';
import { wantMessage } from '../messages/index.ts';
import { topicsStore } from './topics-model.ts';

/** Opens the topics of a source. */
export function showSource(source: SourceId): void {
  topicsStore().choose(source);
  goTo('topics');
}

/** Opens a topic. */
export function showTopicOf(source: SourceId, topic: string): void {
  topicsStore().select(source, topic);
  showSource(source);
}

/** Opens a message of the history in its topic. */
export function showMessage(source: SourceId, topic: string, id: number): void {
  wantMessage(source, topic, id);
  topicsStore().select(source, topic);
  showSource(source);
}
