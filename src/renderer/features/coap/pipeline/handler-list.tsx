import { ArrowDown, ArrowUp, MoreHorizontal, Plus, Settings2 } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { GfHandler, GfPipeline } from '../../../../shared/contract/coap-pipeline.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { ContextMenu, Menu } from '../../../ui/menu.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { PanelTitle, Toolbar } from '../../../ui/toolbar.tsx';
import { VirtualList, type VirtualListHandle } from '../../../ui/virtual-list.tsx';
import { formatCount, type SourceOption } from '../../common/index.ts';
import { addHandler, moveHandler, removeHandler, removePipeline, savePipeline, setEnabled } from './pipeline-actions.ts';
import { defaultId, setPipeline, usePipelineState, usePipelineStatus } from './pipeline-model.ts';
import { PipelineSettings } from './pipeline-settings.tsx';
import { matchWords, statusWords } from './pipeline-words.ts';
import styles from './pipeline.module.css';

interface HandlerListProps {
  readonly source: SourceOption;
  readonly pipeline: GfPipeline;
  readonly selected: string;
}

/** Handlers in the order in which they run, and the default one behind them. */
export function HandlerList({ source, pipeline, selected }: HandlerListProps): ReactElement {
  const [settings, setSettings] = useState(false);
  const status = usePipelineStatus(source.id);
  const { handlers, enabled } = pipeline;
  const at = handlers.findIndex(({ id }) => id === selected);
  const { text, tone } = statusWords(status, enabled);
  const rows: readonly (GfHandler | null)[] = [...handlers, null];
  const list = useRef<VirtualListHandle>(null);
  const movedByKey = useRef(false);
  // The focus goes with what was moved.
  useEffect(() => {
    if (movedByKey.current && at >= 0) list.current?.focus(at);
    movedByKey.current = false;
  }, [handlers, at]);
  const add = (kind: GfHandler['kind']): void => void addHandler(source.id, pipeline, kind);
  return (
    <section className={styles.side} aria-label="Handlers">
      <Toolbar
        label="Handlers"
        end={
          <>
            <IconButton
              size="small"
              label="Run earlier"
              shortcut="Alt+Up"
              icon={<ArrowUp size={15} aria-hidden />}
              disabled={at <= 0}
              onClick={() => void moveHandler(pipeline, selected, -1)}
            />
            <IconButton
              size="small"
              label="Run later"
              shortcut="Alt+Down"
              icon={<ArrowDown size={15} aria-hidden />}
              disabled={at < 0 || at === handlers.length - 1}
              onClick={() => void moveHandler(pipeline, selected, 1)}
            />
            <Menu
              align="end"
              trigger={<IconButton size="small" label="Add a handler" icon={<Plus size={15} aria-hidden />} disabled={handlers.length >= 100} />}
              items={[
                { label: 'Request handler', detail: 'answers, or looks on', onSelect: () => add('request') },
                { label: 'Response handler', detail: 'raises, or transforms', onSelect: () => add('response') },
              ]}
            />
            <Menu
              align="end"
              trigger={<IconButton size="small" label="More of the handlers" icon={<MoreHorizontal size={15} aria-hidden />} />}
              items={[
                { label: 'Device and namespace …', icon: <Settings2 size={14} aria-hidden />, onSelect: () => setSettings(true) },
                { kind: 'separator' },
                { label: 'Remove all handlers', danger: true, onSelect: () => void removePipeline(pipeline) },
              ]}
            />
          </>
        }
      >
        <PanelTitle>Handlers</PanelTitle>
      </Toolbar>
      <div className={styles.state}>
        <Switch label="Handle messages" checked={enabled} onChange={(next) => void savePipeline({ ...pipeline, enabled: next })} />
        <p className={styles.stateLine} role="status" title={text}>
          <StatusDot tone={tone} />
          <span data-selectable>{text}</span>
        </p>
        {status && status.answered + status.unanswered + status.raised + status.loopsEnded + status.passedOver + status.repeated > 0 && (
          <p className={styles.counts}>
            {[
              [status.answered, 'answered'],
              [status.unanswered, 'unanswered'],
              [status.raised, 'raised'],
              [status.loopsEnded, 'ended the loop'],
              [status.repeated, 'repeated'],
              [status.passedOver, 'passed over'],
            ]
              .filter(([count]) => count !== 0)
              .map(([count, what]) => `${formatCount(count as number)} ${what}`)
              .join(' · ')}
          </p>
        )}
      </div>
      {enabled && status && status.warnings.length > 0 && (
        <div className={styles.warnings} tabIndex={0} role="group" aria-label="Warnings">
          {status.warnings.map((warning) => (
            <Banner key={warning} kind="warn" title={warning} />
          ))}
        </div>
      )}
      <VirtualList
        ref={list}
        label="Handlers in their order"
        count={rows.length}
        getRow={(index) => rows[index] ?? { id: defaultId }}
        keyOf={({ id }) => id}
        rowHeightPx={48}
        isSelected={({ id }) => id === selected}
        onSelect={({ id }) => setPipeline(source.id, { selected: id })}
        onRowKeyDown={(event, row) => {
          if (!('kind' in row)) return;
          if (event.key === 'Delete') void removeHandler(pipeline, row);
          if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
            event.preventDefault();
            movedByKey.current = true;
            void moveHandler(pipeline, row.id, event.key === 'ArrowUp' ? -1 : 1);
          }
        }}
        renderRow={(row, { index }) => ('kind' in row ? <HandlerRow pipeline={pipeline} handler={row} index={index} /> : <DefaultRow index={index} />)}
      />
      {settings && <PipelineSettings pipeline={pipeline} onClose={() => setSettings(false)} />}
    </section>
  );
}

