import { ArrowDown, ArrowLeft, ArrowUp, Download, RotateCw, Search } from 'lucide-react';
import { memo, useEffect, useState, type ReactElement } from 'react';
import type { BatchStatus, PeerResult, PeerState } from '../../../shared/contract/rpc-batches.ts';
import { engineClient } from '../../data/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { act, browserPacing, copyText, formatCount, plural, saveFile, useModel, type SourceOption } from '../common/index.ts';
import { BatchHead } from './batch-head.tsx';
import type { ResultsView } from './batch-store.ts';
import { capital, isOver, peerStateWords, withoutResult } from './batch-words.ts';
import { useShownBatch } from './repeat-panel.tsx';
import { resultsAsCsv, resultsAsJson, resultsFileName } from './results-file.ts';
import { readResults, ResultRows, resultsQuery } from './results-view.ts';
import { useBatch, useBatchUi, type BatchUi } from './batch-ui.ts';
import { formatMs } from './rpc-words.ts';
import styles from './batch.module.css';

/** One call to many peers, or a list of different calls: what each was answered. */
export function FanOutPanel({ source, kind = 'fan-out' }: { readonly source: SourceOption; readonly kind?: 'fan-out' | 'requests' }): ReactElement {
  const { store, words, labelOf, Answer } = useBatchUi();
  const { shown, batches } = useShownBatch(source, kind);
  const openPeer = useBatch(source.id, (state) => state.openPeer);
  const rowWord = kind === 'requests' ? words.call : words.peer;
  if (!shown) {
    return kind === 'requests' ? (
      <EmptyState
        compact
        title={`No batch of ${words.call}s yet`}
        text={`Collect some and send them: what each of them brings stands here, equal ${words.answer}s together.`}
      />
    ) : (
      <EmptyState
        compact
        title={`No ${words.call}s to many ${words.peer}s yet`}
        text={`Choose the ${words.peer}s and ${words.act.toLowerCase()}: what each of them answers stands here, equal ${words.answer}s together.`}
      />
    );
  }
  if (openPeer !== null && !shown.lost) {
    return (
      <section className={styles.panel} aria-label={panelLabel(kind, words)}>
        <div className={styles.back}>
          <Button size="small" variant="ghost" icon={<ArrowLeft size={13} aria-hidden />} onClick={() => store.open(source.id, null)}>
            All {rowWord}s
          </Button>
          <code title={openPeer.topic} data-selectable>
            {labelOf(openPeer)}
          </code>
        </div>
        <Answer source={source} id={openPeer.callId} />
      </section>
    );
  }
  return <Results key={shown.status.id} source={source} status={shown.status} lost={shown.lost} batches={batches} />;
}

const panelLabel = (kind: BatchStatus['kind'], words: BatchUi['words']): string =>
  kind === 'requests' ? `Batch of ${words.call}s` : `${words.peer === 'peer' ? 'Called' : 'Asked'} ${words.peer}s`;

interface ResultsProps {
  readonly source: SourceOption;
  readonly status: BatchStatus;
  readonly lost: boolean;
  readonly batches: readonly BatchStatus[];
}

