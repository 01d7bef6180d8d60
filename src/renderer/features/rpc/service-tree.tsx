import { Copy, Eraser, History, Plus } from 'lucide-react';
import { memo, useCallback, useEffect, useRef, type ReactElement } from 'react';
import type { RpcTreeRow } from '../../../shared/contract/rpc.ts';
import { StatusDot } from '../../ui/badge.tsx';
import { ContextMenu, type MenuEntry } from '../../ui/menu.tsx';
import type { TreeRowInfo } from '../../ui/tree-keys.ts';
import { VirtualTree } from '../../ui/virtual-tree.tsx';
import { act, copyText, formatCompact, formatCount, plural, useModel } from '../common/index.ts';
import { forget } from './rpc-actions.ts';
import { rpcStore } from './rpc-model.ts';
import type { RpcTreeView } from './rpc-tree-view.ts';
import { useDialectWords } from './own-dialects.ts';
import { formatMs, methodKey, serviceKey } from './rpc-words.ts';
import styles from './service-tree.module.css';

const targetOf = ({ dialect, topic, method }: RpcTreeRow) => ({ dialect, topic, method: method ?? '' });

const describe = (row: RpcTreeRow): TreeRowInfo => ({
  key: row.method === null ? serviceKey(row) : methodKey(targetOf(row)),
  level: row.kind === 'service' ? 1 : 2,
  expanded: row.kind === 'service' && row.methodCount > 0 ? row.expanded : undefined,
  positionInSet: row.positionInSet,
  setSize: row.setSize,
  label: row.method === null ? row.topic : methodLabel(row.method),
});

/** A topic alone can be a method (generic MQTT 5). */
const methodLabel = (method: string): string => (method === '' ? 'the topic itself' : method);

/** Methods stand right below their service. */
const findParent = async (row: RpcTreeRow, index: number): Promise<number | null> => (row.kind === 'method' ? index - row.positionInSet : null);

interface ServiceTreeProps {
  readonly tree: RpcTreeView;
  readonly selectedKey: string;
  readonly onAdd: () => void;
  readonly empty: ReactElement;
}

/** Everything that was called or added: services, and below each its methods. */
export function ServiceTree({ tree, selectedKey, onAdd, empty }: ServiceTreeProps): ReactElement {
  useModel(tree.notifier);
  const menuRow = useRef<RpcTreeRow | undefined>(undefined);
  const onRangeChange = useCallback((first: number, last: number) => tree.show(first, last - first + 1), [tree]);
  // Out of sight, only totals are needed.
  useEffect(() => () => tree.show(0, 0), [tree]);
  const add: MenuEntry = { label: 'Add a method …', icon: <Plus size={14} aria-hidden />, onSelect: onAdd };
  const menuOf = (row: RpcTreeRow): readonly MenuEntry[] => [
    ...(row.method === null ? [] : [copyEntry('Copy method', row.method)]),
    copyEntry('Copy topic', row.topic),
    {
      label: row.method === null ? 'Show the calls of the service' : 'Show the calls of the method',
      icon: <History size={14} aria-hidden />,
      onSelect: () => rpcStore().showCalls(tree.source, { topic: row.topic, ...(row.method === null ? {} : { method: row.method }) }),
    },
    { kind: 'separator' },
    {
      ...add,
      onSelect: () => {
        rpcStore().select(tree.source, { ...targetOf(row), method: '' }, 'service');
        onAdd();
      },
    },
    {
      label: row.method === null ? 'Forget the service …' : 'Forget the method …',
      icon: <Eraser size={14} aria-hidden />,
      shortcut: 'Delete',
      danger: true,
      onSelect: () => void forget(tree.source, row),
    },
  ];
  return (
    <ContextMenu items={() => (menuRow.current ? menuOf(menuRow.current) : [add])}>
      <div
        className={styles.frame}
        onContextMenuCapture={(event) => {
          const index = (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'];
          menuRow.current = index === undefined ? undefined : tree.row(Number(index));
        }}
      >
        <VirtualTree
          label="Services"
          count={tree.totals.totalRows}
          getRow={tree.row}
          describe={describe}
          renderRow={(row) => <RowContent row={row} />}
          selectedKey={selectedKey}
          onSelect={(row) => rpcStore().select(tree.source, targetOf(row), row.kind)}
          onToggle={(row, expanded) => void act(tree.setExpanded(row.key, expanded), 'The service could not be opened')}
          findParent={findParent}
          onRowKeyDown={(event, row) => {
            if (event.key === 'Delete') void forget(tree.source, row);
          }}
          onRangeChange={onRangeChange}
          empty={empty}
        />
      </div>
    </ContextMenu>
  );
}

function copyEntry(label: string, text: string): MenuEntry {
  return { label, icon: <Copy size={14} aria-hidden />, onSelect: () => void copyText(text) };
}

/** What stands in one line of the tree, behind its indent and arrow. */
const RowContent = memo(function RowContent({ row }: { readonly row: RpcTreeRow }): ReactElement {
  const { method, topic, dialect, methodCount, calls, failures, pending, p50Ms, addedByHand, presence } = row;
  const { name, short } = useDialectWords();
  return (
    <span className={styles.row}>
      <span className={styles.label}>
        {presence !== null && (
          <span className={styles.presence} title={presence}>
            <StatusDot tone={presence === 'online' ? 'ok' : 'off'} />
          </span>
        )}
        <span className={method === null ? styles.service : styles.method} title={method === null ? topic : methodLabel(method)}>
          {method === null ? topic : methodLabel(method)}
        </span>
        {method === null && (
          <span className={styles.dialect} title={`${name(dialect)}, ${plural(methodCount, 'method')}`}>
            {short(dialect)}
          </span>
        )}
        {presence !== null && <span className="visually-hidden"> {presence}</span>}
        {addedByHand && calls === 0 && (
          <span className={styles.faint} title="Added by hand, not called yet">
            added
          </span>
        )}
      </span>
      {method !== null && pending > 0 && (
        <span className={styles.pending} title={`${plural(pending, 'call')} without an answer yet`}>
          <span aria-hidden>{formatCompact(pending)} …</span>
          <span className="visually-hidden"> {formatCount(pending)} pending</span>
        </span>
      )}
      {failures > 0 && (
        <span className={styles.failures} title={`${formatCount(failures)} of ${plural(calls, 'call')} failed or got no answer`}>
          <span aria-hidden>{formatCompact(failures)} ✕</span>
          <span className="visually-hidden"> {formatCount(failures)} failed</span>
        </span>
      )}
      <span className={styles.calls} title={plural(calls, 'call')}>
        <span aria-hidden>{formatCompact(calls)}</span>
        <span className="visually-hidden"> {plural(calls, 'call')}</span>
      </span>
      <span className={styles.time} title={p50Ms === null ? undefined : 'Half of the answers came within this time'}>
        {method !== null && p50Ms !== null && (
          <>
            <span className="visually-hidden"> median </span>
            {formatMs(p50Ms)}
          </>
        )}
      </span>
    </span>
  );
});
