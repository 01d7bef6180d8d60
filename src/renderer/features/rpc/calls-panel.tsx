import { ArrowUp } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { VirtualList, type VirtualListHandle } from '../../ui/virtual-list.tsx';
import { formatCount, plural, useModel, useNow, type SourceOption } from '../common/index.ts';
import { AnswerPanel } from './answer-panel.tsx';
import { CallsContextMenu } from './calls-context-menu.tsx';
import { CallRowContent } from './call-row.tsx';
import { isFiltered, noFilter } from './calls-filter.ts';
import { CallsToolbar } from './calls-toolbar.tsx';
import type { CallsView } from './calls-view.ts';
import { useDialectWords } from './own-dialects.ts';
import { rpcStore, useRpcState, useSourceState } from './rpc-model.ts';
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
  const filtered = isFiltered(useRpcState((state) => state.callsFilter));
  const { short } = useDialectWords();
  const handle = useRef<VirtualListHandle>(null);
  const onRangeChange = useCallback((first: number, last: number) => view.show(first, last), [view]);
  const onAtTop = useCallback((atTop: boolean) => view.setFollowing(atTop), [view]);
  const { total, looked, fresh, notStored, problem, paused, following, jumps, error } = view.status;
  useLayoutEffect(() => {
    if (jumps > 0) handle.current?.scrollTo(0, 'start');
  }, [jumps]);
  return (
    <section className={styles.panel} aria-label="Calls">
      <CallsToolbar view={view} source={source} />
      {error && (
        <Banner
          kind="bad"
          title={error.message}
          actions={
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          }
        >
          {error.advice}
        </Banner>
      )}
      {problem !== null && (
        <Banner
          kind="warn"
          title="Older calls cannot be read: only those in memory are listed"
          actions={
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          }
        >
          {problem}
        </Banner>
      )}
      <div className={styles.frame}>
        {total === undefined || (total === 0 && looked !== null) ? (
          !error && <Loading label={total === undefined ? 'Loading calls' : 'Looking through the history'} />
        ) : (
          <CallsContextMenu view={view}>
            <VirtualList
              ref={handle}
              label="Calls"
              count={total}
              getRow={view.row}
              keyOf={(row) => row.id}
              rowHeightPx={26}
              renderRow={(row) => <CallRowContent row={row} todayMs={todayMs} dialectShort={short} />}
              isSelected={(row) => row.id === selected}
              onSelect={(row) => rpcStore().selectCall(source.id, row.id)}
              onRangeChange={onRangeChange}
              onAtTop={onAtTop}
              empty={<NoCalls filtered={filtered} source={source} />}
            />
          </CallsContextMenu>
        )}
        {!paused && !following && fresh > 0 && (
          <span className={styles.pill}>
            <Button size="small" variant="primary" icon={<ArrowUp size={13} aria-hidden />} onClick={() => view.jumpToNewest()}>
              {formatCount(fresh)} new
            </Button>
          </span>
        )}
      </div>
      {notStored > 0 && (
        <p className={styles.notStored}>{plural(notStored, 'call')} could not be written to the history since the start; the bottom strip says why.</p>
      )}
    </section>
  );
}

function NoCalls({ filtered, source }: { readonly filtered: boolean; readonly source: SourceOption }): ReactElement {
  return filtered ? (
    <EmptyState
      compact
      title="No call fits the filter"
      text="The text is looked for in topic, method, caller and error."
      actions={
        <Button size="small" onClick={() => rpcStore().setCallsFilter(noFilter)}>
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
  );
}
