import { ArrowDown, ArrowUp, Plus } from 'lucide-react';
import { useEffect, useRef, type ReactElement } from 'react';
import { maxHandlers } from '../../../../shared/broker/handlers/max-handlers.ts';
import type { HandlersStatus } from '../../../../shared/contract/broker-handlers.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { ContextMenu, Menu } from '../../../ui/menu.tsx';
import { PanelTitle, Toolbar } from '../../../ui/toolbar.tsx';
import { VirtualList, type VirtualListHandle } from '../../../ui/virtual-list.tsx';
import { copyText, formatCount, plural, useBrokerStatus } from '../../common/index.ts';
import { countWords, matchWords, stateWords } from './handler-words.ts';
import { addHandler, exportHandler, moveHandler, removeHandler, setEnabled } from './handlers-actions.ts';
import { setHandlers, statusOf, useHandlersState, type HandlerRow } from './handlers-model.ts';
import { ImportButton } from './import-button.tsx';
import { templates } from './templates.ts';
import styles from './handlers.module.css';

interface HandlerListProps {
  readonly rows: readonly HandlerRow[];
  readonly status: HandlersStatus | undefined;
  readonly selected: string;
  readonly folder: string;
}

/** Handlers in the order in which they are asked. */
export function HandlerList({ rows, status, selected, folder }: HandlerListProps): ReactElement {
  const ids = rows.filter(({ isGone }) => !isGone).map(({ saved }) => saved.id);
  const at = ids.indexOf(selected);
  const names = new Set(rows.flatMap(({ saved }) => (saved.handler === null ? [] : [saved.handler.name])));
  const list = useRef<VirtualListHandle>(null);
  const movedByKey = useRef(false);
  const order = ids.join('\n');
  // The focus goes with what was moved.
  useEffect(() => {
    if (movedByKey.current && at >= 0) list.current?.focus(at);
    movedByKey.current = false;
  }, [order, at]);
  const waiting = status?.waiting ?? 0;
  return (
    <section className={styles.side} aria-label="Handlers">
      <Toolbar
        label="Handlers"
        end={
          <>
            <IconButton
              size="small"
              label="Ask earlier"
              shortcut="Alt+Up"
              icon={<ArrowUp size={15} aria-hidden />}
              disabled={at <= 0}
              onClick={() => void moveHandler(ids, selected, -1)}
            />
            <IconButton
              size="small"
              label="Ask later"
              shortcut="Alt+Down"
              icon={<ArrowDown size={15} aria-hidden />}
              disabled={at < 0 || at === ids.length - 1}
              onClick={() => void moveHandler(ids, selected, 1)}
            />
            <Menu
              align="end"
              trigger={<IconButton size="small" label="Add a handler" icon={<Plus size={15} aria-hidden />} disabled={rows.length >= maxHandlers} />}
              items={templates.map((template) => ({ label: template.name, detail: template.about, onSelect: () => void addHandler(template, names) }))}
            />
          </>
        }
      >
        <PanelTitle>Handlers</PanelTitle>
      </Toolbar>
      {waiting > 0 && (
        <p className={styles.waiting} role="status">
          {plural(waiting, 'message')} waiting
          {status !== undefined && status.paused > 0 && `, ${plural(status.paused, 'client')} not read from`}
        </p>
      )}
      <VirtualList
        ref={list}
        label="Handlers in their order"
        count={rows.length}
        getRow={(index) => rows[index]}
        keyOf={({ saved }) => saved.id}
        rowHeightPx={52}
        isSelected={({ saved }) => saved.id === selected}
        onSelect={({ saved }) => setHandlers({ selected: saved.id })}
        onRowKeyDown={(event, { saved, isGone }) => {
          if (isGone) return;
          if (event.key === 'Delete') void removeHandler(saved);
          if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
            event.preventDefault();
            movedByKey.current = true;
            void moveHandler(ids, saved.id, event.key === 'ArrowUp' ? -1 : 1);
          }
        }}
        renderRow={(row, { index }) => <Row row={row} index={index} ids={ids} status={status} />}
      />
      <div className={styles.listFoot}>
        <button type="button" className={styles.folder} title={`${folder}\nCopies the path.`} onClick={() => void copyText(folder)}>
          <bdi>{folder}</bdi>
        </button>
        <ImportButton size="small" />
      </div>
    </section>
  );
}

interface RowProps {
  readonly row: HandlerRow;
  readonly index: number;
  readonly ids: readonly string[];
  readonly status: HandlersStatus | undefined;
}

function Row({ row: { saved, isGone }, index, ids, status }: RowProps): ReactElement {
  const { id, handler } = saved;
  const draft = useHandlersState().drafts[id];
  const broker = useBrokerStatus();
  const own = statusOf(status, id);
  if (handler === null) {
    return (
      <span className={styles.row}>
        <StatusDot tone="bad" />
        <span className={styles.rowText}>
          <span className={styles.rowLine}>
            <span className={styles.rowName}>{id}.js</span>
            <Badge tone="bad">Cannot be used</Badge>
          </span>
          <span className={styles.rowMatch}>{saved.problem?.message}</span>
        </span>
      </span>
    );
  }
  const { tone, text } = stateWords(handler, own, broker);
  const counts = own === undefined || !handler.enabled ? '' : countWords(own);
  return (
    <ContextMenu
      items={() => [
        { label: handler.enabled ? 'Switch off' : 'Switch on', disabled: isGone, onSelect: () => void setEnabled(saved, !handler.enabled) },
        { label: 'Ask earlier', shortcut: 'Alt+Up', disabled: isGone || index === 0, onSelect: () => void moveHandler(ids, id, -1) },
        { label: 'Ask later', shortcut: 'Alt+Down', disabled: isGone || index === ids.length - 1, onSelect: () => void moveHandler(ids, id, 1) },
        { label: 'Export', onSelect: () => exportHandler(handler) },
        { kind: 'separator' },
        { label: 'Delete', shortcut: 'Delete', danger: true, disabled: isGone, onSelect: () => void removeHandler(saved) },
      ]}
    >
      <span className={styles.row} data-off={handler.enabled ? undefined : true}>
        <span className={styles.dot}>
          <StatusDot tone={tone} label={text} />
        </span>
        <span className={styles.rowText}>
          <span className={styles.rowLine}>
            <span className={styles.rowName} title={handler.name}>
              {handler.name}
            </span>
            {draft !== undefined && draft.savedAs === null && <Badge tone="warn">Unsaved</Badge>}
            {isGone && <Badge tone="bad">Deleted</Badge>}
            {!handler.enabled && <Badge>Off</Badge>}
            {own?.phase === 'switched-off' && <Badge tone="bad">Switched off</Badge>}
          </span>
          <span className={styles.rowLine}>
            <span className={styles.rowMatch} title={matchWords(handler)}>
              {matchWords(handler)}
            </span>
            {own !== undefined && own.runs > 0 && (
              <span className={styles.flags} title={counts}>
                {formatCount(own.runs)} {own.runs === 1 ? 'run' : 'runs'}
                {own.failed > 0 && <span className={styles.failed}>, {formatCount(own.failed)} failed</span>}
              </span>
            )}
          </span>
        </span>
      </span>
    </ContextMenu>
  );
}
