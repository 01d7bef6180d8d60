import { ListFilter, Plus } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';
import { cx } from '../../ui/cx.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { plural, treePlace, useModel } from '../common/index.ts';
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
  const { serviceCount, methodCount } = tree.totals;
  return (
    <div className={treePlace.toolbar} role="group" aria-label="Services and methods">
      <div className={treePlace.toolbarLine}>
        <TextField
          className={treePlace.filter}
          label="Filter services and methods"
          labelHidden
          type="search"
          size="small"
          icon={<ListFilter size={14} aria-hidden />}
          placeholder="Filter: part of a topic or method"
          clearable
          maxLength={1000}
          value={filter}
          onChange={(text) => rpcStore().setFilter(text)}
          inputRef={filterRef}
        />
        <IconButton label="Add a method …" size="small" icon={<Plus size={15} aria-hidden />} onClick={onAdd} />
      </div>
      <p className={cx(treePlace.totals, styles.totals)}>
        <span>{`${filter === '' ? '' : 'Among '}${plural(serviceCount, 'service')}, ${plural(methodCount, 'method')}`}</span>
        <span aria-hidden className={styles.columns}>
          <span>calls</span>
          <span>median</span>
        </span>
      </p>
    </div>
  );
}
