import { CircleQuestionMark, Download, ListX, Pause, Play, Search, X } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import type { CallExportFormat } from '../../../shared/contract/call-history.ts';
import { engineClient } from '../../data/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Popover } from '../../ui/popover.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { act, formatCount, plural, saveFile, type SourceOption } from '../common/index.ts';
import { exportCalls, type ExportProgress } from './calls-export.ts';
import { CallsFilterButton } from './calls-filter-button.tsx';
import { isFiltered, type CallsFilter, type StateChoice } from './calls-filter.ts';
import type { CallsView } from './calls-view.ts';
import { clearCalls } from './rpc-actions.ts';
import { rpcStore, useRpcState } from './rpc-model.ts';
import { allStates, repeatedMeaning, stateWords } from './rpc-words.ts';
import styles from './calls.module.css';

const stateOptions: readonly { readonly value: StateChoice; readonly label: string }[] = [
  { value: 'all', label: 'Every state' },
  { value: 'problems', label: 'All problems' },
  ...allStates.map((state) => ({ value: state, label: stateWords(state).label })),
  { value: 'repeated', label: 'Repeated answer' },
];

/** What is shown of the calls, and what can be done with them. */
export function CallsToolbar({ view, source }: { readonly view: CallsView; readonly source: SourceOption }): ReactElement {
  const filter = useRpcState((state) => state.callsFilter);
  const change = useCallback((next: Partial<CallsFilter>) => rpcStore().setCallsFilter(next), []);
  const { total = 0, paused } = view.status;
  const saving = useExport(view);
  return (
    <div className={styles.toolbar} role="group" aria-label="Calls">
      <TextField
        className={styles.search}
        label="Filter calls"
        labelHidden
        type="search"
        size="small"
        icon={<Search size={14} aria-hidden />}
        placeholder="Topic, method, caller or error"
        clearable
        maxLength={1000}
        value={filter.text}
        onChange={(text) => change({ text })}
      />
      <Select
        className={styles.states}
        label="State of the calls"
        labelHidden
        size="small"
        value={filter.choice}
        onChange={(choice) => change({ choice })}
        options={stateOptions}
      />
      <CallsFilterButton filter={filter} onChange={change} />
      <Total view={view} filtered={isFiltered(filter)} />
      {saving.progress ? (
        <span className={styles.saving}>
          <ProgressBar label="Saving the calls" value={saving.progress.total === 0 ? null : saving.progress.done / saving.progress.total} />
          <IconButton size="small" label="Cancel saving" icon={<X size={14} aria-hidden />} onClick={saving.cancel} />
        </span>
      ) : (
        <Menu
          align="end"
          trigger={<IconButton size="small" label="Save the shown calls" icon={<Download size={14} aria-hidden />} disabled={total === 0} />}
          items={[
            { label: 'As JSON, with params and results', onSelect: () => saving.save('json') },
            { label: 'As CSV, one line for each call', onSelect: () => saving.save('csv') },
            { label: 'As HTTP archive (HAR), with the bytes', onSelect: () => saving.save('har') },
          ]}
        />
      )}
      <IconButton
        size="small"
        label={paused ? 'Resume' : 'Pause'}
        pressed={paused}
        icon={paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        onClick={() => view.setPaused(!paused)}
      />
      <Legend />
      <Menu
        align="end"
        trigger={<IconButton size="small" label="Delete calls …" icon={<ListX size={15} aria-hidden />} />}
        items={[
          { label: `Delete the calls of ${source.name} …`, danger: true, onSelect: () => void clearCalls(source) },
          { label: 'Delete the calls of every source …', danger: true, onSelect: () => void clearCalls(null) },
        ]}
      />
    </div>
  );
}

/** How many there are, and whether that is all. */
function Total({ view, filtered }: { readonly view: CallsView; readonly filtered: boolean }): ReactElement {
  const { total, looked, paused, fresh } = view.status;
  const searching = looked !== null && total !== undefined;
  const count =
    total === undefined
      ? ''
      : `${searching ? `${formatCount(total)} so far` : plural(total, 'call')}${filtered && !searching ? (total === 1 ? ' fits' : ' fit') : ''}`;
  return (
    <span className={styles.total} role="status" title={searching ? `The history is being looked through: ${Math.floor((looked ?? 0) * 100)} %` : undefined}>
      {count}
      {searching && looked > 0 && looked < 1 ? ` · ${Math.floor(looked * 100)} %` : ''}
      {paused && <span className={styles.paused}> · Paused{fresh > 0 ? `, ${formatCount(fresh)} new` : ''}</span>}
    </span>
  );
}

function Legend(): ReactElement {
  return (
    <Popover
      align="end"
      title="What the states mean"
      trigger={<IconButton size="small" label="What the states mean" icon={<CircleQuestionMark size={15} aria-hidden />} />}
    >
      <dl className={styles.legend}>
        {allStates.map((state) => (
          <div key={state}>
            <dt>
              <Badge tone={stateWords(state).tone}>{stateWords(state).label}</Badge>
            </dt>
            <dd>{stateWords(state).meaning}</dd>
          </div>
        ))}
        <div>
          <dt>
            <Badge tone="warn">+1</Badge>
          </dt>
          <dd>{repeatedMeaning}</dd>
        </div>
      </dl>
    </Popover>
  );
}

interface RunningExport {
  readonly progress: ExportProgress | null;
  save(format: CallExportFormat): void;
  cancel(): void;
}

/** Saves every call that fits the filter, not only those that are here. Leaving the list cancels. */
function useExport(view: CallsView): RunningExport {
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  const running = useRef<() => void>(() => undefined);
  useEffect(() => () => running.current(), [view]);
  const save = async (format: CallExportFormat): Promise<void> => {
    setProgress({ done: 0, total: 0 });
    let shownAt = 0;
    const { parts, cancel } = exportCalls(engineClient(), view.filter, format, (next) => {
      // Each part is a few milliseconds apart.
      if (Date.now() - shownAt < 100) return;
      shownAt = Date.now();
      setProgress(next);
    });
    running.current = cancel;
    await act(
      parts.then((all) => (all === null ? undefined : saveFile(all, `rpc-calls.${format}`))),
      'The calls could not be saved',
    );
    running.current = () => undefined;
    setProgress(null);
  };
  return { progress, save: (format) => void save(format), cancel: () => running.current() };
}
