import { Copy, ListFilter } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import type { CallRow } from '../../../shared/contract/rpc.ts';
import { ContextMenu, type MenuEntry } from '../../ui/menu.tsx';
import { copyText } from '../common/index.ts';
import type { CallsFilter } from './calls-filter.ts';
import type { CallsView } from './calls-view.ts';
import { rpcStore } from './rpc-model.ts';
import { stateWords } from './rpc-words.ts';
import styles from './calls.module.css';

/** The right click on a call: more like it, and its names to copy. */
export function CallsContextMenu({ view, children }: { readonly view: CallsView; readonly children: ReactElement }): ReactElement {
  const row = useRef<CallRow | undefined>(undefined);
  return (
    <ContextMenu items={() => (row.current ? entriesOf(row.current) : [])}>
      <div
        className={styles.menuFrame}
        onContextMenuCapture={(event) => {
          const index = (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'];
          row.current = index === undefined ? undefined : view.row(Number(index));
          // Beside the rows there is nothing to offer.
          if (!row.current) event.stopPropagation();
        }}
      >
        {children}
      </div>
    </ContextMenu>
  );
}

function entriesOf({ topic, method, callerId, state, errorText }: CallRow): readonly MenuEntry[] {
  const only = (label: string, change: Partial<CallsFilter>): MenuEntry => ({
    label,
    icon: <ListFilter size={14} aria-hidden />,
    onSelect: () => rpcStore().setCallsFilter(change),
  });
  const copy = (label: string, text: string): MenuEntry => ({ label, icon: <Copy size={14} aria-hidden />, onSelect: () => void copyText(text) });
  return [
    ...(method === '' ? [] : [only('Only this method', { topic, method })]),
    only('Only this service', { topic, method: '' }),
    ...(callerId === '' ? [] : [only('Only with this caller’s name', { text: callerId })]),
    only(`Only “${stateWords(state).label}”`, { choice: state }),
    { kind: 'separator' },
    ...(method === '' ? [] : [copy('Copy method', method)]),
    copy('Copy topic', topic),
    ...(errorText === null ? [] : [copy('Copy error', errorText)]),
  ];
}
