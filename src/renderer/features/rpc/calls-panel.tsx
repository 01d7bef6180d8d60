import { ArrowDownLeft, ArrowUpRight, CircleQuestionMark, Download, ListX, Search } from 'lucide-react';
import { memo, useCallback, useEffect, useState, type ReactElement } from 'react';
import type { CallRow, CallState } from '../../../shared/contract/rpc.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Popover } from '../../ui/popover.tsx';
import { Select } from '../../ui/select.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { formatDateTime, formatTimeNear, plural, useModel, useNow, type SourceOption } from '../common/index.ts';
import { AnswerPanel } from './answer-panel.tsx';
import type { CallsView } from './calls-view.ts';
import { clearCalls, exportCalls } from './rpc-actions.ts';
import { useDialectWords } from './own-dialects.ts';
import { rpcStore, useRpcState, useSourceState } from './rpc-model.ts';
import { allStates, callTitle, formatMs, problemStates, stateWords } from './rpc-words.ts';
import styles from './calls.module.css';

/** Every call of a source, own ones and those of others, newest first; below it the selected one. */
export function CallsPanel({ source }: { readonly source: SourceOption }): ReactElement {
  const [view, setView] = useState<CallsView | null>(null);
  const filter = useRpcState((state) => state.callsFilter);
  const selected = useSourceState(source.id, (state) => state.selectedCall);
  const reopen = useCallback(() => setView(rpcStore().openCalls(source.id)), [source.id]);
  useEffect(reopen, [reopen]);
  useEffect(() => () => view?.close(), [view]);
  useEffect(() => view?.setFilter(filter), [view, filter]);
  return (
    <Splitter
      id="rpc-calls"
      orientation="vertical"
      panels={[
        {
          id: 'list',
          minSize: 140,
          content: view ? <CallsList view={view} source={source} selected={selected} onRetry={reopen} /> : <div className={styles.panel} />,
        },
        { id: 'call', defaultSize: '45%', minSize: 110, content: <AnswerPanel source={source} id={selected} place="list" /> },
      ]}
    />
  );
}

interface CallsListProps {
  readonly view: CallsView;
  readonly source: SourceOption;
  readonly selected: number | null;
  readonly onRetry: () => void;
}

function CallsList({ view, source, selected, onRetry }: CallsListProps): ReactElement {
  useModel(view.notifier);
  const todayMs = new Date(useNow(60_000)).setHours(0, 0, 0, 0);
  const { states, text } = useRpcState((state) => state.callsFilter);
  const onRangeChange = useCallback((first: number, last: number) => view.show(first, last), [view]);
  const filtered = states !== undefined || text !== '';
  return (
    <section className={styles.panel} aria-label="Calls">
      <CallsToolbar view={view} filtered={filtered} />
      {view.error && (
        <Banner
          kind="bad"
          title={view.error.message}
          actions={
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          }
        >
          {view.error.advice}
        </Banner>
      )}
      <div className={styles.frame}>
        {view.total === undefined ? (
          !view.error && (
            <div className={styles.center}>
              <Spinner label="Loading calls" />
            </div>
          )
        ) : (
          <VirtualList
            label="Calls"
            count={view.total}
            getRow={view.row}
            keyOf={(row) => row.id}
            rowHeightPx={26}
            renderRow={(row) => <CallRowContent row={row} todayMs={todayMs} />}
            isSelected={(row) => row.id === selected}
            onSelect={(row) => rpcStore().selectCall(source.id, row.id)}
            onRangeChange={onRangeChange}
            empty={
              filtered ? (
                <EmptyState
                  compact
                  title="No call fits the filter"
                  text="The text is looked for in topic, method, caller and error."
                  actions={
                    <Button size="small" onClick={() => rpcStore().setCallsFilter({ states: undefined, text: '' })}>
                      Clear the filter
                    </Button>
                  }
                />
              ) : (
                <EmptyState
                  compact
                  title="No calls seen yet"
                  text="Own calls and those of others are listed here as they come."
                  actions={
                    <Button size="small" onClick={() => rpcStore().setTab(source.id, 'call')}>
                      Make a call
                    </Button>
                  }
                />
              )
            }
          />
        )}
      </div>
      {view.forgotten > 0 && <p className={styles.forgotten}>{plural(view.forgotten, 'older call')} were forgotten to keep the list within bounds.</p>}
    </section>
  );
}

