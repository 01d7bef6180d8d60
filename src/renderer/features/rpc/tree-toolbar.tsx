import { Plus } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';
import { cx } from '../../ui/cx.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { formatCount, plural, treePlace, TreeFilter, useModel } from '../common/index.ts';
import { rpcStore, useRpcState } from './rpc-model.ts';
import type { RpcTreeView } from './rpc-tree-view.ts';
import styles from './rpc.module.css';

interface TreeToolbarProps {
  readonly tree: RpcTreeView;
  readonly filterRef: RefObject<HTMLInputElement | null>;
  readonly onAdd: () => void;
}

/** Filter and totals above the tree. */
export function TreeToolbar({ tree, filterRef, onAdd }: TreeToolbarProps): ReactElement {
  useModel(tree.notifier);
  const filter = useRpcState((state) => state.filter);
  const { serviceCount, methodCount, matches } = tree.totals;
  return (
    <div className={treePlace.toolbar} role="group" aria-label="Services and methods">
      <div className={treePlace.toolbarLine}>
        <TreeFilter
          label="Filter services and methods"
          placeholder="Filter: part of a topic or method"
          value={filter}
          onChange={(text) => rpcStore().setFilter(text)}
          inputRef={filterRef}
        />
        <IconButton label="Add a method …" size="small" icon={<Plus size={15} aria-hidden />} onClick={onAdd} />
      </div>
      <p className={cx(treePlace.totals, styles.totals)}>
        <span role="status">
          {matches ? matchWords(matches, serviceCount, methodCount) : `${plural(serviceCount, 'service')}, ${plural(methodCount, 'method')}`}
        </span>
        <span aria-hidden className={styles.columns}>
          <span>calls</span>
          <span>median</span>
        </span>
      </p>
    </div>
  );
}

/** What fits the filter, and of how many. */
function matchWords({ services, methods }: NonNullable<RpcTreeView['totals']['matches']>, serviceCount: number, methodCount: number): string {
  return `${formatCount(services)} of ${plural(serviceCount, 'service')}, ${formatCount(methods)} of ${plural(methodCount, 'method')}`;
}
