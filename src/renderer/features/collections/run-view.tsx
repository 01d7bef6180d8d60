import { Ban, CircleCheck, CircleDashed, CircleMinus, CircleX, Download, RotateCcw, SquareTerminal } from 'lucide-react';
import { useState, type ReactElement, type ReactNode } from 'react';
import type { CollectionEntry } from '../../../shared/contract/collections.ts';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { copyText, formatCount, formatDuration, plural, useBrokerStatus, useConnections, useNow, useWorkspace, type SourceOption } from '../common/index.ts';
import { formatMs } from '../rpc/index.ts';
import { collectionsStore } from './collections-model.ts';
import { headlessCommand, sourceAddress } from './headless-command.ts';
import { ResultDetails } from './request-result.tsx';
import type { RowState, RunModel, RunRow } from './run-model.ts';
import type { RunOptions } from './run-options.tsx';
import { saveReport } from './save-report.ts';
import request from './request.module.css';
import styles from './run.module.css';

interface RunViewProps {
  readonly entry: CollectionEntry;
  readonly run: RunModel | undefined;
  readonly source: SourceOption;
  readonly environment: EnvironmentView | null;
  readonly options: ReactNode;
  readonly runOptions: RunOptions;
  readonly onRunFailed: (ids: readonly string[]) => void;
}

/** The run of a collection or folder: its options, how far it is, and every request with what failed. */
export function RunView({ entry, run, source, environment, options, runOptions, onRunFailed }: RunViewProps): ReactElement {
  const [onlyFailed, setOnlyFailed] = useState(false);
  const [selected, setSelected] = useState<number | null>(null);
  const [broker, connections] = [useBrokerStatus(), useConnections()];
  const address = sourceAddress(source.id, broker, connections);
  // Where it ran; what is chosen now may be another.
  const ranIn = run?.input.environmentId ?? null;
  const place = {
    broker: sourceAddress(run?.input.source ?? source.id, broker, connections),
    environment: environment?.id === ranIn ? (environment?.name ?? null) : ranIn,
  };
  const command = useHeadlessCommand(entry, address, environment, runOptions);
  useNow(run?.active ? 250 : null);
  const problems = run?.problems ?? [];
  const count = !run ? 0 : onlyFailed ? problems.length : run.total;
  const getRow = (index: number): RunRow | undefined => (onlyFailed ? run?.row(problems[index] ?? -1) : run?.row(index));
  const shown = selected === null ? undefined : run?.row(selected);
  return (
    <div className={styles.run}>
      <div className={styles.bar}>
        {options}
        <span className={styles.barEnd}>
          <IconButton
            label="Copy the command that runs this without a window"
            icon={<SquareTerminal size={16} aria-hidden />}
            onClick={() => void copyText(command)}
          />
        </span>
      </div>
      {run && <RunSummaryBar run={run} place={place} onRunFailed={onRunFailed} live={source.live} onlyFailed={onlyFailed} onOnlyFailed={setOnlyFailed} />}
      {run?.phase === 'broken' && run.error && (
        <Banner kind="bad" title={run.error.message}>
          {run.error.advice}
        </Banner>
      )}
      {!run ? (
        <EmptyState
          compact
          title="Not run yet"
          text={
            source.live
              ? `${plural(entry.requests, 'request')} run one after the other, in the order of the tree. Variables that one captures are there for the next.`
              : `${source.name} is ${source.state}: nothing can be run.`
          }
        />
      ) : (
        <Splitter
          id="collections-run"
          orientation="vertical"
          panels={[
            {
              id: 'requests',
              minSize: 110,
              content: (
                <VirtualList
                  label="Requests of the run"
                  className={styles.rows ?? ''}
                  count={count}
                  getRow={getRow}
                  keyOf={(row) => row.at}
                  rowHeightPx={28}
                  renderRow={(row) => <RunRowContent row={row} iterations={run.iterations} />}
                  isSelected={(row) => row.at === selected}
                  onSelect={(row) => setSelected(row.at)}
                  onActivate={(row) => collectionsStore().select(row.request.id)}
                  empty={
                    onlyFailed ? (
                      <EmptyState compact title="Nothing failed" text={run.active ? 'So far every assertion passed.' : 'Every assertion passed.'} />
                    ) : (
                      <div className={request.center}>{run.active && <Spinner label="Starting the run" />}</div>
                    )
                  }
                />
              ),
            },
            shown !== undefined && { id: 'result', defaultSize: '45%', minSize: 100, content: <RowDetails row={shown} iterations={run.iterations} /> },
          ]}
        />
      )}
      {run && run.letGo > 0 && (
        <p className={styles.letGo}>Of {plural(run.letGo, 'result')} beyond the first 20,000 only the state is kept; failures are kept first.</p>
      )}
    </div>
  );
}

interface SummaryProps {
  readonly run: RunModel;
  readonly place: Parameters<typeof saveReport>[2];
  readonly live: boolean;
  readonly onlyFailed: boolean;
  readonly onOnlyFailed: (only: boolean) => void;
  readonly onRunFailed: (ids: readonly string[]) => void;
}

const phaseWords: Readonly<Record<RunModel['phase'], string>> = {
  starting: 'Starting',
  running: 'Running',
  finished: 'Finished',
  stopped: 'Stopped at the first failure',
  cancelled: 'Cancelled',
  broken: 'Ended by an error',
};

