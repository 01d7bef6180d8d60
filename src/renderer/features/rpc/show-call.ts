import type { SourceId } from '../../../shared/contract/common.ts';
import { goTo } from '../common/index.ts';
import { rpcStore } from './rpc-model.ts';

/** Opens a call in the list of its source. */
export function showCall(source: SourceId, id: number): void {
  const store = rpcStore();
  store.choose(source);
  store.selectCall(source, id);
  store.setTab(source, 'calls');
  goTo('rpc');
}