function HandlerRow({ pipeline, handler, index }: { readonly pipeline: GfPipeline; readonly handler: GfHandler; readonly index: number }): ReactElement {
  const { id, name, kind, enabled, propagate, raiseExceptions } = handler;
  const unsaved = usePipelineState(pipeline.source).drafts[id] !== undefined;
  return (
    <ContextMenu
      items={() => [
        { label: enabled ? 'Switch off' : 'Switch on', onSelect: () => void setEnabled(pipeline, handler, !enabled) },
        { label: 'Run earlier', shortcut: 'Alt+Up', disabled: index === 0, onSelect: () => void moveHandler(pipeline, id, -1) },
        { label: 'Run later', shortcut: 'Alt+Down', disabled: index === pipeline.handlers.length - 1, onSelect: () => void moveHandler(pipeline, id, 1) },
        { kind: 'separator' },
        { label: 'Remove', shortcut: 'Delete', danger: true, onSelect: () => void removeHandler(pipeline, handler) },
      ]}
    >
      <span className={styles.row} data-off={enabled ? undefined : true}>
        <span className={styles.number}>{index + 1}</span>
        <span className={styles.rowText}>
          <span className={styles.rowLine}>
            <span className={styles.rowName} title={name}>
              {name}
            </span>
            {unsaved && <Badge tone="warn">Unsaved</Badge>}
            {!enabled && <Badge>Off</Badge>}
          </span>
          <span className={styles.rowLine}>
            <span className={styles.rowMatch} title={matchWords(handler)}>
              {kind === 'request' ? '→' : '←'} {matchWords(handler)}
            </span>
            <span className={styles.flags}>
              {raiseExceptions && <span title="Raises exceptions of codes from 400 on">raises</span>}
              <span>{propagate ? 'propagates' : 'stops'}</span>
            </span>
          </span>
        </span>
      </span>
    </ContextMenu>
  );
}

function DefaultRow({ index }: { readonly index: number }): ReactElement {
  return (
    <span className={styles.row} data-default>
      <span className={styles.number}>{index + 1}</span>
      <span className={styles.rowText}>
        <span className={styles.rowLine}>
          <span className={styles.rowName}>Default response handler</span>
          <span className={styles.flags}>always there</span>
        </span>
        <span className={styles.rowLine}>
          <span className={styles.rowMatch}>← every response</span>
          <span className={styles.flags}>
            <span>raises</span>
            <span>propagates</span>
          </span>
        </span>
      </span>
    </span>
  );
}