function RunSummaryBar({ run, place, live, onlyFailed, onOnlyFailed, onRunFailed }: SummaryProps): ReactElement {
  const { passed, failed, skipped, cancelled, assertionsPassed, assertionsFailed, elapsedMs } = run.summary;
  const verdict = run.phase === 'finished' ? (failed === 0 ? 'All passed' : `${formatCount(failed)} failed`) : phaseWords[run.phase];
  return (
    <div className={styles.summary} role="group" aria-label="Summary of the run">
      <ProgressBar label="Progress of the run" value={run.total === 0 ? null : run.active ? run.done / run.total : 1} tone={failed > 0 ? 'bad' : 'accent'} />
      <div className={styles.summaryLine}>
        <p className={styles.counts} role="status">
          <strong className={run.active ? undefined : failed > 0 ? styles.failed : passed > 0 ? styles.passed : undefined}>{verdict}</strong>
          <span>
            <span className={styles.passed}>{formatCount(passed)} passed</span>,{' '}
            <span className={failed > 0 ? styles.failed : undefined}>{formatCount(failed)} failed</span>
            {skipped > 0 && `, ${formatCount(skipped)} skipped`}
            {cancelled > 0 && `, ${formatCount(cancelled)} cancelled`} of {formatCount(run.total)}
          </span>
          <span className={styles.faint}>
            assertions {formatCount(assertionsPassed)} of {formatCount(assertionsPassed + assertionsFailed)},{' '}
            {elapsedMs < 60_000 ? formatMs(elapsedMs) : formatDuration(elapsedMs)}
          </span>
        </p>
        <SegmentedControl
          size="small"
          label="Show"
          value={onlyFailed ? 'failed' : 'all'}
          onChange={(value) => onOnlyFailed(value === 'failed')}
          segments={[
            { value: 'all', label: 'All' },
            { value: 'failed', label: 'Failed' },
          ]}
        />
        <Button
          size="small"
          icon={<RotateCcw size={13} aria-hidden />}
          disabled={run.active || failed === 0 || !live}
          onClick={() => onRunFailed(run.failedIds)}
        >
          Run failed again
        </Button>
        <Menu
          align="end"
          trigger={<IconButton size="small" label="Save a report" icon={<Download size={15} aria-hidden />} disabled={run.active || run.done === 0} />}
          items={[
            { label: 'As JUnit XML', onSelect: () => saveReport(run, 'junit', place) },
            { label: 'As JSON', onSelect: () => saveReport(run, 'json', place) },
          ]}
        />
      </div>
    </div>
  );
}

const stateWords: Readonly<Record<RowState, string>> = {
  pending: 'waiting',
  running: 'running',
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
};

function StateIcon({ state }: { readonly state: RowState }): ReactElement {
  const label = stateWords[state];
  switch (state) {
    case 'running':
      return <Spinner size={15} label={label} />;
    case 'passed':
      return <CircleCheck size={15} aria-label={label} className={styles.passedMark} />;
    case 'failed':
      return <CircleX size={15} aria-label={label} className={styles.failedMark} />;
    case 'skipped':
      return <CircleMinus size={15} aria-label={label} className={styles.faint} />;
    case 'cancelled':
      return <Ban size={15} aria-label={label} className={styles.faint} />;
    default:
      return <CircleDashed size={15} aria-label={label} className={styles.faint} />;
  }
}

function RunRowContent({ row, iterations }: { readonly row: RunRow; readonly iterations: number }): ReactElement {
  const { request: one, state, result, iteration } = row;
  const failed = result?.assertions.find(({ passed }) => !passed);
  const why = result?.problem?.message ?? (failed ? (failed.message === '' ? failed.label : `${failed.label}: ${failed.message}`) : '');
  return (
    <span className={styles.row} data-state={state}>
      <StateIcon state={state} />
      <span className={styles.name} title={one.name}>
        {one.folder !== '' && <span className={styles.folder}>{one.folder} / </span>}
        {one.name}
      </span>
      {iterations > 1 && <span className={styles.iteration}>#{formatCount(iteration)}</span>}
      <span className={styles.why} title={why}>
        {why}
      </span>
      <span className={styles.time}>{result?.elapsedMs == null ? '' : formatMs(result.elapsedMs)}</span>
    </span>
  );
}

function RowDetails({ row, iterations }: { readonly row: RunRow; readonly iterations: number }): ReactElement {
  const { request: one, state, result, iteration } = row;
  return (
    <section className={styles.details} aria-label={`Result of ${one.name}`}>
      <header className={styles.detailsHead}>
        <h3>
          {one.name}
          {iterations > 1 && <span className={styles.faint}> iteration {formatCount(iteration)}</span>}
        </h3>
        <span className={styles.faint}>{stateWords[state]}</span>
        <Button size="small" onClick={() => collectionsStore().select(one.id)}>
          Open the request
        </Button>
      </header>
      <div className={styles.detailsBody} tabIndex={0} role="group" aria-label="Assertions">
        {result ? (
          <ResultDetails result={result} />
        ) : (
          <p className={styles.faint}>{state === 'passed' || state === 'failed' ? 'Its details were let go to keep within bounds.' : 'It did not run.'}</p>
        )}
      </div>
    </section>
  );
}

function useHeadlessCommand(entry: CollectionEntry, address: string, environment: EnvironmentView | null, options: RunOptions): string {
  const folder = useWorkspace()?.folder ?? '.';
  return headlessCommand({ folder, id: entry.id, address, environmentId: environment?.id ?? null, ...options });
}