function Results({ source, status, lost, batches }: ResultsProps): ReactElement {
  const { store, words } = useBatchUi();
  const view = useBatch(source.id, (state) => state.results);
  const [rows, setRows] = useState<ResultRows | null>(null);
  const { id } = status;
  useEffect(() => {
    const opened = new ResultRows(engineClient(), browserPacing, resultsQuery(id, store.state.getState()[source.id]?.results ?? view));
    setRows(opened);
    return () => opened.close();
    // What is asked for first is only where it begins.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [id, source.id]);
  useEffect(() => rows?.setQuery(resultsQuery(id, view)), [rows, id, view]);
  const again = withoutResult(status);
  return (
    <section className={styles.panel} aria-label={panelLabel(status.kind, words)}>
      <BatchHead
        source={source}
        status={status}
        lost={lost}
        batches={batches}
        actions={
          isOver(status) &&
          !lost &&
          again > 0 && (
            <Button
              size="small"
              icon={<RotateCw size={13} aria-hidden />}
              disabled={!source.live}
              onClick={() => void act(engineClient().call('rpcBatches.retry', { id }), `The ${words.call}s could not be made again`)}
            >
              {`${words.act} ${formatCount(again)} again`}
            </Button>
          )
        }
      />
      {rows && !lost && <Matrix source={source} status={status} view={view} rows={rows} />}
    </section>
  );
}

const stateChoices: readonly { readonly value: PeerState | 'all'; readonly label: string }[] = [
  { value: 'all', label: 'Every outcome' },
  ...(['ok', 'failed', 'timed-out', 'cancelled', 'pending', 'waiting'] as const).map((state) => ({ value: state, label: peerStateWords(state).label })),
];

interface MatrixProps {
  readonly source: SourceOption;
  readonly status: BatchStatus;
  readonly view: ResultsView;
  readonly rows: ResultRows;
}

function Matrix({ source, status, view, rows }: MatrixProps): ReactElement {
  useModel(rows.notifier);
  const { store, words } = useBatchUi();
  const { page } = rows;
  const rowWord = status.kind === 'requests' ? words.call : words.peer;
  const set = (change: Partial<ResultsView>): void => store.setResults(source.id, change);
  const filtered = view.states !== undefined || view.group !== undefined || view.text !== '';
  const group = page?.groups.find(({ group: key }) => key === view.group);
  return (
    <>
      <div className={styles.filters} role="group" aria-label="Results">
        <SegmentedControl
          size="small"
          label="Show results by"
          value={view.as}
          onChange={(as) => set({ as })}
          segments={[
            { value: 'peers', label: `${capital(rowWord)}s` },
            { value: 'groups', label: `Equal results${page && page.groups.length > 0 ? ` (${formatCount(page.groups.length + page.otherGroups)})` : ''}` },
          ]}
        />
        {view.as === 'peers' && (
          <>
            <TextField
              className={styles.search}
              label="Filter results"
              labelHidden
              type="search"
              size="small"
              icon={<Search size={14} aria-hidden />}
              placeholder={`${capital(rowWord)} or result`}
              clearable
              maxLength={1000}
              value={view.text}
              onChange={(text) => set({ text })}
            />
            <Select
              className={styles.states}
              label="Outcome"
              labelHidden
              size="small"
              value={view.states?.[0] ?? 'all'}
              onChange={(state) => set({ states: state === 'all' ? undefined : [state] })}
              options={stateChoices}
            />
          </>
        )}
        <span className={styles.total} role="status">
          {page && view.as === 'peers' && filtered ? `${plural(page.total, rowWord)} of ${formatCount(status.total)}` : ''}
        </span>
        <ExportMenu source={source} id={status.id} view={view} />
      </div>
      {view.as === 'peers' && view.group !== undefined && (
        <Banner
          title={`${capital(rowWord)}s with equal results${group ? `: ${group.text.slice(0, 80)}` : ''}`}
          actions={
            <Button size="small" onClick={() => set({ group: undefined })}>
              Show all {rowWord}s
            </Button>
          }
        />
      )}
      {view.as === 'groups' ? (
        <Groups rows={rows} rowWord={rowWord} onChoose={(key) => set({ as: 'peers', group: key, states: undefined, text: '' })} />
      ) : (
        <Peers source={source} view={view} rows={rows} filtered={filtered} rowWord={rowWord} />
      )}
    </>
  );
}

const columnsOf = (rowWord: string): readonly { readonly sort: ResultsView['sort']; readonly label: string }[] => [
  { sort: 'topic', label: capital(rowWord) },
  { sort: 'state', label: 'Outcome' },
  { sort: 'result', label: 'Result' },
  { sort: 'time', label: 'Time' },
];

function Peers({
  source,
  view,
  rows,
  filtered,
  rowWord,
}: {
  readonly source: SourceOption;
  readonly view: ResultsView;
  readonly rows: ResultRows;
  readonly filtered: boolean;
  readonly rowWord: string;
}): ReactElement {
  const { store, labelOf, words } = useBatchUi();
  const lastPeer = useBatch(source.id, (state) => state.lastPeer);
  const set = (change: Partial<ResultsView>): void => store.setResults(source.id, change);
  /** Up, down, and as they were given. */
  const sortBy = (sort: ResultsView['sort']): void =>
    view.sort !== sort ? set({ sort, descending: false }) : view.descending ? set({ sort: 'order', descending: false }) : set({ descending: true });
  const open = (row: PeerResult): void => {
    if (row.callId !== null) store.open(source.id, { index: row.index, topic: row.topic, method: row.method, callId: row.callId });
  };
  return (
    <>
      <div className={styles.grid} role="group" aria-label="Sort the results">
        {columnsOf(rowWord).map(({ sort, label }) => (
          <button
            key={sort}
            type="button"
            className={styles.sort}
            aria-pressed={view.sort === sort}
            aria-label={`Sort by ${label.toLowerCase()}${view.sort === sort ? (view.descending ? ', descending' : ', ascending') : ''}`}
            onClick={() => sortBy(sort)}
          >
            {label}
            {view.sort === sort && (view.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
          </button>
        ))}
      </div>
      <div className={styles.list}>
        <VirtualList
          label="Results"
          count={rows.page?.total ?? 0}
          getRow={rows.row}
          keyOf={(row) => row.index}
          rowHeightPx={26}
          isSelected={(row) => row.index === lastPeer}
          onActivate={open}
          onRangeChange={rows.show}
          renderRow={(row) => <ResultRow row={row} label={labelOf(row)} onOpen={open} />}
          empty={
            rows.page && filtered ? (
              <EmptyState
                compact
                title={`No ${rowWord} fits the filter`}
                text={`The text is looked for in the topic of the ${words.call} and in its result.`}
                actions={
                  <Button size="small" onClick={() => set({ states: undefined, group: undefined, text: '' })}>
                    Clear the filter
                  </Button>
                }
              />
            ) : undefined
          }
        />
      </div>
    </>
  );
}

interface ResultRowProps {
  readonly row: PeerResult;
  readonly label: string;
  readonly onOpen: (row: PeerResult) => void;
}

const ResultRow = memo(function ResultRow({ row, label: peer, onOpen }: ResultRowProps): ReactElement {
  const { label, tone } = peerStateWords(row.state);
  return (
    // The row itself takes Enter; a click anywhere on it does the same.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <span className={styles.gridRow} onClick={() => onOpen(row)}>
      <span className={styles.peer} title={row.topic}>
        {peer}
      </span>
      <span>
        <Badge tone={tone}>{row.responseCode === null ? label : `${row.responseCode} ${label}`}</Badge>
      </span>
      <span className={styles.text} data-bad={row.state === 'ok' ? undefined : true} title={row.text ?? ''}>
        {row.text ?? ''}
      </span>
      <span className={styles.time}>{row.elapsedMs === null ? '' : formatMs(row.elapsedMs)}</span>
    </span>
  );
});

function Groups({ rows, rowWord, onChoose }: { readonly rows: ResultRows; readonly rowWord: string; readonly onChoose: (key: string) => void }): ReactElement {
  const { groups = [], otherGroups = 0 } = rows.page ?? {};
  if (groups.length === 0) return <EmptyState compact title="No results yet" text={`Equal results of several ${rowWord}s stand here together.`} />;
  return (
    <ul className={styles.groups} aria-label="Equal results">
      {groups.map(({ group, state, text, count }) => (
        <li key={group}>
          <button type="button" className={styles.group} onClick={() => onChoose(group)}>
            <span>{plural(count, rowWord)}</span>
            <span>
              <Badge tone={peerStateWords(state).tone}>{peerStateWords(state).label}</Badge>
            </span>
            <code>{text}</code>
          </button>
        </li>
      ))}
      {otherGroups > 0 && <li className={styles.note}>{plural(otherGroups, 'further kind')} of results.</li>}
    </ul>
  );
}

function ExportMenu({ source, id, view }: { readonly source: SourceOption; readonly id: string; readonly view: ResultsView }): ReactElement {
  const text = async (format: 'json' | 'csv'): Promise<string> => {
    const rows = await readResults(engineClient(), resultsQuery(id, view));
    return format === 'json' ? resultsAsJson(rows) : resultsAsCsv(rows);
  };
  const save = async (format: 'json' | 'csv'): Promise<void> => saveFile([new TextEncoder().encode(await text(format))], resultsFileName(source.id, format));
  const failed = 'The results could not be read';
  return (
    <Menu
      align="end"
      trigger={<IconButton size="small" label="Copy or save the results" icon={<Download size={14} aria-hidden />} />}
      items={[
        { label: 'Copy as CSV', onSelect: () => void act(text('csv').then(copyText), failed) },
        { label: 'Copy as JSON', onSelect: () => void act(text('json').then(copyText), failed) },
        { kind: 'separator' },
        { label: 'Save as CSV', onSelect: () => void act(save('csv'), failed) },
        { label: 'Save as JSON', onSelect: () => void act(save('json'), failed) },
      ]}
    />
  );
}