type StateChoice = 'all' | 'problems' | CallState;

const stateOptions: readonly { readonly value: StateChoice; readonly label: string }[] = [
  { value: 'all', label: 'Every state' },
  { value: 'problems', label: 'All problems' },
  ...allStates.map((state) => ({ value: state, label: stateWords(state).label })),
];

const choices = new Map<StateChoice, readonly CallState[]>([['problems', problemStates], ...allStates.map((state) => [state, [state]] as const)]);

function CallsToolbar({ view, filtered }: { readonly view: CallsView; readonly filtered: boolean }): ReactElement {
  const { states, text } = useRpcState((state) => state.callsFilter);
  const choice = [...choices].find(([, some]) => some === states)?.[0] ?? 'all';
  const total = view.total ?? 0;
  // Thousands of calls take some seconds to read.
  const [saving, setSaving] = useState(false);
  const save = async (format: 'json' | 'csv'): Promise<void> => {
    setSaving(true);
    await exportCalls(view, format);
    setSaving(false);
  };
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
        value={text}
        onChange={(next) => rpcStore().setCallsFilter({ text: next })}
      />
      <Select
        className={styles.states}
        label="State of the calls"
        labelHidden
        size="small"
        value={choice}
        onChange={(next) => rpcStore().setCallsFilter({ states: choices.get(next) })}
        options={stateOptions}
      />
      <span className={styles.total} role="status">
        {view.total === undefined ? '' : `${plural(total, 'call')}${filtered ? (total === 1 ? ' fits' : ' fit') : ''}`}
      </span>
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
        </dl>
      </Popover>
      <Menu
        align="end"
        trigger={
          <IconButton size="small" label="Save the shown calls" icon={<Download size={14} aria-hidden />} busy={saving} disabled={total === 0 || saving} />
        }
        items={[
          { label: 'As JSON, with params and results', onSelect: () => void save('json') },
          { label: 'As CSV, one line for each call', onSelect: () => void save('csv') },
        ]}
      />
      <IconButton
        size="small"
        label="Clear the list …"
        icon={<ListX size={15} aria-hidden />}
        disabled={total === 0 && !filtered}
        onClick={() => void clearCalls()}
      />
    </div>
  );
}

const CallRowContent = memo(function CallRowContent({ row, todayMs }: { readonly row: CallRow; readonly todayMs: number }): ReactElement {
  const { label, tone, meaning } = stateWords(row.state);
  const { short } = useDialectWords();
  return (
    <span className={styles.row}>
      <time className={styles.time} title={formatDateTime(row.timeUs)}>
        {formatTimeNear(row.timeUs, todayMs)}
      </time>
      <span className={styles.own} data-own={row.own || undefined} title={row.own ? 'Made here' : 'Seen: made by another client'}>
        {row.own ? <ArrowUpRight size={13} aria-hidden /> : <ArrowDownLeft size={13} aria-hidden />}
        <span className="visually-hidden">{row.own ? 'made here' : 'made by another client'}</span>
      </span>
      <span className={styles.state}>
        <Badge tone={tone} title={meaning}>
          {label}
        </Badge>
      </span>
      <span className={styles.method} title={callTitle(row)}>
        {row.method === '' ? <i>{callTitle(row)}</i> : row.method}
      </span>
      <span className={styles.topic} title={`${row.topic} (${short(row.dialect)})`}>
        {row.topic}
      </span>
      <span className={row.errorText === null ? styles.caller : styles.problem} title={row.errorText ?? row.callerId}>
        {row.errorText ?? row.callerId}
      </span>
      <span className={styles.elapsed}>
        {row.duplicates > 0 && <Badge tone="warn" title="Answers after the first">{`+${row.duplicates}`}</Badge>}
        {row.elapsedMs === null ? '' : formatMs(row.elapsedMs)}
      </span>
    </span>
  );
});
