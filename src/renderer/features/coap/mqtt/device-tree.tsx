import { Copy, Cpu, Eraser, History } from 'lucide-react';
import { memo, useCallback, useEffect, useRef, type ReactElement } from 'react';
import type { RpcTreeRow } from '../../../../shared/contract/rpc.ts';
import { ContextMenu, type MenuEntry } from '../../../ui/menu.tsx';
import type { TreeRowInfo } from '../../../ui/tree-keys.ts';
import { VirtualTree } from '../../../ui/virtual-tree.tsx';
import { act, copyText, formatCompact, formatCount, plural, useModel, type SourceOption } from '../../common/index.ts';
import { forget, formatMs, type RpcTreeView } from '../../rpc/index.ts';
import { showCoap } from '../coap-views.ts';
import { deviceFromTraffic } from '../mock/mock-actions.ts';
import { addressOf, splitMethod, usualNamespace } from './coap-address.ts';
import { coapStore } from './coap-model.ts';
import { targetOf } from './request-draft.ts';
import { codeWords } from './response-facts.ts';
import styles from './device-tree.module.css';

/** Of a line; the builder makes the same from what it holds. */
export const rowKey = (topic: string, method: string | null): string => (method === null ? topic : `${topic}\n${method}`);

const labelOf = ({ topic, method }: RpcTreeRow): string => {
  if (method !== null) return method;
  const address = addressOf(topic);
  return address ? `${address.target}, subsystem ${address.subsystem}` : topic;
};

const describe = (row: RpcTreeRow): TreeRowInfo => ({
  key: rowKey(row.topic, row.method),
  level: row.kind === 'service' ? 1 : 2,
  expanded: row.kind === 'service' && row.methodCount > 0 ? row.expanded : undefined,
  positionInSet: row.positionInSet,
  setSize: row.setSize,
  label: labelOf(row),
});

/** Resources stand right below their device. */
const findParent = async (row: RpcTreeRow, index: number): Promise<number | null> => (row.kind === 'method' ? index - row.positionInSet : null);

interface DeviceTreeProps {
  readonly tree: RpcTreeView;
  readonly source: SourceOption;
  readonly selectedKey: string;
  readonly empty: ReactElement;
}

/** Devices that were seen, and below each what was asked of them. */
export function DeviceTree({ tree, source, selectedKey, empty }: DeviceTreeProps): ReactElement {
  useModel(tree.notifier);
  const menuRow = useRef<RpcTreeRow | undefined>(undefined);
  const onRangeChange = useCallback((first: number, last: number) => tree.show(first, last - first + 1), [tree]);
  // Out of sight, only totals are needed.
  useEffect(() => () => tree.show(0, 0), [tree]);
  const select = (row: RpcTreeRow): void => {
    const target = row.method === null ? null : targetOf(row.topic, row.method);
    const address = addressOf(row.topic);
    if (target) coapStore().select(source.id, target);
    else if (address) coapStore().selectDevice(source.id, address);
  };
  const menuOf = (row: RpcTreeRow): readonly MenuEntry[] => [
    copyEntry('Copy the tag of the device', addressOf(row.topic)?.target ?? row.topic),
    ...(row.method === null ? [] : [copyEntry('Copy the path', splitMethod(row.method).path)]),
    copyEntry('Copy the topic', row.topic),
    {
      label: row.method === null ? 'Show the requests to the device' : 'Show these requests',
      icon: <History size={14} aria-hidden />,
      onSelect: () => {
        coapStore().setListFilter({ text: `${row.topic} ${row.method ?? ''}`.trim(), onlyProblems: false });
        coapStore().setTab(source.id, 'requests');
      },
    },
    {
      label: 'Make a mock device of it',
      icon: <Cpu size={14} aria-hidden />,
      onSelect: () => void deviceFromTraffic(source.id, row.topic).then((made) => made && showCoap('mock')),
    },
    { kind: 'separator' },
    {
      label: row.method === null ? 'Forget the device …' : 'Forget the resource …',
      icon: <Eraser size={14} aria-hidden />,
      shortcut: 'Delete',
      danger: true,
      onSelect: () => void forget(source.id, row),
    },
  ];
  return (
    <ContextMenu items={() => (menuRow.current ? menuOf(menuRow.current) : [])}>
      <div
        className={styles.frame}
        onContextMenuCapture={(event) => {
          const index = (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'];
          menuRow.current = index === undefined ? undefined : tree.row(Number(index));
        }}
      >
        <VirtualTree
          label="Devices"
          count={tree.totals.totalRows}
          getRow={tree.row}
          describe={describe}
          renderRow={(row) => <RowContent row={row} />}
          selectedKey={selectedKey}
          onSelect={select}
          onToggle={(row, expanded) => void act(tree.setExpanded(row.key, expanded), 'The device could not be opened')}
          findParent={findParent}
          onRowKeyDown={(event, row) => {
            if (event.key === 'Delete') void forget(source.id, row);
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
  const { calls, failures, pending, lastCode, p50Ms, method } = row;
  const code = lastCode === null ? null : codeWords(lastCode);
  return (
    <span className={styles.row}>
      {method === null ? <DeviceName row={row} /> : <ResourceName name={method} />}
      {pending > 0 && (
        <span className={styles.pending} title={`${plural(pending, 'request')} without a response yet`}>
          <span aria-hidden>{formatCompact(pending)} …</span>
          <span className="visually-hidden"> {formatCount(pending)} pending</span>
        </span>
      )}
      {failures > 0 && (
        <span className={styles.failures} title={`${formatCount(failures)} of ${plural(calls, 'request')} failed or got no response`}>
          <span aria-hidden>{formatCompact(failures)} ✕</span>
          <span className="visually-hidden"> {formatCount(failures)} failed</span>
        </span>
      )}
      {method !== null && (
        <span className={styles.code} data-tone={code?.tone} title={code ? `Last response: ${code.label}` : undefined}>
          {code !== null && <span className="visually-hidden"> last code </span>}
          {lastCode}
        </span>
      )}
      <span className={styles.calls} title={plural(calls, 'request')}>
        <span aria-hidden>{formatCompact(calls)}</span>
        <span className="visually-hidden"> {plural(calls, 'request')}</span>
      </span>
      <span className={styles.time} title={p50Ms === null ? undefined : 'Half of the responses came within this time'}>
        {p50Ms !== null && (
          <>
            <span className="visually-hidden"> median </span>
            {formatMs(p50Ms)}
          </>
        )}
      </span>
    </span>
  );
});

function DeviceName({ row: { topic } }: { readonly row: RpcTreeRow }): ReactElement {
  const address = addressOf(topic);
  return (
    <span className={styles.label} title={topic}>
      <span className={styles.device}>{address?.target ?? topic}</span>
      {address && (
        <span className={styles.subsystem}>
          {address.namespace === usualNamespace ? '' : `${address.namespace} / `}
          {address.subsystem}
        </span>
      )}
    </span>
  );
}

function ResourceName({ name }: { readonly name: string }): ReactElement {
  const { method, path } = splitMethod(name);
  return (
    <span className={styles.label} title={name}>
      <span className={styles.method} data-method={method}>
        {method}
      </span>{' '}
      <span className={styles.path}>{path}</span>
    </span>
  );
}
