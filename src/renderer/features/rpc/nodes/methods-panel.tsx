import { Braces, Copy, Plus, Search, Trash2, Zap } from 'lucide-react';
import { memo, useMemo, useRef, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { RpcNode, RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { ContextMenu } from '../../../ui/menu.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { formatCompact, plural, useMedia, type SourceOption } from '../../common/index.ts';
import { MethodEditor } from './method-editor.tsx';
import { methodDraftOf } from './method-draft.ts';
import { methodRows, type MethodRow } from './method-rows.ts';
import { duplicateMethod, enableMethod, removeMethod } from './node-actions.ts';
import { kindLabel } from './node-words.ts';
import { nodesStore, useNodeState } from './nodes-model.ts';
import styles from './methods.module.css';

interface MethodsPanelProps {
  readonly node: RpcNode;
  readonly status: RpcNodeStatus | undefined;
  readonly source: SourceOption;
}

/** The methods of a node, and the one that is being looked at. */
export function MethodsPanel({ node, status, source }: MethodsPanelProps): ReactElement {
  const store = nodesStore();
  const open = useNodeState(node.id, (state) => state.methods);
  const filter = useNodeState(node.id, (state) => state.filter);
  const chosen = useNodeState(node.id, (state) => state.methodKey);
  const search = useRef<HTMLInputElement>(null);
  const roomy = useMedia('(min-width: 1800px)');
  const all = useMemo(() => methodRows(node, open), [node, open]);
  const wanted = filter.trim().toLowerCase();
  const calls = useMemo(() => new Map(status?.methodCalls.map((method) => [method.name, method.calls])), [status]);
  const rows = wanted === '' ? all : all.filter(({ name, description }) => `${name}\n${description}`.toLowerCase().includes(wanted));
  const selected = all.find(({ key }) => key === chosen) ?? all[0];
  useCommands([
    { id: 'rpc.filter', title: 'Filter the methods of the node', group: 'RPC', place: 'rpc', shortcut: 'Mod+F', run: () => search.current?.select() },
  ]);
  if (all.length === 0) {
    return (
      <EmptyState
        icon={<Braces size={24} aria-hidden />}
        title="No methods yet"
        text="Calls to this node are answered with “method not found”, unless a permission rule denies them first."
        actions={
          <Button variant="primary" icon={<Plus size={14} aria-hidden />} onClick={() => void store.addMethod(node.id)}>
            Add a method
          </Button>
        }
      />
    );
  }
  return (
    <Splitter
      id="rpc-methods"
      panels={[
        {
          id: 'methods',
          defaultSize: roomy ? 380 : 250,
          minSize: 170,
          maxSize: '50%',
          fixed: true,
          content: (
            <section className={styles.list} aria-label="Methods">
              <div className={styles.toolbar}>
                <TextField
                  className={styles.search}
                  label="Filter methods"
                  labelHidden
                  type="search"
                  size="small"
                  icon={<Search size={14} aria-hidden />}
                  placeholder={plural(all.length, 'method')}
                  clearable
                  value={filter}
                  onChange={(next) => store.set(node.id, { filter: next })}
                  inputRef={search}
                />
                <IconButton
                  size="small"
                  label="Add a method"
                  shortcut="Mod+Shift+M"
                  icon={<Plus size={15} aria-hidden />}
                  onClick={() => void store.addMethod(node.id)}
                />
              </div>
              <VirtualList
                label="Methods"
                count={rows.length}
                getRow={(index) => rows[index]}
                keyOf={(row) => row.key}
                rowHeightPx={30}
                isSelected={(row) => row.key === selected?.key}
                onSelect={(row) => store.set(node.id, { methodKey: row.key })}
                onRowKeyDown={(event, row) => {
                  if (event.key === 'Delete') remove(node, row);
                }}
                renderRow={(row) => <MethodLine node={node} row={row} calls={calls.get(row.saved?.name ?? '') ?? 0} />}
                empty={
                  <EmptyState
                    compact
                    title="No method fits the filter"
                    actions={
                      <Button size="small" onClick={() => store.set(node.id, { filter: '' })}>
                        Clear the filter
                      </Button>
                    }
                  />
                }
              />
            </section>
          ),
        },
        {
          id: 'method',
          minSize: 320,
          content: selected ? <MethodEditor key={selected.key} node={node} row={selected} source={source} /> : <div />,
        },
      ]}
    />
  );
}

function remove(node: RpcNode, row: MethodRow): void {
  if (row.saved) void removeMethod(node, row.saved);
  else nodesStore().discardMethod(node.id, row.key);
}

const MethodLine = memo(function MethodLine({ node, row, calls }: { readonly node: RpcNode; readonly row: MethodRow; readonly calls: number }): ReactElement {
  const { name, saved, kind, faults, unsaved, invalid } = row;
  const shown = name === '' ? 'new method' : name;
  return (
    <ContextMenu
      items={() => [
        ...(saved ? [{ label: saved.enabled ? 'Switch off' : 'Switch on', onSelect: () => enableMethod(node.id, saved.name, !saved.enabled) }] : []),
        {
          label: 'Duplicate',
          icon: <Copy size={14} aria-hidden />,
          onSelect: () => duplicateMethod(node, row.open?.draft ?? (saved ? methodDraftOf(saved) : row.draft)),
        },
        { kind: 'separator' },
        { label: 'Delete', icon: <Trash2 size={14} aria-hidden />, shortcut: 'Delete', danger: true, onSelect: () => remove(node, row) },
      ]}
    >
      <span className={styles.line} data-off={saved?.enabled === false || undefined}>
        {saved ? (
          <span onClick={(event) => event.stopPropagation()}>
            <Switch
              label={<span className="visually-hidden">Serve {saved.name}</span>}
              checked={saved.enabled}
              onChange={(enabled) => enableMethod(node.id, saved.name, enabled)}
            />
          </span>
        ) : (
          <span className={styles.noSwitch} />
        )}
        <span className={styles.name} title={row.description === '' ? shown : `${shown}: ${row.description}`}>
          {name === '' ? <i>{shown}</i> : name}
        </span>
        {faults.length > 0 && (
          <span className={styles.faultMark} title={`On purpose: ${faults.join(', ')}`}>
            <Zap size={12} aria-hidden />
            <span className="visually-hidden">with faults</span>
          </span>
        )}
        {unsaved && <Badge tone={invalid ? 'bad' : 'warn'}>{saved ? 'Unsaved' : 'New'}</Badge>}
        {calls > 0 && (
          <span className={styles.calls} title={`${plural(calls, 'call')} since the node was started last`}>
            {formatCompact(calls)}
          </span>
        )}
        <span className={styles.kind}>{kindLabel(kind)}</span>
      </span>
    </ContextMenu>
  );
});
