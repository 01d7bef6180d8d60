import type { SourceId } from '../../../shared/contract/common.ts';
import { goTo } from '../common/index.ts';
import { topicsStore } from './topics-model.ts';

/** Opens the topics of a source. */
export function showSource(source: SourceId): void {
  topicsStore().choose(source);
  goTo('topics');
}
